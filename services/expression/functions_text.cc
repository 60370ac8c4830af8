// Functions of text. Semantics of CEL's standard definitions and of its strings extension (cel-go,
// ext/strings.go).
#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "expression/functions.h"
#include "expression/operators.h"
#include "expression/utf8.h"

namespace baton::expression {
namespace {

constexpr int64_t kEverything = std::numeric_limits<int64_t>::max();

Value OutOfRange(Scratch& scratch, int64_t index) {
  return scratch.Error(absl::StrCat("index out of range: ", index));
}

Value Contains(Scratch&, const Value* args) {
  const std::string_view text = args[0].text(), part = args[1].text();
  // Unlike find(), linear in what it looks through.
  return Value::Bool(memmem(text.data(), text.size(), part.data(), part.size()) != nullptr);
}

Value StartsWith(Scratch&, const Value* args) {
  return Value::Bool(args[0].text().substr(0, args[1].text().size()) == args[1].text());
}

Value EndsWith(Scratch&, const Value* args) {
  const std::string_view text = args[0].text(), end = args[1].text();
  return Value::Bool(text.size() >= end.size() && text.substr(text.size() - end.size()) == end);
}

// With a pattern that is made as it goes; one that is written out has an operation of its own.
Value Matches(Scratch& scratch, const Value* args) {
  const std::string_view text = args[0].text(), pattern = args[1].text();
  const RE2 compiled(re2::StringPiece(pattern.data(), pattern.size()), RE2::Quiet);
  if (!compiled.ok()) return scratch.Error("not a pattern: " + compiled.error());
  return Value::Bool(RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled));
}

Value CharAt(Scratch& scratch, const Value* args) {
  const std::string_view text = args[0].text();
  const auto at = ByteOf(text, args[1].int_value());
  if (!at) return OutOfRange(scratch, args[1].int_value());
  const auto next = ByteOf(text.substr(*at), 1);
  return Value::String(text.substr(*at, next.value_or(0)));
}

Value IndexFrom(Scratch& scratch, const Value* args, int64_t offset) {
  const std::string_view text = args[0].text();
  const auto from = ByteOf(text, offset);
  if (!from) return OutOfRange(scratch, offset);
  const size_t found = text.find(args[1].text(), *from);
  if (found == std::string_view::npos) return Value::Int(-1);
  return Value::Int(CountCharacters(text.substr(0, found)));
}

Value IndexOf(Scratch& scratch, const Value* args) {
  return IndexFrom(scratch, args, 0);
}

Value IndexOfFrom(Scratch& scratch, const Value* args) {
  return IndexFrom(scratch, args, args[2].int_value());
}

Value LastIndexOf(Scratch&, const Value* args) {
  const size_t found = args[0].text().rfind(args[1].text());
  if (found == std::string_view::npos) return Value::Int(-1);
  return Value::Int(CountCharacters(args[0].text().substr(0, found)));
}

Value LastIndexOfFrom(Scratch& scratch, const Value* args) {
  const std::string_view text = args[0].text();
  const auto from = ByteOf(text, args[2].int_value());
  if (!from) return OutOfRange(scratch, args[2].int_value());
  const size_t found = text.rfind(args[1].text(), *from);
  if (found == std::string_view::npos) return Value::Int(-1);
  return Value::Int(CountCharacters(text.substr(0, found)));
}

Value JoinWith(Scratch& scratch, const ListValue& items, std::string_view separator) {
  std::string joined;
  for (size_t i = 0; i < items.size(); ++i) {
    if (items[i].kind() != Kind::kString) return Value::Error(kNoOverload);
    if (i > 0) joined += separator;
    joined += items[i].text();
  }
  return scratch.Text(joined);
}

Value JoinAll(Scratch& scratch, const Value* args) {
  return JoinWith(scratch, args[0].list(), "");
}

Value JoinBy(Scratch& scratch, const Value* args) {
  return JoinWith(scratch, args[0].list(), args[1].text());
}

Value LowerAscii(Scratch& scratch, const Value* args) {
  std::string text(args[0].text());
  absl::AsciiStrToLower(&text);
  return scratch.Text(text);
}

Value UpperAscii(Scratch& scratch, const Value* args) {
  std::string text(args[0].text());
  absl::AsciiStrToUpper(&text);
  return scratch.Text(text);
}

// The pieces of `text` between the separators, at most `most`; an empty one separates characters.
std::vector<std::string_view> Pieces(std::string_view text, std::string_view separator,
                                     int64_t most) {
  std::vector<std::string_view> pieces;
  const auto goes_on = [&] { return static_cast<int64_t>(pieces.size()) + 1 < most; };
  if (separator.empty()) {
    while (!text.empty() && goes_on()) {
      const size_t size = ByteOf(text, 1).value_or(text.size());
      pieces.push_back(text.substr(0, size));
      text.remove_prefix(size);
    }
    if (!text.empty()) pieces.push_back(text);
    return pieces;
  }
  for (size_t at = text.find(separator); at != text.npos && goes_on(); at = text.find(separator)) {
    pieces.push_back(text.substr(0, at));
    text.remove_prefix(at + separator.size());
  }
  pieces.push_back(text);
  return pieces;
}

Value SplitUpTo(Scratch& scratch, const Value* args, int64_t most) {
  ListValue list;
  if (most != 0) {
    const auto pieces = Pieces(args[0].text(), args[1].text(), most < 0 ? kEverything : most);
    for (const std::string_view piece : pieces) list.push_back(Value::String(piece));
  }
  return scratch.List(list);
}

Value Split(Scratch& scratch, const Value* args) {
  return SplitUpTo(scratch, args, -1);
}

Value SplitSome(Scratch& scratch, const Value* args) {
  return SplitUpTo(scratch, args, args[2].int_value());
}

Value ReplaceUpTo(Scratch& scratch, const Value* args, int64_t most) {
  const std::string_view text = args[0].text(), from = args[1].text(), to = args[2].text();
  int64_t left = most < 0 ? kEverything : most;
  std::string result;
  size_t at = 0;
  while (left > 0 && result.size() <= Scratch::kBytesMax) {
    const size_t found = text.find(from, at);
    if (found == text.npos) break;
    result.append(text.substr(at, found - at)).append(to);
    at = found + from.size();
    --left;
    if (!from.empty()) continue;
    if (at == text.size()) break;
    const size_t size = ByteOf(text.substr(at), 1).value_or(1);
    result.append(text.substr(at, size));
    at += size;
  }
  return scratch.Text(result.append(text.substr(at)));
}

Value Replace(Scratch& scratch, const Value* args) {
  return ReplaceUpTo(scratch, args, -1);
}

Value ReplaceSome(Scratch& scratch, const Value* args) {
  return ReplaceUpTo(scratch, args, args[3].int_value());
}

Value Reverse(Scratch& scratch, const Value* args) {
  const auto characters = Characters(args[0].text());
  std::string reversed;
  for (auto one = characters.rbegin(); one != characters.rend(); ++one) reversed += *one;
  return scratch.Text(reversed);
}

Value SubstringFrom(Scratch& scratch, const Value* args) {
  const auto begin = ByteOf(args[0].text(), args[1].int_value());
  if (!begin) return OutOfRange(scratch, args[1].int_value());
  return Value::String(args[0].text().substr(*begin));
}

Value Substring(Scratch& scratch, const Value* args) {
  const int64_t first = args[1].int_value(), last = args[2].int_value();
  const auto begin = ByteOf(args[0].text(), first), end = ByteOf(args[0].text(), last);
  if (!begin) return OutOfRange(scratch, first);
  if (!end) return OutOfRange(scratch, last);
  if (*begin > *end) {
    return scratch.Error(absl::StrCat("invalid substring range. start: ", first, ", end: ", last));
  }
  return Value::String(args[0].text().substr(*begin, *end - *begin));
}

// Unicode's White_Space.
bool IsBlank(std::string_view character) {
  if (character.size() == 1) return absl::ascii_isspace(static_cast<unsigned char>(character[0]));
  for (const std::string_view blank :
       {"\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
        "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f",
        "\u3000"}) {
    if (character == blank) return true;
  }
  return false;
}

Value Trim(Scratch&, const Value* args) {
  const auto characters = Characters(args[0].text());
  const auto first = std::find_if_not(characters.begin(), characters.end(), IsBlank);
  const auto last = std::find_if_not(characters.rbegin(), characters.rend(), IsBlank);
  if (first == characters.end()) return Value::String("");
  const char* const end = last->data() + last->size();
  return Value::String({first->data(), static_cast<size_t>(end - first->data())});
}

Value Quote(Scratch& scratch, const Value* args) {
  constexpr std::string_view kPlain = "\a\b\f\n\r\t\v\\\"";
  constexpr std::string_view kLetters = "abfnrtv\\\"";
  std::string quoted = "\"";
  for (const char byte : args[0].text()) {
    const size_t at = kPlain.find(byte);
    if (at != kPlain.npos) quoted += '\\';
    quoted += at == kPlain.npos ? byte : kLetters[at];
  }
  return scratch.Text(quoted += '"');
}

}  // namespace

void AddTextFunctions(std::vector<Function>& out) {
  const Type text(Kind::kString), number(Kind::kInt), truth(Kind::kBool);
  const Type texts = Type::List(text);
  // Costs are those of looking through 1 KiB, and of making as much.
  constexpr int64_t kAtOnce = 2, kLook = 150, kMake = 200, kCompile = 8'000;
  const auto add = [&out](const char* name, std::vector<Type> params, const Type& result,
                          int64_t cost, auto call) {
    out.push_back({name, true, std::move(params), result, call, cost});
  };
  const auto add_growing = [&](const char* name, std::vector<Type> params, const Type& result,
                               auto call) {
    add(name, std::move(params), result, 2 * kMake, call);
    out.back().may_grow = true;
  };
  add("contains", {text, text}, truth, kLook, Contains);
  add("startsWith", {text, text}, truth, kAtOnce, StartsWith);
  add("endsWith", {text, text}, truth, kAtOnce, EndsWith);
  add("matches", {text, text}, truth, kCompile, Matches);
  out.push_back({"matches", false, {text, text}, truth, Matches, kCompile});
  add("charAt", {text, number}, text, kLook, CharAt);
  add("indexOf", {text, text}, number, kLook, IndexOf);
  add("indexOf", {text, text, number}, number, kLook, IndexOfFrom);
  add("lastIndexOf", {text, text}, number, kLook, LastIndexOf);
  add("lastIndexOf", {text, text, number}, number, kLook, LastIndexOfFrom);
  add_growing("join", {texts}, text, JoinAll);
  add_growing("join", {texts, text}, text, JoinBy);
  add("lowerAscii", {text}, text, kMake, LowerAscii);
  add("upperAscii", {text}, text, kMake, UpperAscii);
  add_growing("split", {text, text}, texts, Split);
  add_growing("split", {text, text, number}, texts, SplitSome);
  add_growing("replace", {text, text, text}, text, Replace);
  add_growing("replace", {text, text, text, number}, text, ReplaceSome);
  add("reverse", {text}, text, kMake, Reverse);
  add("substring", {text, number}, text, kLook, SubstringFrom);
  add("substring", {text, number, number}, text, kLook, Substring);
  add("trim", {text}, text, kMake, Trim);
  out.push_back({"strings.quote", false, {text}, text, Quote, kMake, true});
}

}  // namespace baton::expression
