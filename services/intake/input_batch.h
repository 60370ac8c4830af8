// What one poll brought: records in the order they were read, grouped by lead, with what became of
// them so far. Pure; not thread-safe.
#ifndef BATON_INTAKE_INPUT_BATCH_H_
#define BATON_INTAKE_INPUT_BATCH_H_

#include <cstddef>
#include <string>
#include <vector>

#include "core/account.h"
#include "core/event.h"
#include "events/lead_event_codec.h"
#include "platform/kafka/kafka.h"

namespace baton::intake {

// The events of one lead, in the order they were read. records[i] is the index of events[i]'s
// record.
struct LeadWork {
  core::LeadKey key;
  std::vector<core::LeadEvent> events;
  std::vector<size_t> records;
};

// Likewise of one account.
struct AccountWork {
  core::AccountKey key;
  std::vector<core::AccountEvent> events;
  std::vector<size_t> records;
};

struct RefusedRecord {
  size_t record = 0;  // index into InputBatch::records
  events::DeadLetter letter;
};

struct InputBatch {
  std::vector<platform::kafka::Record> records;
  std::vector<AccountWork> accounts;   // not yet committed, in the order of their first event
  std::vector<LeadWork> leads;         // not yet committed, in the order of their first event
  std::vector<RefusedRecord> refused;  // grows while the batch is applied
};

// Decodes and groups. input: the store::InputName that the records were read from.
InputBatch MakeBatch(std::vector<platform::kafka::Record> records, const std::string& input);

inline events::DeadLetter UnknownWorkspace() {
  return {events::DeadLetterClass::kUnknownWorkspace, "workspace", "there is no such workspace"};
}

// These records become dead letters of this kind.
void Refuse(const std::vector<size_t>& records, const events::DeadLetter& letter,
            InputBatch& batch);

}  // namespace baton::intake

#endif  // BATON_INTAKE_INPUT_BATCH_H_
