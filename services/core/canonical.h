// An encoding of values that depends on neither platform nor order, item by item, for hashes that
// say whether two are the same. How items are encoded: inputs.h.
#ifndef BATON_CORE_CANONICAL_H_
#define BATON_CORE_CANONICAL_H_

#include <openssl/evp.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/event.h"

namespace baton::core {

// Keeps none of what it is given but its hash so far, so it takes the same memory for any length.
class Canonical {
 public:
  Canonical();

  void Byte(uint8_t value) { *Place(1) = static_cast<char>(value); }
  void Number(uint64_t value) {  // big endian
    if constexpr (std::endian::native == std::endian::little) value = __builtin_bswap64(value);
    std::memcpy(Place(sizeof(value)), &value, sizeof(value));
  }
  void Signed(int64_t value) { Number(static_cast<uint64_t>(value)); }
  void Text(std::string_view text);
  // Their number, then each by name: text name, byte type, value.
  void Values(const std::map<std::string, AttributeValue>& values);

  std::string Hash();  // SHA-256, 32 bytes. The last call.

 private:
  void Add(bool value) { Byte(value ? 1 : 0); }
  void Add(int64_t value) { Signed(value); }
  void Add(double value);
  void Add(const std::string& value) { Text(value); }
  void Add(const std::vector<std::string>& values);
  // A place for so many bytes, at most as many as waiting_ has.
  char* Place(size_t bytes) {
    if (used_ + bytes > waiting_.size()) Flush();
    used_ += bytes;
    return waiting_.data() + used_ - bytes;
  }
  void Flush();

  struct Freer {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Freer> hash_;
  std::array<char, 4096> waiting_;  // of this the first `used_` bytes are not in `hash_` yet
  size_t used_ = 0;
};

}  // namespace baton::core

#endif  // BATON_CORE_CANONICAL_H_
