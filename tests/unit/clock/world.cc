#include "world.h"

#include <variant>

#include "gtest/gtest.h"
#include "support/make_active.h"

namespace baton::clock {

World::World(const store::StoreLimits& limits) : store(1, limits, store_clock.function()) {
  AddWorkspace("acme");
}

void World::AddWorkspace(const std::string& id) {
  const core::WorkspaceId workspace = core::WorkspaceId::Trusted(id);
  EXPECT_TRUE(store.CreateWorkspace(workspace, id).ok());
  core::Policy own = policy;
  own.workspace = workspace;
  EXPECT_TRUE(support::MakeActive(store, own, "policy").ok());
}

void World::AddRep(const std::string& id, int32_t capacity, const std::string& workspace) {
  core::Rep rep = support::SampleRep(id);
  rep.capacity = capacity;
  EXPECT_TRUE(store.PutRep(core::WorkspaceId::Trusted(workspace), rep, -1).ok());
}

void World::SetPresence(const std::string& rep, core::Presence presence) {
  const core::WorkspaceId workspace = core::WorkspaceId::Trusted("acme");
  core::Rep changed = store.GetRep(workspace, support::RepNamed(rep)).value().rep;
  changed.presence = presence;
  EXPECT_TRUE(store.PutRep(workspace, changed, -1).ok());
}

void World::Capture(const std::string& lead, const std::string& workspace) {
  core::LeadEvent event = support::QualifyingCapture("e1", store_clock.now_ms());
  event.key = support::Key(lead, workspace);
  core::Policy own = policy;
  own.workspace = event.key.workspace;
  own.revision = 1;
  const auto loaded = store.Load({event.key});
  const core::Plan plan =
      core::DecideEvents(*loaded->records[0], {event}, &own, loaded->now_ms, nullptr);
  EXPECT_EQ(store.Commit({plan}).value().at(0).code, store::CommitCode::kCommitted);
}

void World::Act(const std::string& lead, core::ActionType type, const std::string& reason) {
  const core::LeadRecord record = Lead(lead);
  core::Action action;
  action.type = type;
  action.generation = record.generation;
  action.reason = reason;
  auto decision = core::DecideAction(record, action, &policy, store_clock.now_ms());
  ASSERT_TRUE(decision.ok()) << decision.status();
  EXPECT_EQ(store.Commit({std::get<core::Plan>(*decision)}).value().at(0).code,
            store::CommitCode::kCommitted);
}

core::LeadRecord World::Lead(const std::string& lead, const std::string& workspace) {
  return *store.Load({support::Key(lead, workspace)})->records[0];
}

void World::Pass(core::DurationMs duration_ms) {
  store_clock.Advance(duration_ms);
  own_clock.Advance(duration_ms);
}

PolicySource World::policies() {
  return [this](absl::Span<const core::WorkspaceId> workspaces) {
    Policies found;
    for (const core::WorkspaceId& workspace : workspaces) {
      const auto own = own_policies.find(workspace.str());
      core::Policy active = own == own_policies.end() ? policy : own->second;
      active.revision = 1;
      found.push_back(std::make_shared<core::Policy>(active));
    }
    return found;
  };
}

}  // namespace baton::clock
