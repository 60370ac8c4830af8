// Names of things, checked once at the border and typed from then on.
//
// Every id is 1 to 64 characters of [A-Za-z0-9_-]. No other character can reach a store key, so a
// workspace cannot forge another one's key or hash tag. Types are values: copyable, ordered,
// hashable.
#ifndef BATON_CORE_IDS_H_
#define BATON_CORE_IDS_H_

#include <compare>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace baton::core {

inline constexpr size_t kIdLengthMax = 64;

// True for 1..64 characters of [A-Za-z0-9_-].
bool IsValidId(std::string_view text);

// INVALID_ARGUMENT naming `what` unless IsValidId(text).
absl::Status CheckId(std::string_view what, std::string_view text);

template <typename Tag>
class Id {
 public:
  Id() = default;  // empty: "none"

  static absl::StatusOr<Id> Parse(std::string_view text) {
    if (absl::Status status = CheckId(Tag::kName, text); !status.ok()) return status;
    return Id(std::string(text));
  }
  // For ids that are valid by construction (stored earlier, literals in tests).
  static Id Trusted(std::string_view text) { return Id(std::string(text)); }

  const std::string& str() const { return value_; }
  bool empty() const { return value_.empty(); }
  auto operator<=>(const Id&) const = default;

  template <typename H>
  friend H AbslHashValue(H h, const Id& id) {
    return H::combine(std::move(h), id.value_);
  }

 private:
  explicit Id(std::string value) : value_(std::move(value)) {}
  std::string value_;
};

struct WorkspaceTag {
  static constexpr std::string_view kName = "workspace";
};
struct LeadTag {
  static constexpr std::string_view kName = "lead";
};
struct QueueTag {
  static constexpr std::string_view kName = "queue";
};
struct RepTag {
  static constexpr std::string_view kName = "rep";
};
struct AccountTag {
  static constexpr std::string_view kName = "account";
};
struct AccountGroupTag {
  static constexpr std::string_view kName = "group";
};

using WorkspaceId = Id<WorkspaceTag>;
using LeadId = Id<LeadTag>;
using QueueId = Id<QueueTag>;
using RepId = Id<RepTag>;
using AccountId = Id<AccountTag>;
using AccountGroupId = Id<AccountGroupTag>;

// One lead of one workspace.
struct LeadKey {
  WorkspaceId workspace;
  LeadId lead;
  auto operator<=>(const LeadKey&) const = default;

  template <typename H>
  friend H AbslHashValue(H h, const LeadKey& key) {
    return H::combine(std::move(h), key.workspace, key.lead);
  }
};

// One account of one workspace.
struct AccountKey {
  WorkspaceId workspace;
  AccountId account;
  auto operator<=>(const AccountKey&) const = default;

  template <typename H>
  friend H AbslHashValue(H h, const AccountKey& key) {
    return H::combine(std::move(h), key.workspace, key.account);
  }
};

}  // namespace baton::core

#endif  // BATON_CORE_IDS_H_
