#include "store/redis/function_loading.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/errors.h"
#include "store/redis/errors.h"

namespace baton::store::redis {
namespace {

using platform::redis::Command;
using platform::redis::Reply;

absl::Status FunctionsMissing(const std::string& wanted, const std::vector<std::string>& there) {
  const std::string others = there.empty() ? "none of Baton's" : absl::StrJoin(there, ", ");
  return core::Error(
      absl::StatusCode::kFailedPrecondition, "REDIS_FUNCTIONS_MISSING",
      absl::StrCat("Redis has not the functions of this release, ", wanted, " (it has ", others,
                   "), and its user may not load them: run 'baton load-functions' of this ",
                   "release as a user that may"),
      {{"library", wanted}});
}

absl::StatusOr<Reply> RunOne(const Runner& run, Command command) {
  absl::StatusOr<std::vector<Reply>> replies = run({std::move(command)});
  if (!replies.ok()) return replies.status();
  return std::move(replies->front());
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ListLibraries(const Runner& run) {
  const absl::StatusOr<Reply> listed = RunOne(run, {"FUNCTION", "LIST", "LIBRARYNAME", "baton_*"});
  if (!listed.ok()) return listed.status();
  if (listed->is_error()) return FromReply(*listed);
  std::vector<std::string> names;
  for (const Reply& library : listed->elements) {
    const std::vector<Reply>& fields = library.elements;
    for (size_t i = 0; i + 1 < fields.size(); i += 2) {
      if (fields[i].text == "library_name") names.push_back(fields[i + 1].text);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::Status LoadLibrary(const FunctionLibrary& library, const Runner& run) {
  const absl::StatusOr<std::vector<std::string>> there = ListLibraries(run);
  if (!there.ok()) return there.status();
  if (std::binary_search(there->begin(), there->end(), library.name())) return absl::OkStatus();
  const absl::StatusOr<Reply> loaded = RunOne(run, {"FUNCTION", "LOAD", library.text()});
  if (!loaded.ok()) return loaded.status();
  if (loaded->IsError("NOPERM")) return FunctionsMissing(library.name(), *there);
  const bool raced = absl::StrContains(loaded->text, "already exists");
  return loaded->is_error() && !raced ? FromReply(*loaded) : absl::OkStatus();
}

absl::Status DeleteOtherLibraries(const FunctionLibrary& library, const Runner& run) {
  const absl::StatusOr<std::vector<std::string>> there = ListLibraries(run);
  if (!there.ok()) return there.status();
  for (const std::string& name : *there) {
    if (name == library.name()) continue;
    const absl::StatusOr<Reply> gone = RunOne(run, {"FUNCTION", "DELETE", name});
    if (!gone.ok()) return gone.status();
    const bool raced = absl::StrContains(gone->text, "not found");
    if (gone->is_error() && !raced) return FromReply(*gone);
  }
  return absl::OkStatus();
}

}  // namespace baton::store::redis
