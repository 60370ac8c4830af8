// What one poll brought: records in the order they were read, grouped by lead, with what became of
// them so far. Pure; not thread-safe.
#ifndef BATON_INTAKE_INPUT_BATCH_H_
#define BATON_INTAKE_INPUT_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "core/account.h"
#include "core/event.h"
#include "core/sales_event.h"
#include "events/lead_event_codec.h"
#include "intake/workspace_filter.h"
#include "platform/kafka/kafka.h"

namespace baton::intake {

// The events of one lead, in the order they were read. records[i] is the index of events[i]'s
// record.
struct LeadWork {
  core::LeadKey key;
  std::vector<core::LeadEvent> events;
  std::vector<size_t> records;
  core::RepId owner;  // when it was last decided
};

// Likewise of one account.
struct AccountWork {
  core::AccountKey key;
  std::vector<core::AccountEvent> events;
  std::vector<size_t> records;
  bool apart = false;            // its events are tried one by one, as together they were refused
  std::optional<size_t> behind;  // see InputBatch::delayed_accounts
};

// The events of sales about one lead, in the order they were read.
struct SalesWork {
  struct Item {
    core::SalesEvent event;
    size_t record = 0;
  };
  core::LeadKey key;
  std::deque<Item> items;
  std::optional<size_t> behind;  // see InputBatch::delayed_sales; the latest of it
  bool waits = false;            // the next event is to be committed, but `behind` it
};

// What became of a record of sales; of several actions of one record the last of these counts.
enum class SalesFate { kIgnored, kDuplicate, kApplied, kRefused };

struct RefusedRecord {
  size_t record = 0;  // index into InputBatch::records
  events::DeadLetter letter;
};

struct InputBatch {
  absl::Time polled_at;
  std::vector<platform::kafka::Record> records;
  std::vector<AccountWork> accounts;   // not yet committed, in the order of their first event
  std::vector<LeadWork> leads;         // not yet committed, in the order of their first event
  std::vector<SalesWork> sales;        // not yet committed, in the order of their first event
  std::vector<SalesFate> sales_fates;  // by record; empty: a batch of marketing's
  std::vector<RefusedRecord> refused;  // grows while the batch is applied
  // Likewise not yet committed, but only once the checkpoint has passed the record `behind` which
  // they are, an event of the same account or lead that was refused: if the batch was read again,
  // it would be decided upon what came behind it, and perhaps otherwise than its letter says.
  std::vector<AccountWork> delayed_accounts;
  std::vector<SalesWork> delayed_sales;
};

// Partition -> the offset of its first record of which something is left; none: all is settled.
std::map<int32_t, int64_t> FirstUnsettled(const InputBatch& batch);

inline bool HasDelayed(const InputBatch& batch) {
  return !batch.delayed_accounts.empty() || !batch.delayed_sales.empty();
}

// The checkpoints are at the first unsettled records: what waited for that may go on. Whenever
// nothing is left but what is delayed, some of it may.
void GoOnBehindCheckpoints(InputBatch& batch);

// Decodes and groups. input: the store::InputName that the records were read from; `filter` says
// which workspaces they may be about.
InputBatch MakeBatch(std::vector<platform::kafka::Record> records, const std::string& input,
                     const WorkspaceFilter& filter = {});

// What a record of sales asks for: actions (none: it concerns no lead), or why it is refused.
using SalesActions = std::variant<std::vector<core::SalesEvent>, events::DeadLetter>;
using DecodeSales = std::function<SalesActions(const platform::kafka::Record&)>;

// The same of a topic of sales. A record of which one action is refused has none.
InputBatch MakeSalesBatch(std::vector<platform::kafka::Record> records, const std::string& input,
                          const DecodeSales& decode, const WorkspaceFilter& filter = {});

inline events::DeadLetter UnknownWorkspace() {
  return {events::DeadLetterClass::kUnknownWorkspace, "workspace", "there is no such workspace"};
}

// An action of this record of sales had this fate. One refused makes the record a dead letter, the
// first one the letter; the record's other actions go on.
void SetFate(size_t record, SalesFate fate, InputBatch& batch);
void RefuseSales(size_t record, events::DeadLetter letter, InputBatch& batch);

// These records become dead letters of this kind.
void Refuse(const std::vector<size_t>& records, const events::DeadLetter& letter,
            InputBatch& batch);

}  // namespace baton::intake

#endif  // BATON_INTAKE_INPUT_BATCH_H_
