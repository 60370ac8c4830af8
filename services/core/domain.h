// Internet domains: from what people type to one spelling that can be compared, and the part of a
// domain that somebody registered. Public suffixes ("de", "co.uk") are those of the Public Suffix
// List as libpsl carries it; names that are not ASCII become their IDNA (punycode) form by libidn2.
// Pure functions: no network, no file. Thread-safe.
#ifndef BATON_CORE_DOMAIN_H_
#define BATON_CORE_DOMAIN_H_

#include <string>
#include <string_view>
#include <vector>

namespace baton::core {

inline constexpr size_t kDomainBytesMax = 253;
inline constexpr size_t kDomainTextBytesMax = 1024;  // longer input is none
inline constexpr int kIdnaLabelsMax = 16;            // of a domain that is not ASCII
inline constexpr size_t kLookupDomainsMax = 4;

// One spelling of a domain: lower case, ASCII, without a dot at its end and without "www.". Empty
// for what is none: an address of four numbers, a single word, a label of more than 63 bytes, more
// than kIdnaLabelsMax labels of which one is not ASCII.
std::string NormalDomain(std::string_view text);

// The normal domain behind the last "@"; empty if there is none.
std::string DomainOfEmail(std::string_view email);

// One spelling of an e-mail address: without spaces around it, lower case, with the normal domain.
// Empty if it is none.
std::string NormalEmail(std::string_view email);

// The normal domain of "https://www.acme.example:8443/about", "acme.example/" or "acme.example".
std::string DomainOfWebsite(std::string_view website);

// Whether `domain` (normal) is, or lies below, something that can be registered: false for a public
// suffix.
bool IsRegistrable(std::string_view domain);

// What to look `domain` (normal) up as, the longest first: itself, then without its first labels,
// down to the registered one: "a.b.acme.co.uk", "b.acme.co.uk", "acme.co.uk". Of more than
// kLookupDomainsMax the first and the last ones. Empty for a public suffix.
std::vector<std::string> LookupDomains(std::string_view domain);

}  // namespace baton::core

#endif  // BATON_CORE_DOMAIN_H_
