# Writes OUTPUT: the texts of FILES (a list of paths) as FunctionSources() of function_library.h.
set(entries "")
foreach(file ${FILES})
  get_filename_component(name ${file} NAME)
  file(READ ${file} text)
  string(APPEND entries "      {\"${name}\", R\"lua(${text})lua\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"store/redis/function_library.h\"

namespace baton::store::redis {

const std::vector<FunctionSource>& FunctionSources() {
  static const auto& sources = *new std::vector<FunctionSource>{
${entries}  };
  return sources;
}

}  // namespace baton::store::redis
")
