// A store for intake of which checkpoints and epoch can be set back, as a failover does.
#ifndef BATON_TESTS_UNIT_INTAKE_REWINDABLE_INPUT_H_
#define BATON_TESTS_UNIT_INTAKE_REWINDABLE_INPUT_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "store/memory/memory_store.h"

namespace baton::intake {

class RewindableInput : public store::InputStore, public store::LeadStore {
 public:
  explicit RewindableInput(store::MemoryStore& inner) : inner_(inner) {}
  absl::StatusOr<store::LoadedLeads> Load(absl::Span<const core::LeadKey> keys) override {
    auto loaded = inner_.Load(keys);
    loaded->epoch = epoch;
    return loaded;
  }
  absl::StatusOr<std::vector<store::CommitResult>> Commit(
      absl::Span<const core::Plan> plans) override {
    ++commit_calls;
    return inner_.Commit(plans);
  }
  absl::StatusOr<store::LeadPage> ListLeads(const core::WorkspaceId& workspace,
                                            const std::string& after, int page_size) override {
    return inner_.ListLeads(workspace, after, page_size);
  }
  absl::Status NoteErasure(const core::WorkspaceId& workspace, const std::string& request_id,
                           uint64_t fingerprint) override {
    return inner_.NoteErasure(workspace, request_id, fingerprint);
  }
  absl::StatusOr<store::JourneyPage> Journey(const core::LeadKey& key, int64_t index,
                                             int page_size) override {
    return inner_.Journey(key, index, page_size);
  }
  absl::StatusOr<std::vector<core::LeadId>> LeadsWithEmail(const core::WorkspaceId& workspace,
                                                           const std::string& email,
                                                           int max) override {
    return inner_.LeadsWithEmail(workspace, email, max);
  }
  absl::StatusOr<core::PastDecisions> Decisions(const core::LeadKey& key) override {
    return inner_.Decisions(key);
  }
  absl::StatusOr<store::InputCheckpoints> Checkpoints(const std::string&) override {
    return store::InputCheckpoints{epoch, checkpoints};
  }
  absl::Status Advance(const store::InputId&, int64_t expected_epoch,
                       absl::Span<const store::InputAdvance> advances) override {
    before_advance();
    ++advance_calls;
    if (expected_epoch != epoch) return absl::AbortedError("another epoch");
    for (const store::InputAdvance& advance : advances) {
      if (checkpoints[advance.partition] != advance.from) return absl::AbortedError("moved");
      checkpoints[advance.partition] = advance.next_offset;
      records += advance.records;
    }
    return gate;
  }
  absl::StatusOr<store::InputCounters> Counters(store::InputFlow flow) override {
    return inner_.Counters(flow);
  }

  int64_t epoch = 1;
  std::map<int32_t, int64_t> checkpoints;
  int64_t records = 0;
  int advance_calls = 0;
  int commit_calls = 0;
  absl::Status gate;
  std::function<void()> before_advance = [] {};

 private:
  store::MemoryStore& inner_;
};

}  // namespace baton::intake

#endif  // BATON_TESTS_UNIT_INTAKE_REWINDABLE_INPUT_H_
