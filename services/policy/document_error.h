// Errors in a document that a person wrote: all of them at once, each with its place.
#ifndef BATON_POLICY_DOCUMENT_ERROR_H_
#define BATON_POLICY_DOCUMENT_ERROR_H_

#include <string>
#include <string_view>
#include <vector>

namespace baton::policy {

struct DocumentError {
  std::string file;  // as the caller named it
  int line = 1;      // 1-based
  int column = 1;    // 1-based
  std::string message;
  bool operator==(const DocumentError&) const = default;
};

// "policy.yaml:12:7: unknown key 'wieght' in routing[1].to; did you mean 'weight'?"
std::string ToString(const DocumentError& error);

inline constexpr size_t kDocumentErrorsMax = 100;  // kept per document; more are only counted

// Collects the errors of one document. Not thread-safe.
class ErrorList {
 public:
  explicit ErrorList(std::string_view file) : file_(file) {}

  void Add(int line, int column, std::string_view message);
  bool empty() const { return errors_.empty(); }
  size_t count() const { return errors_.size() + left_out_; }
  // The errors in the order of the text; beyond kDocumentErrorsMax a last one says how many more.
  std::vector<DocumentError> Take() &&;

 private:
  std::string file_;
  std::vector<DocumentError> errors_;
  size_t left_out_ = 0;
};

// "; did you mean 'weight'?" for the nearest of `known`, or "" if none is near. Also finds a word
// that differs in case only, and a longer or shorter form (boolean for bool).
std::string DidYouMean(const std::string& word, const std::vector<std::string>& known);

// `text` with control characters replaced by '?', so that nothing a stranger wrote moves a cursor.
std::string Printable(std::string text);

// A word of the document in a message: 'wieght', at most 60 bytes of it.
std::string Quoted(std::string_view text);

}  // namespace baton::policy

#endif  // BATON_POLICY_DOCUMENT_ERROR_H_
