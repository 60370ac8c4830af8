// The small text format of what functions read and write: items separated by "|", lists by ",".
// Foreign words are escaped, so that neither they nor a separator can be mistaken. Pure functions.
#ifndef BATON_STORE_REDIS_TEXT_H_
#define BATON_STORE_REDIS_TEXT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace baton::store::redis {

// What is stored or was answered cannot be read: a broken invariant, INTERNAL.
absl::Status Unreadable(absl::string_view what);

// Percent-encodes "%", "|", ",", ";", and bytes below 0x21 (with it space and line breaks). Equal
// words have equal escapes.
std::string Escape(absl::string_view word);
// Inverse of Escape. INTERNAL if `text` is not one of its results.
absl::StatusOr<std::string> Unescape(absl::string_view text);

std::string JoinEscaped(const std::vector<std::string>& words);
absl::StatusOr<std::vector<std::string>> SplitEscaped(absl::string_view list);

// A comma-separated list of ids.
template <typename Id>
std::string JoinIds(const std::vector<Id>& ids) {
  return absl::StrJoin(ids, ",", [](std::string* out, const Id& id) { out->append(id.str()); });
}
template <typename Id>
std::vector<Id> SplitIds(absl::string_view list) {
  std::vector<Id> ids;
  for (const absl::string_view text : absl::StrSplit(list, ',', absl::SkipEmpty())) {
    ids.push_back(Id::Trusted({text.data(), text.size()}));
  }
  return ids;
}

// Reads a text item by item. The first item that is missing or of the wrong kind makes all later
// reads give empty values; look at status() at the end.
class Items {
 public:
  // `what`: for the error, "stored lead".
  Items(absl::string_view text, absl::string_view what);

  absl::string_view Word();
  int64_t Number();
  std::string Unescaped();
  std::vector<std::string> List();
  void Skip() { Word(); }
  bool at_end() const { return next_ >= items_.size(); }
  // Notes that an item's value is not acceptable.
  void Fail() { failed_ = true; }
  absl::Status status() const;

 private:
  const absl::string_view what_;
  const std::vector<absl::string_view> items_;
  size_t next_ = 0;
  bool failed_ = false;
};

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_TEXT_H_
