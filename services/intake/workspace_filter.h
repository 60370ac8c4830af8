// Which workspaces the events of an input may be about. Whoever may write to a topic can name any
// workspace in an event; the topics of a producer that must not are given the workspaces that are
// its own.
#ifndef BATON_INTAKE_WORKSPACE_FILTER_H_
#define BATON_INTAKE_WORKSPACE_FILTER_H_

#include <optional>
#include <set>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/ids.h"
#include "events/lead_event_codec.h"

namespace baton::intake {

// A value; immutable.
class WorkspaceFilter {
 public:
  WorkspaceFilter() = default;  // all workspaces

  // "acme,beta"; "" is all. INVALID_ARGUMENT names what is no workspace's id.
  static absl::StatusOr<WorkspaceFilter> Parse(std::string_view workspaces);

  // What an event about this workspace becomes if it must not be on the input.
  std::optional<events::DeadLetter> Refusal(const core::WorkspaceId& workspace) const;

 private:
  std::set<core::WorkspaceId> allowed_;  // empty: all
};

}  // namespace baton::intake

#endif  // BATON_INTAKE_WORKSPACE_FILTER_H_
