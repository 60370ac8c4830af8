#include "verify/hashes.h"

#include <xxhash.h>

#include "absl/strings/str_cat.h"
#include "core/text.h"

namespace baton::verify {

uint64_t HashOf(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

uint64_t Fingerprint(std::string_view source, std::string_view id) {
  return HashOf(absl::StrCat(core::ToAbsl(source), "\n", core::ToAbsl(id)));
}

}  // namespace baton::verify
