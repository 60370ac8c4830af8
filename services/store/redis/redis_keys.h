// Every key of the Redis store.
//
// A workspace belongs to one of a fixed number of virtual shards; all keys of a shard carry its
// hash tag "{b07}", so that one function may change all that one step of a lead touches, on one
// Redis as on Redis Cluster (ADR 2). Ids are [A-Za-z0-9_-]{1,64}: none can contain the ":" that
// separates or the "{" of another tag, so no workspace reaches another one's keys.
//
// A function gets the keys that its caller can know as KEYS. What it finds out itself (the rep it
// chooses, the backlog in which a lead stands; ADR 4) it derives from the workspace's key in
// functions/keys.lua; those derivations are the ones marked (Lua) here, and a test holds both
// equal.
//
// No key has a time to live: nothing here may vanish by itself.
#ifndef BATON_STORE_REDIS_REDIS_KEYS_H_
#define BATON_STORE_REDIS_REDIS_KEYS_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/ids.h"

namespace baton::store::redis {

// "{b07}:"
inline std::string ShardTag(int shard) {
  return absl::StrFormat("{b%02d}:", shard);
}

class ShardKeys {
 public:
  explicit ShardKeys(int shard) : tag_(ShardTag(shard)) {}

  // Text: see functions/shard.lua.
  std::string Meta() const { return tag_ + "meta"; }
  // Stream of published changes; entry ids are "<sequence>-0".
  std::string Outbox() const { return tag_ + "outbox"; }
  // Sorted set of the workspaces that have timers: see functions/timers.lua.
  std::string Timers() const { return tag_ + "timers"; }
  // Hash: workspace that has webhooks -> number of their changes: see functions/put_webhook.lua.
  std::string Webhooks() const { return tag_ + "webhooks"; }
  // Hash: counted (sequence up to which changes are counted into cycles).
  std::string Reports() const { return tag_ + "reports"; }
  // Sorted set of the sequences of erasures whose entries the outbox may still have, by when. (Lua)
  std::string Purges() const { return tag_ + "purges"; }
  // Set of the ids of the shard's workspaces.
  std::string Workspaces() const { return tag_ + "workspaces"; }

 private:
  const std::string tag_;
};

class WorkspaceKeys {
 public:
  WorkspaceKeys(int shard, const core::WorkspaceId& id)
      : workspace_(absl::StrCat(ShardTag(shard), "w:", id.str())) {}

  // Hash: policy (active revision), policy_hash and queues (of it), shadow (the draft that is
  // judged beside it), activations, revisions and shadows (the last numbers given), name,
  // created_at. (Lua)
  const std::string& Workspace() const { return workspace_; }
  // Sorted set of the leads that have timers, by when the first is due. (Lua)
  std::string Timers() const { return workspace_ + ":timers"; }
  // Sorted set of all lead ids, in byte order.
  std::string Leads() const { return workspace_ + ":leads"; }
  // Hash: mark of a lead that was erased -> what is left of it; and a sorted set of the marks by
  // when: see functions/remains.lua. (Lua)
  std::string Erased() const { return workspace_ + ":erased"; }
  std::string ErasedOrder() const { return workspace_ + ":erased:order"; }
  // List of the latest requests to erase: see functions/note_erasure.lua.
  std::string ErasureRequests() const { return workspace_ + ":erased:requests"; }
  // Sorted set of "keyed hash of an e-mail address/lead", in byte order. (Lua)
  std::string Emails() const { return workspace_ + ":emails"; }
  // Hash: rep -> text. (Lua)
  std::string Reps() const { return workspace_ + ":reps"; }
  // Hash: name of hours -> text: see functions/work.lua. (Lua)
  std::string Hours() const { return workspace_ + ":hours"; }
  // Hash: rep with a daily cap -> "begin of its day|leads given". (Lua)
  std::string Given() const { return workspace_ + ":given"; }
  // Hashes: requirement of leads -> profiles of reps that meet it, and profile -> attributes; see
  // functions/fits.lua. (Lua)
  std::string Fits() const { return workspace_ + ":fits"; }
  std::string Profiles() const { return workspace_ + ":profiles"; }
  // Hash: account -> text, deleted ones too; see functions/account.lua.
  std::string Accounts() const { return workspace_ + ":accounts"; }
  // Sorted set of the accounts that exist, in byte order.
  std::string AccountIds() const { return workspace_ + ":account_ids"; }
  // Hash: domain -> account.
  std::string Domains() const { return workspace_ + ":domains"; }
  // Hash: revision -> document.
  std::string Policies() const { return workspace_ + ":policies"; }
  // Set of the revisions that are drafts.
  std::string Drafts() const { return workspace_ + ":drafts"; }
  // Hashes: "name@sha256" of a lookup table -> what it is, and -> its document; see
  // functions/put_table.lua.
  std::string Tables() const { return workspace_ + ":tables"; }
  std::string TableTexts() const { return workspace_ + ":table_texts"; }
  // Hash: webhook -> text: see functions/put_webhook.lua.
  std::string Webhooks() const { return workspace_ + ":webhooks"; }
  // Hashes of one webhook: see functions/report_webhook.lua.
  std::string WebhookProgress(const std::string& id) const {
    return absl::StrCat(workspace_, ":h:", id);
  }
  std::string WebhookOffsets(const std::string& id) const {
    return absl::StrCat(workspace_, ":h:", id, ":offsets");
  }
  // Hash: see functions/revision.lua. (Lua)
  std::string Revision(int64_t revision) const { return absl::StrCat(workspace_, ":r:", revision); }
  // Hashes and a sorted set of the latest run of a draft beside the active revision: see
  // functions/shadow.lua. (Lua)
  std::string Shadow() const { return workspace_ + ":shadow"; }
  std::string Differing() const { return workspace_ + ":shadow:leads"; }
  std::string Differences() const { return workspace_ + ":shadow:differences"; }
  // Hash: "lead/cycle" -> row of reports; and a sorted set of the same by the sequence of the
  // latest change. (Lua)
  std::string Cycles() const { return workspace_ + ":cycles"; }
  std::string CycleOrder() const { return workspace_ + ":cycles:order"; }
  // Set of the queues that have settings.
  std::string Settings() const { return workspace_ + ":settings"; }
  // Set of the queues in which leads wait. (Lua)
  std::string Waiting() const { return workspace_ + ":waiting"; }
  // Text: see functions/lead.lua. (Lua)
  std::string Lead(const core::LeadId& id) const {
    return absl::StrCat(workspace_, ":l:", id.str());
  }
  // List of the lead's journey. (Lua)
  std::string Journey(const core::LeadId& id) const {
    return absl::StrCat(workspace_, ":j:", id.str());
  }
  // List of the lead's decisions that newer ones replaced: see functions/past.lua. (Lua)
  std::string Decisions(const core::LeadId& id) const {
    return absl::StrCat(workspace_, ":d:", id.str());
  }
  // Sorted set of the accounts of a group, in byte order. (Lua)
  std::string Group(const core::AccountGroupId& id) const {
    return absl::StrCat(workspace_, ":g:", id.str());
  }
  // Hash: see functions/queue.lua. (Lua)
  std::string Queue(const core::QueueId& id) const {
    return absl::StrCat(workspace_, ":q:", id.str());
  }
  // Hash: what has changed of its ledger, see functions/gains.lua. (Lua)
  std::string Gains(const core::QueueId& id) const {
    return absl::StrCat(workspace_, ":e:", id.str());
  }
  // Sorted set of all leads that wait in the queue, by the time they were queued. (Lua)
  std::string Backlog(const core::QueueId& id) const {
    return absl::StrCat(workspace_, ":b:", id.str());
  }
  // Hash and sorted sets: see functions/lanes.lua. (Lua)
  std::string Lanes(const core::QueueId& id) const {
    return absl::StrCat(workspace_, ":n:", id.str());
  }
  std::string Lane(const core::QueueId& id, absl::string_view lane) const {
    return absl::StrCat(workspace_, ":n:", id.str(), ":", lane);
  }
  // Hash: queue -> number of leads that wait there and belong to the rep. (Lua)
  std::string Awaited(const core::RepId& id) const {
    return absl::StrCat(workspace_, ":f:", id.str());
  }
  // List of the latest claims of a rep: see functions/claim.lua. (Lua)
  std::string Claims(const core::RepId& id) const {
    return absl::StrCat(workspace_, ":c:", id.str());
  }
  // Sorted set of the leads that a rep owns; its size is the capacity in use. (Lua)
  std::string Open(const core::RepId& id) const {
    return absl::StrCat(workspace_, ":o:", id.str());
  }

 private:
  const std::string workspace_;
};

// Of the whole installation; they live with shard 0. One Redis replicates in one order, so one
// checkpoint stands for what was written on all shards before it.
inline std::string InstallationKey() {
  return ShardTag(0) + "installation";
}
inline std::string SecretKey() {
  return ShardTag(0) + "secret";
}
inline std::string FenceKey() {
  return ShardTag(0) + "fence";
}
inline std::string InputTotalsKey() {
  return ShardTag(0) + "input";
}
inline std::string SalesTotalsKey() {
  return ShardTag(0) + "sales";
}
// input: store::InputName of a topic.
inline std::string CheckpointsKey(const std::string& input) {
  return absl::StrCat(ShardTag(0), "input:", input);
}

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_REDIS_KEYS_H_
