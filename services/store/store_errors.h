// The refusals of the state port, worded once for every implementation. Reasons and variables are
// part of the contract; all functions are pure. Those at a cap are in quotas.h.
#ifndef BATON_STORE_STORE_ERRORS_H_
#define BATON_STORE_STORE_ERRORS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/errors.h"
#include "core/ids.h"
#include "store/pipe_store.h"
#include "store/report_store.h"

namespace baton::store {

inline absl::Status WorkspaceNotFound(const core::WorkspaceId& id) {
  return core::Error(absl::StatusCode::kNotFound, "WORKSPACE_NOT_FOUND",
                     absl::StrCat("workspace ", id.str(), " does not exist"),
                     {{"workspace", id.str()}});
}

inline absl::Status WorkspaceExists(const core::WorkspaceId& id) {
  return core::Error(absl::StatusCode::kAlreadyExists, "WORKSPACE_EXISTS",
                     absl::StrCat("workspace ", id.str(), " exists already"),
                     {{"workspace", id.str()}});
}

inline absl::Status RepNotFound(const core::RepId& id) {
  return core::Error(absl::StatusCode::kNotFound, "REP_NOT_FOUND",
                     absl::StrCat("rep ", id.str(), " does not exist"), {{"rep", id.str()}});
}

inline absl::Status RepOwnsLeads(const core::RepId& id, int64_t open) {
  return core::Error(
      absl::StatusCode::kFailedPrecondition, "REP_OWNS_LEADS",
      absl::StrCat("rep ", id.str(), " owns ", open, " leads: set the rep offline and wait, or ",
                   "reroute them first"),
      {{"rep", id.str()}, {"open", absl::StrCat(open)}});
}

inline absl::Status AccountNotFound(const core::AccountId& id) {
  return core::Error(absl::StatusCode::kNotFound, "ACCOUNT_NOT_FOUND",
                     absl::StrCat("account ", id.str(), " does not exist"),
                     {{"account", id.str()}});
}

inline absl::Status DomainTaken(const std::string& domain, const core::AccountId& holder) {
  return core::Error(absl::StatusCode::kFailedPrecondition, "DOMAIN_TAKEN",
                     absl::StrCat("domain ", domain, " belongs to account ", holder.str(),
                                  ": a domain has one account; take it from that one first"),
                     {{"domain", domain}, {"account", holder.str()}});
}

inline absl::Status RepUnavailable(const core::RepId& id) {
  return core::Error(absl::StatusCode::kFailedPrecondition, "REP_UNAVAILABLE",
                     absl::StrCat("rep ", id.str(), " is not online, so it cannot take a lead"),
                     {{"rep", id.str()}});
}

inline absl::Status RepAtCapacity(const core::RepId& id, int64_t open) {
  return core::Error(
      absl::StatusCode::kFailedPrecondition, "REP_AT_CAPACITY",
      absl::StrCat("rep ", id.str(), " owns ", open, " leads, as many as its capacity allows"),
      {{"rep", id.str()}, {"open", absl::StrCat(open)}});
}

inline absl::Status RepAtDailyCap(const core::RepId& id) {
  return core::Error(absl::StatusCode::kFailedPrecondition, "REP_AT_DAILY_CAP",
                     absl::StrCat("rep ", id.str(), " was given as many leads as a day allows"),
                     {{"rep", id.str()}});
}

inline absl::Status NotAMember(const core::RepId& rep, const core::QueueId& queue) {
  return core::Error(absl::StatusCode::kInvalidArgument, "NOT_A_MEMBER",
                     absl::StrCat("rep ", rep.str(), " is not in queue ", queue.str()),
                     {{"rep", rep.str()}, {"queue", queue.str()}});
}

inline absl::Status QueueNotPulled(const core::QueueId& queue) {
  return core::Error(absl::StatusCode::kFailedPrecondition, "QUEUE_NOT_PULLED",
                     absl::StrCat("queue ", queue.str(),
                                  " gives its leads out by itself: only queues of mode pull are "
                                  "claimed from"),
                     {{"queue", queue.str()}});
}

inline absl::Status RequestIdReused(const std::string& request_id) {
  return core::Error(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED",
                     "request_id: was used for a request with another body",
                     {{"field", "request_id"}, {"request_id", request_id}});
}

inline absl::Status OutboxFull() {
  return core::WithRetryAfter(
      core::Error(absl::StatusCode::kResourceExhausted, "OUTBOX_FULL",
                  "Kafka has been away too long and what waits for it is at its cap; nothing was "
                  "changed"),
      absl::Seconds(5));
}

inline absl::Status PolicyNotFound(const core::WorkspaceId& id, int64_t revision) {
  const std::string what =
      revision == 0 ? "active policy" : absl::StrCat("policy revision ", revision);
  return core::Error(absl::StatusCode::kNotFound, "POLICY_NOT_FOUND",
                     absl::StrCat("workspace ", id.str(), " has no ", what),
                     {{"workspace", id.str()}, {"revision", absl::StrCat(revision)}});
}

inline absl::Status TableNotFound(const std::string& name, const std::string& sha256) {
  return core::Error(absl::StatusCode::kNotFound, "TABLE_NOT_FOUND",
                     absl::StrCat("there is no table ", name, " with sha256 ", sha256),
                     {{"table", name}, {"sha256", sha256}});
}

// A table that a policy names was deleted before the policy was kept.
inline absl::Status TableMissing(const std::string& name, const std::string& sha256) {
  return core::Error(absl::StatusCode::kFailedPrecondition, "TABLE_MISSING",
                     absl::StrCat("the policy names table ", name, " with sha256 ", sha256,
                                  ", which is not there; give it to the workspace first"),
                     {{"table", name}, {"sha256", sha256}});
}

inline absl::Status TableInUse(const std::string& name, int64_t revision) {
  return core::Error(absl::StatusCode::kFailedPrecondition, "TABLE_IN_USE",
                     absl::StrCat("policy revision ", revision, " names this content of table ",
                                  name, ", and what it decided must stay explainable"),
                     {{"table", name}, {"revision", absl::StrCat(revision)}});
}

inline absl::Status WebhookNotFound(const std::string& id) {
  return core::Error(absl::StatusCode::kNotFound, "WEBHOOK_NOT_FOUND",
                     absl::StrCat("webhook ", id, " does not exist"), {{"webhook", id}});
}

inline absl::Status WebhookExists(const std::string& id) {
  return core::Error(absl::StatusCode::kAlreadyExists, "WEBHOOK_EXISTS",
                     absl::StrCat("webhook ", id, " exists already"), {{"webhook", id}});
}

inline absl::Status CheckAdvances(absl::Span<const InputAdvance> advances) {
  if (advances.size() > kAdvancesMax) {
    return core::FieldError("advances", absl::StrCat("more than ", kAdvancesMax));
  }
  for (const InputAdvance& advance : advances) {
    if (advance.partition < 0 || advance.from < 0 || advance.next_offset <= advance.from ||
        advance.records < 0 || advance.dead_lettered < 0 || advance.applied < 0 ||
        advance.duplicates < 0 || advance.ignored < 0) {
      return core::FieldError(
          "advances", absl::StrCat("partition ", advance.partition, ": from ", advance.from, " to ",
                                   advance.next_offset, " is not an advance"));
    }
  }
  return absl::OkStatus();
}

inline absl::Status LeadNotFound(const core::LeadKey& key) {
  return core::Error(
      absl::StatusCode::kNotFound, "LEAD_NOT_FOUND",
      absl::StrCat("workspace ", key.workspace.str(), " has no lead ", key.lead.str()),
      {{"workspace", key.workspace.str()}, {"lead", key.lead.str()}});
}

// For callers that look again themselves; it reaches nobody outside.
inline absl::Status CheckpointMoved(const std::string& input) {
  return core::Error(absl::StatusCode::kAborted, "CHECKPOINT_MOVED",
                     absl::StrCat("the checkpoints of ", input,
                                  " or the store's epoch are not those that were counted from"),
                     {{"input", input}});
}

inline absl::Status CheckCycles(int64_t from, int64_t upto, absl::Span<const CycleRow> rows) {
  bool fits = from >= 0 && upto >= from && rows.size() <= kCycleRowsMax;
  for (const CycleRow& row : rows) {
    fits = fits && row.key.cycle >= 0 && row.sequence > from && row.sequence <= upto &&
           row.row.size() <= kCycleRowBytesMax;
  }
  return fits ? absl::OkStatus() : core::FieldError("rows", "are not what was counted");
}

// For callers that look again themselves; it reaches nobody outside.
inline absl::Status CountedMeanwhile(int shard) {
  return core::Error(absl::StatusCode::kAborted, "COUNTED_MEANWHILE",
                     absl::StrCat("changes of shard ", shard, " were counted by another"),
                     {{"shard", absl::StrCat(shard)}});
}

// `expected` is the caller's revision, `found` the stored one (0: does not exist).
inline absl::Status EtagMismatch(int64_t expected, int64_t found) {
  return core::Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                     absl::StrCat("changed meanwhile: expected revision ", expected, ", found ",
                                  found, "; read it again and repeat the change"),
                     {{"expected", absl::StrCat(expected)}, {"found", absl::StrCat(found)}});
}

// `what` as stored, of one lead or workspace, cannot be read by this release; `why` says more.
inline absl::Status StateUnreadable(const std::string& what, const std::string& why) {
  return core::Error(absl::StatusCode::kInternal, "STATE_UNREADABLE",
                     absl::StrCat("what is stored of ", what, " cannot be read: ", why),
                     {{"what", what}});
}

}  // namespace baton::store

#endif  // BATON_STORE_STORE_ERRORS_H_
