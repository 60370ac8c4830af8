// Uses a store as Baton's roles do: load, decide, commit; and call again when an answer got lost.
// What a step came to is told as text that does not depend on how often it had to be repeated, so
// that the texts of two stores can be compared.
#ifndef BATON_CONTRACT_STORE_DIFFERENTIAL_CALLER_H_
#define BATON_CONTRACT_STORE_DIFFERENTIAL_CALLER_H_

#include <map>
#include <string>
#include <vector>

#include "core/decide.h"
#include "store/store.h"

namespace baton::contract {

// Calls until the answer is another than UNAVAILABLE; gives up after many. *lost (if given) becomes
// true if a call may have taken effect without an answer.
template <typename Call>
auto UntilAnswered(Call call, bool* lost = nullptr) -> decltype(call());

// Active policies by workspace; workspaces without one are absent.
using Policies = std::map<core::WorkspaceId, core::Policy>;
// Drafts that are judged beside them; some of their runs have ended.
using Shadows = std::map<core::WorkspaceId, core::Shadow>;

class Caller {
 public:
  explicit Caller(store::Store& store) : store_(store) {}

  struct Submitted {
    std::string text;
    int64_t counted = 0;  // events that the store now counts as applied or duplicates
  };
  Submitted Submit(const std::vector<core::LeadEvent>& events, const Policies& policies,
                   const Shadows& shadows);
  std::string Act(const core::LeadKey& key, const core::Action& action, const Policies& policies);
  std::string FireTimers(const Policies& policies);
  std::string Erase(const core::LeadKey& key);
  // Plans that were decided too early or on something else, committed as they are.
  std::string CommitAsIs(const std::vector<core::Plan>& plans);

  std::string PutRep(const core::WorkspaceId& workspace, const core::Rep& rep, int64_t expected);
  std::string PutHours(const core::WorkspaceId& workspace,
                       const std::map<std::string, core::Hours>& hours, bool only_these);
  std::string DeleteRep(const core::WorkspaceId& workspace, const core::RepId& rep);
  std::string PutQueue(const core::WorkspaceId& workspace, const core::QueueSettings& settings,
                       int64_t expected);
  std::string DrainOnce(const core::WorkspaceId& workspace, const core::QueueId& queue, int max);
  std::string DrainToTheEnd(const core::WorkspaceId& workspace, const core::QueueId& queue);

  std::string ClaimNext(const store::Claim& claim);

  std::string CreateWorkspace(const core::WorkspaceId& id);
  std::string Draft(const core::Policy& policy, const std::string& yaml);
  std::string Approve(const store::RevisionKey& key, const std::string& principal,
                      store::ApproverRole role);
  std::string Revoke(const store::RevisionKey& key, const std::string& principal);
  std::string Activate(const core::Policy& policy, const store::Activation& activation);
  std::string Withdraw(const store::RevisionKey& key, const std::string& principal);
  std::string Delete(const store::RevisionKey& key);
  std::string StartShadow(const store::RevisionKey& key);
  std::string StopShadow(const core::WorkspaceId& workspace);
  std::string Trim(int shard, int64_t upto, int64_t keep);
  std::string Advance(const std::string& topic, const store::InputAdvance& advance);

  core::LeadRecord Load(const core::LeadKey& key);

  // How often each code was the answer to a plan.
  const std::map<store::CommitCode, int>& codes() const { return codes_; }
  int waits_turn() const { return waits_turn_; }  // how many were told so

 private:
  absl::StatusOr<std::vector<store::CommitResult>> Commit(const std::vector<core::Plan>& plans);
  std::string FireTimer(const store::DueTimer& timer, const Policies& policies);

  store::Store& store_;
  std::map<store::CommitCode, int> codes_;
  int waits_turn_ = 0;
};

std::string TextOf(const absl::Status& status);  // code and reason

inline absl::Status StatusOf(const absl::Status& status) {
  return status;
}
template <typename Value>
absl::Status StatusOf(const absl::StatusOr<Value>& value) {
  return value.status();
}

template <typename Call>
auto UntilAnswered(Call call, bool* lost) -> decltype(call()) {
  constexpr int kPatience = 100;
  for (int attempt = 0;; attempt++) {
    auto answer = call();
    if (!absl::IsUnavailable(StatusOf(answer)) || attempt == kPatience) return answer;
    if (lost != nullptr) *lost = true;
  }
}

}  // namespace baton::contract

#endif  // BATON_CONTRACT_STORE_DIFFERENTIAL_CALLER_H_
