#include "batonctl/policy_view.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "batonctl/format.h"

namespace baton::batonctl {
namespace {

std::string RoleText(v1::ApproverRole role) {
  return role == v1::APPROVER_ROLE_MARKETING ? "marketing" : "sales";
}

std::string PolicyStateText(v1::PolicyState state) {
  switch (state) {
    case v1::POLICY_STATE_DRAFT:
      return "draft";
    case v1::POLICY_STATE_ACTIVE:
      return "active";
    case v1::POLICY_STATE_SUPERSEDED:
      return "superseded";
    case v1::POLICY_STATE_WITHDRAWN:
      return "withdrawn";
    default:
      return "unknown";
  }
}

void AddEvents(const v1::Policy& policy, Table& table) {
  const std::string name = ShortName(policy.name()), state = PolicyStateText(policy.state());
  const auto add = [&](const google::protobuf::Timestamp& time, const std::string& what,
                       const std::string& who, const std::string& why) {
    table.AddRow({name, state, FormatTime(time), what, who, why});
  };
  add(policy.create_time(), "created", policy.creator(), "");
  for (const v1::PolicyApproval& each : policy.approvals()) {
    add(each.approve_time(), absl::StrCat("approved for ", RoleText(each.role())), each.principal(),
        "");
  }
  for (const v1::PolicyActivation& each : policy.activations()) {
    add(each.activate_time(), each.rollback() ? "rolled back to" : "activated", each.principal(),
        each.reason());
  }
  if (policy.has_supersede_time()) add(policy.supersede_time(), "superseded", "", "");
  if (policy.has_withdraw_time()) {
    add(policy.withdraw_time(), "withdrawn", policy.withdrawer(), "");
  }
}

}  // namespace

std::string MissingText(const v1::Policy& policy) {
  std::vector<std::string> roles;
  for (int i = 0; i < policy.missing_approvals_size(); ++i) {
    roles.push_back(RoleText(policy.missing_approvals(i)));
  }
  return absl::StrJoin(roles, " and ");
}

Table RevisionTable(const std::vector<v1::Policy>& policies) {
  Table table({"POLICY", "REVISION", "STATE", "MISSING APPROVALS"}, {"CREATED", "BY", "ETAG"});
  for (const v1::Policy& policy : policies) {
    table.AddRow({ShortName(policy.name()), absl::StrCat(policy.revision()),
                  PolicyStateText(policy.state()), MissingText(policy),
                  FormatTime(policy.create_time()), policy.creator(), policy.etag()});
  }
  return table;
}

Table HistoryTable(const std::vector<v1::Policy>& policies) {
  Table table({"POLICY", "STATE", "TIME", "WHAT", "WHO", "WHY"});
  for (const v1::Policy& policy : policies) AddEvents(policy, table);
  return table;
}

void NoteNextStep(const Session& session, const v1::Policy& policy) {
  if (policy.state() != v1::POLICY_STATE_DRAFT) return;
  const std::string name = ShortName(policy.name());
  if (policy.missing_approvals().empty()) {
    session.Note(
        absl::StrCat("Both roles approved; next: batonctl policy activate ", name, " --as sales"));
    return;
  }
  session.Note(absl::StrCat("Not active yet: the approval of ", MissingText(policy),
                            " is missing; they run"));
  for (int i = 0; i < policy.missing_approvals_size(); ++i) {
    session.Note(absl::StrCat("  batonctl policy approve ", name, " --as ",
                              RoleText(policy.missing_approvals(i))));
  }
}

}  // namespace baton::batonctl
