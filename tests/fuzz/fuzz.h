// What all fuzz targets share. A target is a function of bytes that must not crash, hang or break
// a promise, whatever they are. With clang it is driven by libFuzzer, without it by replay.cc.
#ifndef BATON_FUZZ_FUZZ_H_
#define BATON_FUZZ_FUZZ_H_

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace baton::fuzz {

// Ends the program if a promise does not hold: that is how a fuzzer notices.
inline void Require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

inline std::string_view Text(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// What stands before the next line end, which both leave the text.
inline std::string TakeLine(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return std::string(line);
}

}  // namespace baton::fuzz

// libFuzzer's entry point (llvm.org/docs/LibFuzzer.html); answers 0.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

#endif  // BATON_FUZZ_FUZZ_H_
