#include "policy/source_place.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace baton::policy {
namespace {

bool IsBlank(char c) {
  return absl::ascii_isspace(static_cast<unsigned char>(c));
}

bool ContinuesCharacter(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// Reads a scalar as it was written, in step with the text that it stands for.
class Walk {
 public:
  explicit Walk(const YamlNode& scalar)
      : raw_(scalar.source), place_{scalar.line, scalar.column}, style_(Now()) {
    if (style_ == '\'' || style_ == '"') Step();
    if (style_ != '|' && style_ != '>') return;
    while (Now() != '\0' && Now() != '\n') Step();
    SkipBlanks();
  }

  // Passes what stands for `c`.
  void Pass(char c) {
    if (style_ == '"' && Now() == '\\') return PassEscape(c);
    if (IsBlank(c)) {
      if (AtLineEnd()) return SkipBlanks();
      if (!IsBlank(Now())) return;  // passed with the one before
    }
    if (ContinuesCharacter(c) && !ContinuesCharacter(Now())) return;  // of an escape
    if (style_ == '\'' && c == '\'') Step();
    Step();
  }

  SourcePlace place() const { return place_; }

 private:
  char Now() const { return at_ < raw_.size() ? raw_[at_] : '\0'; }

  bool AtLineEnd() const {
    const size_t end = raw_.find_first_not_of(" \t\r", at_);
    return end != std::string_view::npos && raw_[end] == '\n';
  }

  void Step() {
    if (at_ >= raw_.size()) return;
    const char passed = raw_[at_++];
    if (passed == '\n') {
      ++place_.line;
      place_.column = 1;
    } else if (!ContinuesCharacter(passed)) {
      ++place_.column;
    }
  }

  void SkipBlanks() {
    while (IsBlank(Now())) Step();
  }

  void PassEscape(char c) {
    Step();
    if (AtLineEnd()) {  // the line goes on
      SkipBlanks();
      return Pass(c);
    }
    const int digits = Now() == 'x' ? 2 : Now() == 'u' ? 4 : Now() == 'U' ? 8 : 0;
    for (int i = 0; i <= digits; ++i) Step();
  }

  std::string_view raw_;
  size_t at_ = 0;
  SourcePlace place_;
  char style_;
};

}  // namespace

SourcePlace PlaceIn(const YamlNode& scalar, size_t offset) {
  Walk walk(scalar);
  for (const char c : std::string_view(scalar.text).substr(0, offset)) walk.Pass(c);
  return walk.place();
}

void AddProblems(const YamlNode& scalar, const std::string& path,
                 const std::vector<expression::Problem>& problems, ErrorList& errors) {
  for (const expression::Problem& problem : problems) {
    const SourcePlace place = PlaceIn(scalar, problem.offset);
    errors.Add(place.line, place.column,
               absl::StrCat(path, ": ", Printable(problem.message),
                            expression::Marked(scalar.text, problem.offset)));
  }
}

}  // namespace baton::policy
