#include "store/redis/text.h"

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace baton::store::redis {
namespace {

constexpr char kHexDigits[] = "0123456789ABCDEF";

bool NeedsEscape(char character) {
  return static_cast<unsigned char>(character) < 0x21 || character == '%' || character == '|' ||
         character == ',' || character == ';';
}

// -1: not a digit that Escape writes.
int HexDigit(char character) {
  const size_t at = absl::string_view(kHexDigits, 16).find(character);
  return at == absl::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

absl::Status Unreadable(absl::string_view what) {
  return absl::InternalError(absl::StrCat("Redis store: ", what, " is not readable"));
}

std::string Escape(absl::string_view word) {
  std::string escaped;
  escaped.reserve(word.size());
  for (const char character : word) {
    if (!NeedsEscape(character)) {
      escaped += character;
      continue;
    }
    const auto byte = static_cast<unsigned char>(character);
    escaped += {'%', kHexDigits[byte / 16], kHexDigits[byte % 16]};
  }
  return escaped;
}

absl::StatusOr<std::string> Unescape(absl::string_view text) {
  std::string word;
  word.reserve(text.size());
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      word += text[at];
      continue;
    }
    const int high = at + 2 < text.size() ? HexDigit(text[at + 1]) : -1;
    const int low = at + 2 < text.size() ? HexDigit(text[at + 2]) : -1;
    if (high < 0 || low < 0) return Unreadable("an escaped word");
    word += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return word;
}

std::string JoinEscaped(const std::vector<std::string>& words) {
  return absl::StrJoin(
      words, ",", [](std::string* out, const std::string& word) { out->append(Escape(word)); });
}

absl::StatusOr<std::vector<std::string>> SplitEscaped(absl::string_view list) {
  std::vector<std::string> words;
  for (const absl::string_view text : absl::StrSplit(list, ',', absl::SkipEmpty())) {
    absl::StatusOr<std::string> word = Unescape(text);
    if (!word.ok()) return word.status();
    words.push_back(*std::move(word));
  }
  return words;
}

Items::Items(absl::string_view text, absl::string_view what)
    : what_(what), items_(absl::StrSplit(text, '|')) {}

absl::string_view Items::Word() {
  if (next_ >= items_.size()) failed_ = true;
  return failed_ ? absl::string_view() : items_[next_++];
}

int64_t Items::Number() {
  int64_t number = 0;
  if (!absl::SimpleAtoi(Word(), &number)) failed_ = true;
  return failed_ ? 0 : number;
}

std::string Items::Unescaped() {
  absl::StatusOr<std::string> word = Unescape(Word());
  if (!word.ok()) failed_ = true;
  return failed_ ? std::string() : *std::move(word);
}

std::vector<std::string> Items::List() {
  absl::StatusOr<std::vector<std::string>> words = SplitEscaped(Word());
  if (!words.ok()) failed_ = true;
  return failed_ ? std::vector<std::string>() : *std::move(words);
}

absl::Status Items::status() const {
  return failed_ ? Unreadable(what_) : absl::OkStatus();
}

}  // namespace baton::store::redis
