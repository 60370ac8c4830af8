# Writes OUTPUT: the text of FILE as BuiltInMethods() of method_policy.h.
file(READ ${FILE} text)
file(WRITE ${OUTPUT} "#include \"identity/method_policy.h\"

namespace baton::identity {

absl::string_view BuiltInMethods() {
  return R\"yaml(${text})yaml\";
}

}  // namespace baton::identity
")
