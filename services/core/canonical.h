// An encoding of values that depends on neither platform nor order, item by item, for hashes that
// say whether two are the same. How items are encoded: inputs.h.
#ifndef BATON_CORE_CANONICAL_H_
#define BATON_CORE_CANONICAL_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/event.h"

namespace baton::core {

class Canonical {
 public:
  // So many bytes are expected.
  explicit Canonical(size_t bytes = 0) { bytes_.reserve(bytes); }

  void Byte(uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void Number(uint64_t value);
  void Signed(int64_t value) { Number(static_cast<uint64_t>(value)); }
  void Text(std::string_view text);
  // Their number, then each by name: text name, byte type, value.
  void Values(const std::map<std::string, AttributeValue>& values);

  std::string Hash() const;  // SHA-256, 32 bytes

 private:
  void Add(bool value) { Byte(value ? 1 : 0); }
  void Add(int64_t value) { Signed(value); }
  void Add(double value);
  void Add(const std::string& value) { Text(value); }
  void Add(const std::vector<std::string>& values);

  std::string bytes_;
};

}  // namespace baton::core

#endif  // BATON_CORE_CANONICAL_H_
