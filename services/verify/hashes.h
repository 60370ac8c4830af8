// Hashes by which bytes are compared without keeping them.
#ifndef BATON_VERIFY_HASHES_H_
#define BATON_VERIFY_HASHES_H_

#include <cstdint>
#include <string_view>

namespace baton::verify {

uint64_t HashOf(std::string_view bytes);
// Of (source, id), as leads keep it.
uint64_t Fingerprint(std::string_view source, std::string_view id);

}  // namespace baton::verify

#endif  // BATON_VERIFY_HASHES_H_
