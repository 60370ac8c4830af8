#include "core/canonical.h"

#include <openssl/sha.h>

#include <array>
#include <bit>
#include <variant>

namespace baton::core {

void Canonical::Number(uint64_t value) {
  std::array<char, sizeof(value)> big_endian;
  for (size_t i = 0; i < big_endian.size(); ++i) {
    big_endian[i] = static_cast<char>(value >> (8 * (big_endian.size() - 1 - i)));
  }
  bytes_.append(big_endian.data(), big_endian.size());
}

void Canonical::Text(std::string_view text) {
  Number(text.size());
  bytes_.append(text);
}

void Canonical::Values(const std::map<std::string, AttributeValue>& values) {
  Number(values.size());
  for (const auto& [name, value] : values) {
    Text(name);
    Byte(static_cast<uint8_t>(value.index()));
    std::visit([this](const auto& held) { Add(held); }, value);
  }
}

void Canonical::Add(double value) {
  Number(std::bit_cast<uint64_t>(value));
}

void Canonical::Add(const std::vector<std::string>& values) {
  Number(values.size());
  for (const std::string& value : values) Text(value);
}

std::string Canonical::Hash() const {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(bytes_.data()), bytes_.size(), digest.data());
  return {digest.begin(), digest.end()};
}

}  // namespace baton::core
