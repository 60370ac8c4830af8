#include "batonctl/yaml_text.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace baton::batonctl {
namespace {

using Json = nlohmann::ordered_json;

// Words that are no text without quotes, in any case.
constexpr std::array<absl::string_view, 11> kWords = {"true", "false", "null", "yes", "no", "on",
                                                      "off",  "y",     "n",    "nan", "inf"};

bool IsPlainText(const std::string& text) {
  if (text.empty() || !absl::ascii_isalpha(static_cast<unsigned char>(text.front()))) return false;
  const auto harmless = [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '_' || c == '-' || c == '.' || c == '/' || c == '@';
  };
  return std::all_of(text.begin(), text.end(), harmless) &&
         std::find(kWords.begin(), kWords.end(), absl::AsciiStrToLower(text)) == kWords.end();
}

// JSON's quoted text is YAML's.
std::string ScalarText(const Json& value) {
  if (value.is_string() && IsPlainText(value.get_ref<const std::string&>())) {
    return value.get<std::string>();
  }
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool IsBlock(const Json& value) {
  return value.is_structured() && !value.empty();
}

void Append(const Json& value, size_t indent, std::string& out);

// What follows "key:" or "-"; `out` ends behind that.
void AppendBelow(const Json& value, size_t indent, bool in_list, std::string& out) {
  if (!IsBlock(value)) {
    absl::StrAppend(&out, " ", ScalarText(value), "\n");
    return;
  }
  if (!in_list) {
    out += "\n";
    return Append(value, indent, out);
  }
  // The first entry of an item stands on the line of its dash.
  std::string block;
  Append(value, indent, block);
  absl::StrAppend(&out, " ", block.substr(indent));
}

void Append(const Json& value, size_t indent, std::string& out) {
  const std::string margin(indent, ' ');
  if (value.is_array()) {
    for (const Json& item : value) {
      absl::StrAppend(&out, margin, "-");
      AppendBelow(item, indent + 2, /*in_list=*/true, out);
    }
    return;
  }
  for (const auto& [key, item] : value.items()) {
    absl::StrAppend(&out, margin, ScalarText(key), ":");
    AppendBelow(item, indent + 2, /*in_list=*/false, out);
  }
}

}  // namespace

std::string ToYaml(const Json& data) {
  if (!IsBlock(data)) return ScalarText(data) + "\n";
  std::string text;
  Append(data, 0, text);
  return text;
}

}  // namespace baton::batonctl
