#include "core/domain.h"

#include <idn2.h>
#include <libpsl.h>

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/text.h"

namespace baton::core {
namespace {

constexpr size_t kLabelBytesMax = 63;

bool IsLabel(absl::string_view label) {
  return !label.empty() && label.size() <= kLabelBytesMax && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char character) {
           return absl::ascii_isalnum(static_cast<unsigned char>(character)) || character == '-' ||
                  character == '_';
         });
}

// The ASCII form; empty if there is none. Each label takes half a microsecond.
std::string ToAscii(const std::string& domain) {
  if (std::count(domain.begin(), domain.end(), '.') >= kIdnaLabelsMax) return "";
  char* found = nullptr;
  if (idn2_to_ascii_8z(domain.c_str(), &found, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK) {
    return "";
  }
  const std::unique_ptr<char, void (*)(void*)> owned(found, idn2_free);
  return found;
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char character) {
    return absl::ascii_isascii(static_cast<unsigned char>(character));
  });
}

// The registered domain in `domain`, a part of it; empty for a public suffix.
std::string_view RegisteredIn(std::string_view domain) {
  const std::string text(domain);
  const char* registered = psl_registrable_domain(psl_builtin(), text.c_str());
  if (registered == nullptr) return {};
  return domain.substr(static_cast<size_t>(registered - text.c_str()));
}

}  // namespace

std::string NormalDomain(std::string_view text) {
  if (text.size() > kDomainTextBytesMax) return "";
  absl::string_view bare = absl::StripAsciiWhitespace(ToAbsl(text));
  absl::ConsumeSuffix(&bare, ".");
  if (bare.empty() || bare.find('\0') != absl::string_view::npos) return "";
  const std::string given(bare);
  const std::string ascii = absl::AsciiStrToLower(IsAscii(given) ? given : ToAscii(given));
  absl::string_view domain = ascii;
  while (absl::ConsumePrefix(&domain, "www.")) {
  }
  if (domain.size() > kDomainBytesMax) return "";
  const std::vector<absl::string_view> labels = absl::StrSplit(domain, '.');
  if (labels.size() < 2 || !std::all_of(labels.begin(), labels.end(), IsLabel)) return "";
  // No top-level domain is a number, so that this is an address.
  if (absl::ascii_isdigit(static_cast<unsigned char>(labels.back().front()))) return "";
  return std::string(domain);
}

std::string DomainOfEmail(std::string_view email) {
  const size_t at = email.rfind('@');
  return at == std::string_view::npos ? "" : NormalDomain(email.substr(at + 1));
}

std::string NormalEmail(std::string_view email) {
  const absl::string_view text = absl::StripAsciiWhitespace(ToAbsl(email));
  const size_t at = text.rfind('@');
  if (at == absl::string_view::npos || at == 0 || text.size() > kDomainTextBytesMax) return "";
  const std::string domain = DomainOfEmail({text.data(), text.size()});
  if (domain.empty()) return "";
  return absl::StrCat(absl::AsciiStrToLower(text.substr(0, at)), "@", domain);
}

std::string DomainOfWebsite(std::string_view website) {
  absl::string_view rest = absl::StripAsciiWhitespace(ToAbsl(website));
  const size_t scheme = rest.find("://");
  if (scheme != absl::string_view::npos) rest.remove_prefix(scheme + 3);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  const size_t user = rest.rfind('@');
  if (user != absl::string_view::npos) rest.remove_prefix(user + 1);
  rest = rest.substr(0, rest.find(':'));
  return NormalDomain({rest.data(), rest.size()});
}

bool IsRegistrable(std::string_view domain) {
  return !RegisteredIn(domain).empty();
}

std::vector<std::string> LookupDomains(std::string_view domain) {
  const std::string_view registered = RegisteredIn(domain);
  if (registered.empty()) return {};
  std::vector<std::string> domains = {std::string(domain)};
  while (domain.size() > registered.size()) {
    domain.remove_prefix(domain.find('.') + 1);
    domains.emplace_back(domain);
  }
  if (domains.size() > kLookupDomainsMax) {
    domains.erase(domains.begin() + 1,
                  domains.begin() + static_cast<int64_t>(domains.size() - kLookupDomainsMax + 1));
  }
  return domains;
}

}  // namespace baton::core
