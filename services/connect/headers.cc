#include "connect/headers.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "platform/grpc/peer_voucher.h"

namespace baton::connect {
namespace {

constexpr absl::string_view kBinary = "-bin";

// Not for a service, or not a service's to say.
constexpr std::array kOfTheWire = {
    absl::string_view("cache-control"),
    absl::string_view("connection"),
    absl::string_view("cookie"),
    absl::string_view("date"),
    absl::string_view("expect"),
    absl::string_view("host"),
    absl::string_view("keep-alive"),
    absl::string_view("origin"),
    absl::string_view("referer"),
    absl::string_view("server"),
    absl::string_view("te"),
    absl::string_view("trailer"),
    absl::string_view("transfer-encoding"),
    absl::string_view("upgrade"),
    absl::string_view("user-agent"),
    absl::string_view("vary"),
};
constexpr std::array kFamiliesOfTheWire = {
    absl::string_view("accept"),   absl::string_view("access-control-"),
    absl::string_view("connect-"), absl::string_view("content-"),
    absl::string_view("grpc-"),    absl::string_view("proxy-"),
    absl::string_view("sec-"),     absl::string_view("trailer-"),
};

bool IsOfTheWire(absl::string_view name) {
  return name == platform::rpc::kPeerHeader ||
         std::find(kOfTheWire.begin(), kOfTheWire.end(), name) != kOfTheWire.end() ||
         std::any_of(kFamiliesOfTheWire.begin(), kFamiliesOfTheWire.end(),
                     [name](absl::string_view family) { return absl::StartsWith(name, family); });
}

bool IsKey(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
  });
}

bool IsPrintable(absl::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

void AddBinary(const std::string& name, absl::string_view values, Headers& metadata) {
  for (const absl::string_view value : absl::StrSplit(values, ',')) {
    std::string bytes;
    if (absl::Base64Unescape(absl::StripAsciiWhitespace(value), &bytes)) {
      metadata.emplace_back(name, std::move(bytes));
    }
  }
}

std::string UnpaddedBase64(absl::string_view bytes) {
  std::string text = absl::Base64Escape(bytes);
  while (absl::EndsWith(text, "=")) text.pop_back();
  return text;
}

}  // namespace

std::optional<absl::string_view> Find(const Headers& headers, absl::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [name](const auto& header) { return header.first == name; });
  if (found == headers.end()) return std::nullopt;
  return absl::string_view(found->second);
}

bool Takes(absl::string_view list, absl::string_view word) {
  for (const absl::string_view entry : absl::StrSplit(list, ',')) {
    const std::vector<absl::string_view> parts = absl::StrSplit(entry, ';');
    if (!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(parts[0]), word)) continue;
    return std::none_of(parts.begin() + 1, parts.end(), [](absl::string_view part) {
      const absl::string_view weight = absl::StripAsciiWhitespace(part);
      return absl::StartsWith(weight, "q=0") &&
             weight.find_first_not_of("0.", 2) == absl::string_view::npos;
    });
  }
  return false;
}

Headers MetadataOf(const Headers& request) {
  std::vector<std::string> of_the_connection;
  for (const auto& [name, value] : request) {
    if (name != "connection") continue;
    for (const absl::string_view word : absl::StrSplit(value, ',')) {
      of_the_connection.push_back(absl::AsciiStrToLower(absl::StripAsciiWhitespace(word)));
    }
  }
  Headers metadata;
  for (const auto& [name, value] : request) {
    if (!IsKey(name) || IsOfTheWire(name) ||
        std::count(of_the_connection.begin(), of_the_connection.end(), name) > 0) {
      continue;
    }
    if (absl::EndsWith(name, kBinary)) {
      AddBinary(name, value, metadata);
    } else if (IsPrintable(value)) {
      metadata.emplace_back(name, value);
    }
  }
  return metadata;
}

Headers HeadersOf(const Headers& metadata, absl::string_view prefix) {
  Headers headers;
  for (const auto& [name, value] : metadata) {
    if (!IsKey(name) || IsOfTheWire(name)) continue;
    if (absl::EndsWith(name, kBinary)) {
      headers.emplace_back(absl::StrCat(prefix, name), UnpaddedBase64(value));
    } else if (IsPrintable(value)) {
      headers.emplace_back(absl::StrCat(prefix, name), value);
    }
  }
  return headers;
}

}  // namespace baton::connect
