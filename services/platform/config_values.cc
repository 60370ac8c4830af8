// The kinds of settings: how a text becomes a value and back.
#include <algorithm>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "platform/config.h"

namespace baton::platform {
namespace {

constexpr char kMask[] = "******";

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

std::string MaskUrlPassword(const std::string& url) {
  const size_t host = url.rfind('@');
  const size_t scheme = url.find("://");
  if (host == std::string::npos || scheme == std::string::npos) return url;
  const size_t colon = url.find(':', scheme + 3);
  if (colon == std::string::npos || colon > host) return url;
  return absl::StrCat(url.substr(0, colon + 1), kMask, url.substr(host));
}

std::string Masked(const std::string& value, Secrecy secrecy) {
  switch (secrecy) {
    case Secrecy::kOpen:
      return value;
    case Secrecy::kUrlPassword:
      return MaskUrlPassword(value);
    case Secrecy::kMasked:
      return value.empty() ? "" : kMask;
  }
  return kMask;
}

bool LooksSecret(const std::string& name) {
  const std::string lower = absl::AsciiStrToLower(name);
  for (const char* part : {"password", "secret", "token", "key.pem", "jaas"}) {
    if (lower.find(part) != std::string::npos) return true;
  }
  return false;
}

std::string OneOf(const std::vector<std::string>& choices) {
  return absl::StrJoin(choices, " | ");
}

std::string SetChoice(const std::vector<std::string>& choices, const std::string& text,
                      std::string* target) {
  if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
    return absl::StrCat("must be one of ", OneOf(choices));
  }
  *target = text;
  return "";
}

template <typename Number>
std::string SetNumber(const std::string& text, Number min, Number max, Number* target) {
  Number value = 0;
  if (!absl::SimpleAtoi(text, &value) || value < min || value > max) {
    return absl::StrCat("must be a number from ", min, " to ", max);
  }
  *target = value;
  return "";
}

}  // namespace

void Settings::AddText(const std::string& key, const std::string& help, std::string* target,
                       TextCheck check, Secrecy secrecy) {
  Setting& setting = Add(Kind::kValue, key, help);
  if (!target->empty()) absl::StrAppend(&setting.help, "; default ", *target);
  setting.set = [target, check = std::move(check)](const std::string& text) {
    std::string wrong = check ? check(text) : "";
    if (wrong.empty()) *target = text;
    return wrong;
  };
  setting.show = [target, secrecy] { return Masked(*target, secrecy); };
}

void Settings::AddChoice(const std::string& key, const std::string& help, std::string* target,
                         std::vector<std::string> choices) {
  Setting& setting = Add(Kind::kValue, key, help);
  absl::StrAppend(&setting.help, "; ", OneOf(choices), "; default ", *target);
  setting.set = [target, choices = std::move(choices)](const std::string& text) {
    return SetChoice(choices, text, target);
  };
  setting.show = [target] { return *target; };
}

void Settings::AddNumber(const std::string& key, const std::string& help, int64_t* target,
                         int64_t min, int64_t max) {
  Setting& setting = Add(Kind::kValue, key, help);
  absl::StrAppend(&setting.help, "; ", min, " to ", max, "; default ", *target);
  setting.set = [=](const std::string& text) { return SetNumber(text, min, max, target); };
  setting.show = [target] { return absl::StrCat(*target); };
}

void Settings::AddNumber(const std::string& key, const std::string& help, int* target, int min,
                         int max) {
  Setting& setting = Add(Kind::kValue, key, help);
  absl::StrAppend(&setting.help, "; ", min, " to ", max, "; default ", *target);
  setting.set = [=](const std::string& text) { return SetNumber(text, min, max, target); };
  setting.show = [target] { return absl::StrCat(*target); };
}

void Settings::AddSwitch(const std::string& key, const std::string& help, bool* target) {
  Setting& setting = Add(Kind::kSwitch, key, help);
  absl::StrAppend(&setting.help, "; default ", *target ? "true" : "false");
  setting.set = [target](const std::string& text) -> std::string {
    return absl::SimpleAtob(text, target) ? "" : "must be true or false";
  };
  setting.show = [target] { return *target ? "true" : "false"; };
}

void Settings::AddDuration(const std::string& key, const std::string& help, absl::Duration* target,
                           absl::Duration min, absl::Duration max) {
  Setting& setting = Add(Kind::kValue, key, help);
  absl::StrAppend(&setting.help, "; ", absl::FormatDuration(min), " to ", absl::FormatDuration(max),
                  "; default ", absl::FormatDuration(*target));
  setting.set = [target, min, max](const std::string& text) -> std::string {
    absl::Duration value;
    if (!absl::ParseDuration(text, &value) || value < min || value > max) {
      return absl::StrCat("must be a duration from ", absl::FormatDuration(min), " to ",
                          absl::FormatDuration(max), ", like 250ms, 10s or 5m");
    }
    *target = value;
    return "";
  };
  setting.show = [target] { return absl::FormatDuration(*target); };
}

void Settings::AddPairs(const std::string& key, const std::string& flag, const std::string& help,
                        std::map<std::string, std::string>* target) {
  Setting& setting = Add(Kind::kPairs, key, help);
  setting.flag = flag;
  absl::StrAppend(&setting.help, "; name=value, may be repeated");
  setting.set = [target](const std::string& text) -> std::string {
    const size_t equals = text.find('=');
    const std::string name(absl::StripAsciiWhitespace(text.substr(0, equals)));
    if (equals == std::string::npos || name.empty()) return "must be name=value";
    (*target)[name] = text.substr(equals + 1);
    return "";
  };
  setting.show = [target] {
    return absl::StrJoin(*target, ";", [](std::string* out, const auto& pair) {
      absl::StrAppend(
          out, pair.first, "=",
          Masked(pair.second, LooksSecret(pair.first) ? Secrecy::kMasked : Secrecy::kOpen));
    });
  };
}

void Settings::AddRole(const std::string& help, std::string* target,
                       std::vector<std::string> choices) {
  Setting& setting = Add(Kind::kRole, "role", help);
  absl::StrAppend(&setting.help, "; ", OneOf(choices));
  roles_ = choices;
  setting.set = [target, choices = std::move(choices)](const std::string& text) {
    return SetChoice(choices, text, target);
  };
  setting.show = [target] { return *target; };
}

std::string CheckNotEmpty(std::string_view text) {
  return text.empty() ? "must not be empty" : "";
}

std::string CheckAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  int port = -1;
  if (colon == std::string_view::npos || !absl::SimpleAtoi(View(text.substr(colon + 1)), &port) ||
      port < 0 || port > std::numeric_limits<uint16_t>::max()) {
    return "must be host:port with a port from 0 to 65535";
  }
  return "";
}

}  // namespace baton::platform
