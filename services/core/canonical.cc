#include "core/canonical.h"

#include <new>
#include <variant>

namespace baton::core {
namespace {

// Looked up once: that takes longer than to hash what most leads have.
const EVP_MD* Sha256() {
  static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return found;
}

}  // namespace

Canonical::Canonical() : hash_(EVP_MD_CTX_new()) {
  // Neither fails but for memory.
  if (hash_ == nullptr || EVP_DigestInit_ex(hash_.get(), Sha256(), nullptr) != 1) {
    throw std::bad_alloc();
  }
}

void Canonical::Flush() {
  EVP_DigestUpdate(hash_.get(), waiting_.data(), used_);
  used_ = 0;
}

void Canonical::Text(std::string_view text) {
  Number(text.size());
  if (text.size() <= waiting_.size()) {
    text.copy(Place(text.size()), text.size());
  } else {
    Flush();
    EVP_DigestUpdate(hash_.get(), text.data(), text.size());
  }
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

std::string Canonical::Hash() {
  Flush();
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  EVP_DigestFinal_ex(hash_.get(), digest.data(), &size);
  return {digest.data(), digest.data() + size};
}

}  // namespace baton::core
