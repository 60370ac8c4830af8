#include "expression/conjuncts.h"

#include "absl/strings/ascii.h"
#include "expression/lexer.h"
#include "expression/utf8.h"

namespace baton::expression {
namespace {

std::string_view WithoutBlanks(std::string_view text) {
  const absl::string_view stripped = absl::StripAsciiWhitespace(AbslView(text));
  return {stripped.data(), stripped.size()};
}

bool IsOneOf(const Token& token, std::string_view symbols) {
  return token.kind == TokenKind::kSymbol && token.text.size() == 1 &&
         symbols.find(token.text[0]) != std::string_view::npos;
}

}  // namespace

std::vector<std::string_view> Conjuncts(std::string_view text) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  int depth = 0;
  Lexer lexer(text);
  for (auto token = lexer.Next(); token && token->kind != TokenKind::kEnd; token = lexer.Next()) {
    if (IsOneOf(*token, "([{")) ++depth;
    if (IsOneOf(*token, ")]}")) --depth;
    if (depth > 0) continue;
    if (token->Is("||") || token->Is("?")) return {WithoutBlanks(text)};
    if (!token->Is("&&")) continue;
    parts.push_back(WithoutBlanks(text.substr(begin, token->offset - begin)));
    begin = token->offset + token->text.size();
  }
  parts.push_back(WithoutBlanks(text.substr(begin)));
  return parts;
}

}  // namespace baton::expression
