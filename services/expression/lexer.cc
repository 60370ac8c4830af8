#include "expression/lexer.h"

#include <array>
#include <utility>

#include "absl/strings/ascii.h"

namespace baton::expression {
namespace {

// Longer ones first.
constexpr std::array<std::string_view, 25> kSymbols = {
    "&&", "||", "==", "!=", "<=", ">=", "(", ")", "[", "]", "{", "}", ".",
    ",",  ":",  "?",  "+",  "-",  "*",  "/", "%", "<", ">", "!", "="};

bool IsNameStart(char c) {
  return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_';
}

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}

size_t CountDigits(std::string_view text) {
  size_t count = 0;
  while (count < text.size() && IsDigit(text[count])) ++count;
  return count;
}

int ValueOfDigit(char c) {
  if (IsDigit(c)) return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 16;
}

void AppendUtf8(uint32_t point, std::string& out) {
  const auto byte = [&out](uint32_t value) { out += static_cast<char>(value); };
  if (point < 0x80) {
    byte(point);
  } else if (point < 0x800) {
    byte(0xc0 | point >> 6);
    byte(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    byte(0xe0 | point >> 12);
    byte(0x80 | (point >> 6 & 0x3f));
    byte(0x80 | (point & 0x3f));
  } else {
    byte(0xf0 | point >> 18);
    byte(0x80 | (point >> 12 & 0x3f));
    byte(0x80 | (point >> 6 & 0x3f));
    byte(0x80 | (point & 0x3f));
  }
}

// What stands for itself behind a backslash, and what does not.
constexpr std::string_view kEscapes = "abfnrtv\\?\"'`";
constexpr std::string_view kEscaped = "\a\b\f\n\r\t\v\\?\"'`";

}  // namespace

std::optional<Token> Lexer::Next() {
  SkipBlanks();
  if (at_ == text_.size()) return Take(TokenKind::kEnd, 0);
  const char first = text_[at_];
  if (IsDigit(first) || (first == '.' && at_ + 1 < text_.size() && IsDigit(text_[at_ + 1]))) {
    return Number();
  }
  if (first == '"' || first == '\'') return Quoted(0, false);
  if (first == '`') return QuotedName();
  if (IsNameStart(first)) {
    size_t size = 1;
    while (at_ + size < text_.size() &&
           (IsNameStart(text_[at_ + size]) || IsDigit(text_[at_ + size]))) {
      ++size;
    }
    const bool quoted =
        at_ + size < text_.size() && (text_[at_ + size] == '"' || text_[at_ + size] == '\'');
    const std::string_view word = text_.substr(at_, size);
    if (quoted && (word == "r" || word == "R")) return Quoted(1, true);
    if (quoted) return Fail(at_, "there are no bytes here; write a string");
    return Take(TokenKind::kName, size);
  }
  for (const std::string_view symbol : kSymbols) {
    if (At(symbol)) return Take(TokenKind::kSymbol, symbol.size());
  }
  return Fail(at_, "this character has no meaning here");
}

void Lexer::SkipBlanks() {
  while (at_ < text_.size()) {
    if (absl::ascii_isspace(static_cast<unsigned char>(text_[at_]))) {
      ++at_;
    } else if (At("//")) {
      const size_t end = text_.find('\n', at_);
      at_ = end == std::string_view::npos ? text_.size() : end;
    } else {
      return;
    }
  }
}

Token Lexer::Take(TokenKind kind, size_t size) {
  Token token{kind, at_, text_.substr(at_, size), "", false};
  at_ += size;
  return token;
}

std::optional<Token> Lexer::Fail(size_t offset, std::string message) {
  problem_ = {offset, std::move(message)};
  return std::nullopt;
}

std::optional<Token> Lexer::Number() {
  const std::string_view rest = text_.substr(at_);
  size_t size = 0;
  bool is_double = false;
  if (rest.substr(0, 2) == "0x" || rest.substr(0, 2) == "0X") {
    size = 2;
    while (size < rest.size() && ValueOfDigit(rest[size]) < 16) ++size;
    if (size == 2) return Fail(at_, "digits are missing behind 0x");
  } else {
    size = CountDigits(rest);
    if (size + 1 < rest.size() && rest[size] == '.' && IsDigit(rest[size + 1])) {
      is_double = true;
      size += 1 + CountDigits(rest.substr(size + 1));
    }
    if (size < rest.size() && (rest[size] == 'e' || rest[size] == 'E')) {
      size_t exponent = size + 1;
      if (exponent < rest.size() && (rest[exponent] == '+' || rest[exponent] == '-')) ++exponent;
      const size_t digits = CountDigits(rest.substr(exponent));
      if (digits == 0) return Fail(at_ + size, "digits are missing in the exponent");
      is_double = true;
      size = exponent + digits;
    }
  }
  if (size < rest.size() && (rest[size] == 'u' || rest[size] == 'U')) {
    return Fail(at_ + size, "there are no unsigned numbers here; leave out the u");
  }
  if (size < rest.size() && IsNameStart(rest[size])) {
    return Fail(at_ + size, "a number ends where a name begins");
  }
  return Take(is_double ? TokenKind::kDouble : TokenKind::kInt, size);
}

// At the quotes, behind `prefix` bytes.
std::optional<Token> Lexer::Quoted(size_t prefix, bool raw) {
  const size_t begin = at_;
  at_ += prefix;
  const char mark = text_[at_];
  const std::string three(3, mark);
  const bool is_long = At(three);
  const std::string_view end =
      is_long ? std::string_view(three) : std::string_view(three).substr(2);
  at_ += end.size();
  Token token{TokenKind::kString, begin, {}, "", false};
  while (!At(end)) {
    if (at_ == text_.size() || (!is_long && (text_[at_] == '\n' || text_[at_] == '\r'))) {
      return Fail(begin, "this string does not end");
    }
    if (raw || text_[at_] != '\\') {
      token.string += text_[at_++];
      continue;
    }
    const size_t escape = at_++;
    if (!Escape(token.string)) return Fail(escape, "this escape has no meaning");
  }
  at_ += end.size();
  return token;
}

// A field whose name is no word: map.`first name`.
std::optional<Token> Lexer::QuotedName() {
  const size_t begin = at_++;
  size_t size = 0;
  while (at_ + size < text_.size() &&
         (IsNameStart(text_[at_ + size]) || IsDigit(text_[at_ + size]) ||
          std::string_view("-./ ").find(text_[at_ + size]) != std::string_view::npos)) {
    ++size;
  }
  if (size == 0 || at_ + size == text_.size() || text_[at_ + size] != '`') {
    return Fail(begin, "between backquotes stand letters, digits and _ - . / and blanks");
  }
  Token token = Take(TokenKind::kName, size);
  token.offset = begin;
  token.is_quoted = true;
  ++at_;
  return token;
}

// Behind the backslash.
bool Lexer::Escape(std::string& out) {
  if (at_ == text_.size()) return false;
  const char kind = text_[at_];
  if (const size_t index = kEscapes.find(kind); index != std::string_view::npos) {
    ++at_;
    out += kEscaped[index];
    return true;
  }
  if (kind >= '0' && kind <= '3') return CodePoint(3, 8, out);
  ++at_;
  switch (kind) {
    case 'x':
    case 'X':
      return CodePoint(2, 16, out);
    case 'u':
      return CodePoint(4, 16, out);
    case 'U':
      return CodePoint(8, 16, out);
    default:
      return false;
  }
}

bool Lexer::CodePoint(int digits, int base, std::string& out) {
  uint32_t point = 0;
  for (int i = 0; i < digits; ++i, ++at_) {
    const int digit = at_ < text_.size() ? ValueOfDigit(text_[at_]) : base;
    if (digit >= base) return false;
    point = point * static_cast<uint32_t>(base) + static_cast<uint32_t>(digit);
  }
  const bool is_surrogate = point >= 0xd800 && point < 0xe000;
  if (is_surrogate || point > 0x10ffff) return false;
  AppendUtf8(point, out);
  return true;
}

}  // namespace baton::expression
