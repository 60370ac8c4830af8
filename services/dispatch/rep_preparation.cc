#include "dispatch/rep_preparation.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/errors.h"

namespace baton::dispatch {
namespace {

constexpr int kRoundsMax = 5;

// A whole number is a double, too.
bool HasType(const core::AttributeValue& value, core::AttributeType type) {
  switch (type) {
    case core::AttributeType::kBool:
      return std::holds_alternative<bool>(value);
    case core::AttributeType::kInt:
      return std::holds_alternative<int64_t>(value);
    case core::AttributeType::kDouble:
      return std::holds_alternative<double>(value) || std::holds_alternative<int64_t>(value);
    case core::AttributeType::kString:
      return std::holds_alternative<std::string>(value);
    case core::AttributeType::kStringList:
      return std::holds_alternative<std::vector<std::string>>(value);
  }
  return false;
}

absl::Status CheckAttributes(const core::Rep& rep, const core::Policy& policy) {
  for (const auto& [name, value] : rep.attributes) {
    const auto declared = policy.rep_attributes.find(name);
    if (declared == policy.rep_attributes.end()) {
      return core::FieldError(absl::StrCat("rep.attributes.", name),
                              "the active policy declares no such one in spec.rep_attributes");
    }
    if (!HasType(value, declared->second)) {
      return core::FieldError(absl::StrCat("rep.attributes.", name),
                              "has another type than the policy's spec.rep_attributes says");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckDelegates(const core::WorkspaceId& workspace, const core::Rep& rep,
                            store::RosterStore& roster) {
  for (size_t i = 0; i < rep.work.absences.size(); ++i) {
    const core::RepId& delegate = rep.work.absences[i].delegate;
    if (delegate.empty()) continue;
    const absl::Status found = roster.GetRep(workspace, delegate).status();
    if (absl::IsNotFound(found)) {
      return core::FieldError(absl::StrCat("rep.absences[", i, "].delegate"),
                              absl::StrCat("there is no rep ", delegate.str()));
    }
    if (!found.ok()) return found;
  }
  return absl::OkStatus();
}

// By the policy that is active now.
absl::Status PrepareOnce(const core::WorkspaceId& workspace, const core::Rep& rep,
                         const PolicySource& policies, store::RosterStore& roster,
                         core::TimeMs now_ms) {
  const auto active = policies({workspace});
  if (!active.ok()) return active.status();
  if (!active->front().ok()) return active->front().status();
  static const auto& none = *new core::Policy();
  const core::Policy& policy = *active->front() == nullptr ? none : **active->front();
  if (absl::Status checked = CheckAttributes(rep, policy); !checked.ok()) return checked;
  const std::string name = core::HoursName(rep.work);
  if (name.empty()) return absl::OkStatus();
  auto hours = core::HoursOf(rep.work, policy.calendars, now_ms);
  if (!hours.ok()) return hours.status();
  return roster.PutHours(workspace, policy.revision, {{name, *std::move(hours)}},
                         /*only_these=*/false);
}

}  // namespace

absl::Status PrepareRep(const core::WorkspaceId& workspace, const core::Rep& before,
                        const core::Rep& rep, const PolicySource& policies,
                        store::RosterStore& roster, core::TimeMs now_ms) {
  if (rep.work == before.work && rep.attributes == before.attributes) return absl::OkStatus();
  if (absl::Status checked = CheckDelegates(workspace, rep, roster); !checked.ok()) return checked;
  absl::Status prepared;
  for (int round = 0; round < kRoundsMax; ++round) {  // again if the policy changed meanwhile
    prepared = PrepareOnce(workspace, rep, policies, roster, now_ms);
    if (!absl::IsAborted(prepared)) break;
  }
  return prepared;
}

}  // namespace baton::dispatch
