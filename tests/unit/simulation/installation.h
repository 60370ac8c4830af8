// An installation in one process, whose topics are vectors: makes what the simulator is given, by
// the decisions of core on a memory store.
#ifndef BATON_TESTS_UNIT_SIMULATION_INSTALLATION_H_
#define BATON_TESTS_UNIT_SIMULATION_INSTALLATION_H_

#include <string>
#include <vector>

#include "core/decide.h"
#include "platform/kafka/kafka.h"
#include "simulation/recorder.h"
#include "simulation/simulator.h"
#include "store/memory/memory_store.h"
#include "support/manual_clock.h"

namespace baton::simulation {

// Reps of queues dach and triage.
Roster RosterOf(const std::vector<std::string>& reps, int32_t capacity = 5);

// Its failure is the test's.
Outcome MustSimulate(const Recording& recording, const Setting& setting);

class Installation {
 public:
  Installation(const core::Policy& policy, Roster roster);

  core::TimeMs now_ms() const { return clock_.now_ms(); }
  void Advance(core::DurationMs by_ms) { clock_.Advance(by_ms); }
  // From now on decided by `policy`.
  void Activate(const core::Policy& policy);

  // Marketing publishes; nothing is decided yet.
  void Publish(core::LeadEvent event);
  void Publish(const core::AccountEvent& event);
  // Intake reads up to `records` of them, as one batch.
  void Intake(size_t records = 1000);
  // The lead's owner acts. False: refused.
  bool Act(const std::string& lead, core::Action action);
  // The rep takes the next lead that waits in its queues of mode pull. False: there is none.
  bool Claim(const std::string& rep);
  // By hand: no event tells of it.
  void PutAccount(const core::Account& account);
  core::LeadRecord Lead(const std::string& lead);
  // The person asks to be. False: there is no such lead.
  bool Erase(const std::string& lead);
  // What the policy's retention wants of these leads.
  void Retain(const std::vector<std::string>& leads);
  // Presence of who was set away: no event tells of it.
  void ComeBack(const std::string& rep);
  void FireTimers();
  void Drain();

  const std::vector<platform::kafka::Record>& feedback();
  const std::vector<platform::kafka::Record>& input() const { return input_; }
  Recording Record();
  Setting SettingOf(const core::Policy& policy) const;

 private:
  // As one call.
  void Commit(const std::vector<core::Plan>& plans);
  void Append(platform::kafka::OutRecord record);
  void Apply(const core::AccountEvent& event);
  core::AccountView AccountOf(const core::LeadRecord& record,
                              const std::vector<core::LeadEvent>& events);

  support::ManualClock clock_;
  store::MemoryStore store_;
  Roster roster_;
  core::Policy policy_;
  std::vector<platform::kafka::Record> input_, feedback_;
  size_t decided_ = 0;  // of input_
  int64_t published_ = 0;
};

}  // namespace baton::simulation

#endif  // BATON_TESTS_UNIT_SIMULATION_INSTALLATION_H_
