// The Redis function library: functions/*.lua behind a prelude of constants that are generated from
// the enumerations and limits of the C++ code, so that the two cannot drift.
//
// The library's name carries a hash of its whole text, and so does every function's: two releases
// can be loaded side by side, and a changed file is another library.
#ifndef BATON_STORE_REDIS_FUNCTION_LIBRARY_H_
#define BATON_STORE_REDIS_FUNCTION_LIBRARY_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "platform/redis/reply.h"

namespace baton::store::redis {

// A file of functions/, embedded at build time in the order of the build file: a file may use what
// those before it define.
struct FunctionSource {
  absl::string_view name;
  absl::string_view text;
};
const std::vector<FunctionSource>& FunctionSources();

class FunctionLibrary {
 public:
  FunctionLibrary();

  const std::string& name() const { return name_; }  // "baton_1a2b3c4d"
  const std::string& text() const { return text_; }  // what FUNCTION LOAD takes

  // FCALL of `function` ("commit"); a function that only reads is called the same way.
  platform::redis::Command Call(absl::string_view function, std::vector<std::string> keys,
                                std::vector<std::string> args) const;

 private:
  std::string suffix_;
  std::string name_;
  std::string text_;
};

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_FUNCTION_LIBRARY_H_
