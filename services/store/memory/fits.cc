#include "store/memory/fits.h"

#include <memory>

#include "core/requirement.h"

namespace baton::store::memory {
namespace {

constexpr size_t kRequirementsKept = 1000;  // ready for the next leads that have them

}  // namespace

void NoteFit(const std::string& requirement, WorkspaceState& workspace, core::Member& member) {
  if (requirement.empty()) return;
  auto& known = workspace.requirements;
  if (known.size() > kRequirementsKept) known.clear();
  std::shared_ptr<const core::Requirement>& asked = known[requirement];
  if (asked == nullptr) asked = std::make_shared<const core::Requirement>(requirement);
  if (!asked->IsMetBy(workspace.reps.at(member.rep).attributes)) return;
  member.skills = core::WantedWords(member.skills, requirement);
}

}  // namespace baton::store::memory
