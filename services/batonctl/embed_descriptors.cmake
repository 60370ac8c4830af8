# Writes OUTPUT: the bytes of FILE as ApiDescriptors() of api_docs.h.
file(READ ${FILE} bytes HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
string(REPEAT "." 80 line)
string(REGEX REPLACE "(${line})" "\\1\n" bytes "${bytes}")
file(WRITE ${OUTPUT} "#include \"batonctl/api_docs.h\"

namespace baton::batonctl {
namespace {

constexpr unsigned char kBytes[] = {
${bytes}};

}  // namespace

absl::string_view ApiDescriptors() {
  return {reinterpret_cast<const char*>(kBytes), sizeof(kBytes)};
}

}  // namespace baton::batonctl
")
