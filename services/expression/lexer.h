// The words of an expression.
#ifndef BATON_EXPRESSION_LEXER_H_
#define BATON_EXPRESSION_LEXER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "expression/problem.h"

namespace baton::expression {

enum class TokenKind { kEnd, kName, kInt, kDouble, kString, kSymbol };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  size_t offset = 0;
  std::string_view text;   // of a name, a number or a symbol: a part of the expression
  std::string string;      // of a string: its characters, escapes replaced
  bool is_quoted = false;  // of a name: it stood between backquotes, so it can only be a field

  bool Is(std::string_view symbol) const { return kind == TokenKind::kSymbol && text == symbol; }
};

// Reads one token after the other. Belongs to one thread; `text` outlives it.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  // The next token; nullopt: problem() says what is wrong. Behind the last one kEnd, always.
  std::optional<Token> Next();
  const Problem& problem() const { return problem_; }

 private:
  void SkipBlanks();
  Token Take(TokenKind kind, size_t size);
  std::optional<Token> Fail(size_t offset, std::string message);
  std::optional<Token> Number();
  std::optional<Token> Quoted(size_t prefix, bool raw);
  std::optional<Token> QuotedName();
  bool Escape(std::string& out);
  bool CodePoint(int digits, int base, std::string& out);
  bool At(std::string_view word) const { return text_.substr(at_, word.size()) == word; }

  std::string_view text_;
  size_t at_ = 0;
  Problem problem_;
};

}  // namespace baton::expression

#endif  // BATON_EXPRESSION_LEXER_H_
