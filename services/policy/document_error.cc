#include "policy/document_error.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"

namespace baton::policy {
namespace {

constexpr size_t kQuotedBytesMax = 60;
constexpr size_t kComparedBytesMax = 64;  // no name that can be meant is longer

// Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> cost(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::string ToString(const DocumentError& error) {
  return absl::StrCat(error.file, ":", error.line, ":", error.column, ": ", error.message);
}

void ErrorList::Add(int line, int column, std::string_view message) {
  if (errors_.size() >= kDocumentErrorsMax) {
    ++left_out_;
    return;
  }
  errors_.push_back({file_, line, column, std::string(message)});
}

std::vector<DocumentError> ErrorList::Take() && {
  std::stable_sort(errors_.begin(), errors_.end(),
                   [](const DocumentError& a, const DocumentError& b) {
                     return std::tie(a.line, a.column) < std::tie(b.line, b.column);
                   });
  if (left_out_ > 0) {
    const DocumentError& last = errors_.back();
    errors_.push_back({file_, last.line, last.column, absl::StrCat(left_out_, " more errors")});
  }
  return std::move(errors_);
}

std::string DidYouMean(const std::string& word, const std::vector<std::string>& known) {
  if (word.empty() || word.size() > kComparedBytesMax) return "";
  const std::string lower = absl::AsciiStrToLower(word);
  const std::string* nearest = nullptr;
  size_t nearest_distance = std::max<size_t>(1, word.size() / 3) + 1;
  for (const std::string& name : known) {
    if (name.size() > kComparedBytesMax) continue;
    const std::string candidate = absl::AsciiStrToLower(name);
    const bool longer_form = lower.size() >= 3 && candidate.size() >= 3 &&
                             (lower.starts_with(candidate) || candidate.starts_with(lower));
    const size_t edits = EditDistance(lower, candidate);
    const size_t distance = longer_form ? std::min<size_t>(1, edits) : edits;
    if (distance < nearest_distance) {
      nearest = &name;
      nearest_distance = distance;
    }
  }
  return nearest == nullptr ? "" : absl::StrCat("; did you mean '", *nearest, "'?");
}

std::string Printable(std::string text) {
  for (char& c : text) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = '?';
  }
  return text;
}

std::string Quoted(std::string_view text) {
  return absl::StrCat("'", Printable(core::Shortened(text, kQuotedBytesMax)), "'");
}

}  // namespace baton::policy
