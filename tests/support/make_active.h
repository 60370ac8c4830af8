// The whole way of a policy to its activation, for tests that need an active one.
#ifndef BATON_SUPPORT_MAKE_ACTIVE_H_
#define BATON_SUPPORT_MAKE_ACTIVE_H_

#include <string>

#include "store/policy_store.h"

namespace baton::support {

inline constexpr char kMarketer[] = "mia@acme.example";
inline constexpr char kSeller[] = "sam@acme.example";

// Mia and Sam approve the revision. The first error, if there is one.
inline absl::StatusOr<store::PolicyRevision> ApproveByBoth(store::PolicyStore& policies,
                                                           const store::RevisionKey& key) {
  const auto first = policies.ApproveRevision(key, "", kMarketer, store::ApproverRole::kMarketing);
  if (!first.ok()) return first;
  return policies.ApproveRevision(key, "", kSeller, store::ApproverRole::kSales);
}

// `yaml` becomes the active revision, whichever was so; what the placement needs comes from
// `policy`. Stays the same revision if `yaml` is active already.
inline absl::StatusOr<store::PolicyRevision> MakeActive(store::PolicyStore& policies,
                                                        core::Policy policy,
                                                        const std::string& yaml) {
  const auto draft = policies.CreateRevision(policy, yaml, kMarketer);
  if (!draft.ok() || draft->state == store::RevisionState::kActive) return draft;
  const auto approved = ApproveByBoth(policies, {policy.workspace, draft->revision});
  if (!approved.ok()) return approved;
  policy.revision = draft->revision;
  store::Activation activation;
  activation.number = draft->latest_activation + 1;
  activation.principal = kSeller;
  return policies.ActivateRevision(policy, draft->fingerprint, activation);
}

}  // namespace baton::support

#endif  // BATON_SUPPORT_MAKE_ACTIVE_H_
