// Reads the store's keys with plain commands (layout: store/redis/redis_keys.h and the headers of
// store/redis/functions). Calls none of the store's functions, changes nothing. Thread-safe.
// Errors: as platform/redis/client.h; INTERNAL for what is not readable.
#ifndef BATON_VERIFY_STORE_READER_H_
#define BATON_VERIFY_STORE_READER_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "platform/redis/client.h"
#include "verify/records.h"

namespace baton::verify {

// What moves whenever anything is written.
struct StoreState {
  struct Shard {
    int64_t epoch = 0;     // 0: never opened
    int64_t sequence = 0;  // of the newest entry that the outbox keeps; 0: none
    std::string text;      // as stored
    bool operator==(const Shard&) const = default;
  };
  std::vector<Shard> shards;
  // Of each input, in the order in which they were asked for: partition -> next offset.
  std::vector<std::map<int32_t, int64_t>> checkpoints, sales_checkpoints;
  StoredTotals totals, sales_totals;
  bool operator==(const StoreState& other) const {
    return shards == other.shards && checkpoints == other.checkpoints &&
           sales_checkpoints == other.sales_checkpoints;
  }
};

// Reps and queues that somebody named, by workspace: they are looked at even if they are no longer
// in the roster or the policy.
struct KnownNames {
  std::map<std::string, std::set<std::string>> reps, queues;
};

class StoreReader {
 public:
  static absl::StatusOr<std::unique_ptr<StoreReader>> Open(
      const platform::redis::ClientOptions& options);

  // FAILED_PRECONDITION if this Redis holds no installation of Baton.
  // Inputs: names by which the store knows topics (store::InputName).
  absl::StatusOr<StoreState> State(const std::vector<std::string>& inputs,
                                   const std::vector<std::string>& sales_inputs);
  absl::StatusOr<std::vector<StoredWorkspace>> Workspaces(const StoreState& state,
                                                          const KnownNames& known);
  // Gives each lead of each workspace to `take`, or its key to `unreadable`.
  struct LeadTaker {
    std::function<void(const StoredLead&)> take;
    std::function<void(const std::string&)> unreadable;
  };
  absl::Status Leads(const StoreState& state, const LeadTaker& taker);
  // Gives each account of each workspace to `take`. INTERNAL names one that is not readable.
  absl::Status Accounts(const StoreState& state,
                        const std::function<void(const StoredAccount&)>& take);

 private:
  using Replies = std::vector<platform::redis::Reply>;

  explicit StoreReader(std::unique_ptr<platform::redis::Client> client)
      : client_(std::move(client)) {}
  absl::StatusOr<Replies> Run(const std::vector<platform::redis::Command>& commands);
  absl::StatusOr<int> Shards();
  absl::StatusOr<StoredWorkspace> Workspace(int shard, int64_t epoch, const std::string& id,
                                            const KnownNames& known);
  absl::StatusOr<std::vector<std::string>> WorkspacesOf(int shard);
  // Leads of a workspace from index `from` on; answers how many there were.
  absl::StatusOr<int64_t> ReadLeads(int shard, const std::string& workspace, int64_t from,
                                    const LeadTaker& taker);
  absl::Status ReadAccounts(int shard, const std::string& workspace,
                            const std::function<void(const StoredAccount&)>& take);
  absl::Status ReadQueues(int shard, const std::set<std::string>& ids, StoredWorkspace& workspace);

  const std::unique_ptr<platform::redis::Client> client_;
};

// A lead's value as functions/lead.lua describes it. INTERNAL names the lead.
absl::StatusOr<StoredLead> ParseStoredLead(const std::string& workspace, const std::string& lead,
                                           const std::string& value);

// A rep's value: "revision|weight|capacity|presence|queues|skills|name", then perhaps
// "|work|attributes". False: it is not readable.
bool ParseRep(const std::string& text, StoredRep& rep);

// Candidates as functions/pool.lua or ranked_pool.lua pack them; whether they are all. nullopt if
// they are none.
std::optional<bool> ReadCandidates(std::string_view blob, std::vector<core::Candidate>& candidates);

// Adds to a ledger what functions/gains.lua calls "g" (MessagePack). False: it is not readable.
bool ReadLedger(const std::string& blob, std::map<std::string, int64_t>& owed_nano);
// Likewise what has changed since: "r", and the fields of the hash of changes. Nothing without "r".
bool AddGains(const std::string& ranked,
              const std::vector<std::pair<std::string, std::string>>& changes,
              std::map<std::string, int64_t>& owed_nano);

// Undoes the percent-encoding of words in texts.
std::string PercentDecoded(std::string_view text);

// "policy revision,at,weights,basis,tie"; nullopt for no choice.
std::optional<StoredChoice> ParseChoice(std::string_view text);

// An account's value as functions/account.lua describes it. INTERNAL names the account.
absl::StatusOr<StoredAccount> ParseStoredAccount(const std::string& workspace,
                                                 const std::string& account,
                                                 const std::string& value);

}  // namespace baton::verify

#endif  // BATON_VERIFY_STORE_READER_H_
