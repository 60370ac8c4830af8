#include "intake/workspace_filter.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/text.h"

namespace baton::intake {

absl::StatusOr<WorkspaceFilter> WorkspaceFilter::Parse(std::string_view workspaces) {
  WorkspaceFilter filter;
  if (workspaces.empty()) return filter;
  for (absl::string_view name : absl::StrSplit(core::ToAbsl(workspaces), ',')) {
    name = absl::StripAsciiWhitespace(name);
    auto id = core::WorkspaceId::Parse({name.data(), name.size()});
    if (!id.ok()) return id.status();
    filter.allowed_.insert(*std::move(id));
  }
  return filter;
}

std::optional<events::DeadLetter> WorkspaceFilter::Refusal(
    const core::WorkspaceId& workspace) const {
  if (allowed_.empty() || allowed_.contains(workspace)) return std::nullopt;
  return events::DeadLetter{
      events::DeadLetterClass::kForeignWorkspace, "workspace",
      absl::StrCat("events of this topic must not be about workspace ", workspace.str())};
}

}  // namespace baton::intake
