#include "store/redis/revision_codec.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "store/redis/names.h"
#include "store/redis/text.h"

namespace baton::store::redis {
namespace {

constexpr char kWhat[] = "a stored policy revision";
constexpr absl::string_view kRollback = "rollback";
constexpr absl::string_view kActivate = "activate";

absl::Status AddApproval(absl::string_view principal, absl::string_view text,
                         PolicyRevision& revision) {
  Items items(text, kWhat);
  const std::optional<ApproverRole> role = ValueIn(kRoleNames, items.Word());
  if (!role.has_value()) items.Fail();
  revision.approvals.push_back(
      {std::string(principal), role.value_or(ApproverRole::kMarketing), items.Number()});
  return items.status();
}

absl::Status AddActivation(absl::string_view number, absl::string_view text,
                           PolicyRevision& revision) {
  Activation activation;
  if (!absl::SimpleAtoi(number, &activation.number)) return Unreadable(kWhat);
  Items items(text, kWhat);
  const absl::string_view kind = items.Word();
  if (kind != kActivate && kind != kRollback) items.Fail();
  activation.rollback = kind == kRollback;
  activation.at_ms = items.Number();
  activation.principal = std::string(items.Word());
  activation.reason = items.Unescaped();
  revision.activations.push_back(std::move(activation));
  return items.status();
}

absl::Status SetField(absl::string_view field, const std::string& value, PolicyRevision& revision) {
  if (absl::ConsumePrefix(&field, "a:")) return AddApproval(field, value, revision);
  if (absl::ConsumePrefix(&field, "n:")) return AddActivation(field, value, revision);
  Items items(value, kWhat);
  if (field == "name") revision.name = items.Unescaped();
  if (field == "hash") revision.fingerprint = value;
  if (field == "by") revision.creator = value;
  if (field == "at") revision.created_at_ms = items.Number();
  if (field == "superseded") revision.superseded_at_ms = items.Number();
  if (field == "withdrawn") {
    revision.withdrawn_at_ms = items.Number();
    revision.withdrawn_by = std::string(items.Word());
  }
  return items.status();
}

RevisionState StateOf(const PolicyRevision& revision, const ActiveRevision& active) {
  if (revision.withdrawn_at_ms != 0) return RevisionState::kWithdrawn;
  if (revision.activations.empty()) return RevisionState::kDraft;
  return revision.revision == active.revision ? RevisionState::kActive : RevisionState::kSuperseded;
}

}  // namespace

absl::StatusOr<ActiveRevision> DecodeActive(const platform::redis::Reply& reply) {
  if (reply.elements.size() != 2) return Unreadable("a workspace");
  ActiveRevision active;
  if (reply.elements[0].is_nil()) return active;
  active.workspace_exists = true;
  const bool readable =
      absl::SimpleAtoi(reply.elements[0].text, &active.revision) &&
      (reply.elements[1].is_nil() || absl::SimpleAtoi(reply.elements[1].text, &active.activations));
  return readable ? absl::StatusOr<ActiveRevision>(active) : Unreadable("a workspace");
}

absl::StatusOr<PolicyRevision> DecodeRevision(int64_t revision, const ActiveRevision& active,
                                              const platform::redis::Reply& reply) {
  PolicyRevision decoded;
  decoded.revision = revision;
  decoded.latest_activation = active.activations;
  for (size_t i = 0; i + 1 < reply.elements.size(); i += 2) {
    absl::Status status = SetField(reply.elements[i].text, reply.elements[i + 1].text, decoded);
    if (!status.ok()) return status;
  }
  if (decoded.fingerprint.empty()) return Unreadable(kWhat);
  std::sort(decoded.approvals.begin(), decoded.approvals.end(),
            [](const Approval& a, const Approval& b) { return a.principal < b.principal; });
  std::sort(decoded.activations.begin(), decoded.activations.end(),
            [](const Activation& a, const Activation& b) { return a.number < b.number; });
  decoded.state = StateOf(decoded, active);
  return decoded;
}

}  // namespace baton::store::redis
