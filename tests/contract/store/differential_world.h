// Random but plausible inputs: what marketing, reps, sales managers and the clock might do next.
// The same seed gives the same inputs as long as the store looked at gives the same answers.
#ifndef BATON_CONTRACT_STORE_DIFFERENTIAL_WORLD_H_
#define BATON_CONTRACT_STORE_DIFFERENTIAL_WORLD_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "core/decide.h"
#include "store/store.h"

namespace baton::contract {

class World {
 public:
  explicit World(uint64_t seed);

  int Number(int below);  // 0 .. below - 1
  bool Chance(int percent);
  const core::WorkspaceId& AnyWorkspace();  // one of three; the last may not exist yet
  core::LeadKey AnyLead();
  core::RepId AnyRep();
  core::QueueId AnyQueue();  // one of the policies', or one that no policy names

  // 1 to 6 events of one or several leads, each with the next offset of its partition; some repeat
  // an earlier event's id, some an earlier event's offset.
  std::vector<core::LeadEvent> Events(core::TimeMs now_ms);
  // Something a rep might do with the lead as it is: mostly allowed, sometimes not. The request id
  // is new, or (rarely) the one used before with the same action.
  core::Action ActionOn(const core::LeadRecord& record, core::TimeMs now_ms);
  // What brings an offered or owned lead a stage nearer to being won or lost.
  core::Action ActionTowardsTheEnd(const core::LeadRecord& record, core::TimeMs now_ms);
  core::Rep RepNamed(const core::RepId& id, core::TimeMs now_ms);
  core::Hours HoursAround(core::TimeMs now_ms);
  // Without revision. Differs from call to call.
  core::Policy NextPolicy(const core::WorkspaceId& workspace);

 private:
  // With all that its type needs on a lead in this stage.
  core::Action Completed(core::Action action, core::Stage stage, core::TimeMs now_ms);
  core::WorkRules NextWork(core::TimeMs now_ms);
  core::Sla NextSla(const std::string& name);
  core::LeadEvent NextEvent(core::TimeMs now_ms);

  std::mt19937_64 random_;
  const std::vector<core::WorkspaceId> workspaces_;
  std::vector<core::LeadEvent> earlier_;  // the last few events
  core::Action last_action_;
  int64_t lead_picks_ = 0;
  int64_t next_event_ = 1;
  int64_t next_request_ = 1;
  int64_t next_offset_[2] = {0, 0};
};

}  // namespace baton::contract

#endif  // BATON_CONTRACT_STORE_DIFFERENTIAL_WORLD_H_
