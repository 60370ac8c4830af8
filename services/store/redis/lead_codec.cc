#include "store/redis/lead_codec.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "nlohmann/json.hpp"
#include "store/redis/names.h"
#include "store/redis/record_codec.h"
#include "store/redis/text.h"

namespace baton::store::redis {
namespace {

using platform::redis::Reply;

constexpr int kCandidateItems = 6;  // functions/choose.lua

absl::string_view Flag(bool value) { return value ? "1" : "0"; }

// "type|stage|queue|rep|generation"
std::string ChangeText(const core::Change& change) {
  return absl::StrCat(core::ToAbsl(core::ChangeTypeName(change.type)), "|",
                      core::ToAbsl(core::StageName(change.stage)), "|", change.queue.str(), "|",
                      change.rep.str(), "|", change.generation);
}

// functions/plan.lua, PATTERN
std::string PlanText(const core::Plan& plan) {
  const core::LeadRecord& after = plan.after;
  const core::Route& route = after.judgment.route;
  return absl::StrCat(
      plan.expected_revision, "|", plan.policy_revision, "|",
      NameIn(kPlacementNames, plan.placement), "|", Flag(plan.refund), "|", plan.not_before_ms,
      "|", Flag(plan.may_use_reserve), "|", plan.applied, "|", plan.duplicates, "|",
      Flag(plan.facts_changed), "|", Flag(plan.judgment_changed), "|",
      core::ToAbsl(core::StageName(after.stage)), "|", after.cycle, "|", after.queue.str(), "|",
      after.due_at_ms, "|", NameIn(kTimerNames, after.timer), "|", after.accepted_at_ms, "|",
      route.priority, "|", JoinIds(after.passed), "|", JoinEscaped(route.skills), "|",
      Escape(after.traceparent), "|", plan.changes.size());
}

core::Stage StageOf(Items& items) {
  const absl::string_view name = items.Word();
  const std::optional<core::Stage> stage = core::ParseStage({name.data(), name.size()});
  if (!stage.has_value()) items.Fail();
  return stage.value_or(core::Stage::kNew);
}

template <typename Id>
Id IdOf(Items& items) {
  const absl::string_view text = items.Word();
  return Id::Trusted({text.data(), text.size()});
}

// Field "h" (functions/lead.lua). Returns the number of journey entries ever made.
absl::StatusOr<int64_t> DecodeHead(const std::string& text, core::LeadRecord& record) {
  Items items(text, "a stored lead");
  items.Skip();  // format
  record.revision = items.Number();
  record.version = items.Number();
  record.stage = StageOf(items);
  record.cycle = static_cast<int32_t>(items.Number());
  record.queue = IdOf<core::QueueId>(items);
  record.rep = IdOf<core::RepId>(items);
  record.generation = items.Number();
  record.queued_at_ms = items.Number();
  record.offered_at_ms = items.Number();
  record.due_at_ms = items.Number();
  const std::optional<core::TimerKind> timer = ValueIn(kTimerNames, items.Word());
  if (!timer.has_value()) items.Fail();
  record.timer = timer.value_or(core::TimerKind::kNone);
  items.Skip();  // priority: also in the judgment
  record.accepted_at_ms = items.Number();
  const int64_t journeyed = items.Number();
  record.passed = SplitIds<core::RepId>(items.Word());
  items.Skip();  // skills: also in the judgment
  record.traceparent = items.Unescaped();
  if (!items.status().ok()) return items.status();
  return journeyed;
}

std::optional<core::CandidateReason> ReasonOf(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(core::CandidateReason::kPassed); ++i) {
    const auto reason = static_cast<core::CandidateReason>(i);
    if (core::CandidateReasonName(reason) == name) return reason;
  }
  return std::nullopt;
}

absl::Status DecodeCandidates(const std::string& blob, std::vector<core::Candidate>& candidates) {
  candidates.clear();
  if (blob.empty()) return absl::OkStatus();
  const nlohmann::json list = nlohmann::json::from_msgpack(blob, true, false);
  if (!list.is_array() || list.size() % kCandidateItems != 0) {
    return Unreadable("a lead's candidates");
  }
  for (size_t at = 0; at < list.size(); at += kCandidateItems) {
    bool valid = list[at].is_string() && list[at + 1].is_string();
    for (size_t i = 2; i < kCandidateItems; ++i) valid = valid && list[at + i].is_number_integer();
    if (!valid) return Unreadable("a lead's candidate");
    const std::optional<core::CandidateReason> reason = ReasonOf(list[at + 1].get<std::string>());
    if (!reason.has_value()) return Unreadable("a candidate's reason");
    candidates.push_back({core::RepId::Trusted(list[at].get<std::string>()), *reason,
                          list[at + 2].get<int64_t>(), list[at + 3].get<int64_t>(),
                          list[at + 4].get<int32_t>(), list[at + 5].get<int32_t>()});
  }
  return absl::OkStatus();
}

// "version|at|type|stage|queue|rep|generation" and the details of a published change.
absl::Status DecodeChange(absl::string_view body, const std::string& details, int64_t& version,
                          core::TimeMs& at_ms, core::Change& change) {
  Items items(body, "a published change");
  version = items.Number();
  at_ms = items.Number();
  const absl::string_view name = items.Word();
  const std::optional<core::ChangeType> type = core::ParseChangeType({name.data(), name.size()});
  if (!type.has_value()) items.Fail();
  change.type = type.value_or(core::ChangeType::kNurtured);
  change.stage = StageOf(items);
  change.queue = IdOf<core::QueueId>(items);
  change.rep = IdOf<core::RepId>(items);
  change.generation = items.Number();
  if (!items.status().ok()) return items.status();
  return DecodeChangeDetails(details, change);
}

}  // namespace

std::vector<std::string> EncodePlan(const core::Plan& plan, const StoreLimits& limits,
                                    const std::string& clock) {
  const core::LeadRecord& after = plan.after;
  core::Change own;  // what the placement will publish, but for its mode
  own.actor = "baton";
  if (!plan.changes.empty()) own.cause = plan.changes.back().cause;
  std::vector<std::string> args = {
      plan.key.workspace.str(),
      plan.key.lead.str(),
      PlanText(plan),
      clock,
      absl::StrCat(limits.outbox_max, "|", limits.outbox_reserve, "|",
                   limits.leads_per_workspace_max),
      EncodeRest(after),
      plan.facts_changed ? EncodeFacts(after.facts) : "",
      plan.facts_changed ? EncodeOrigin(after.facts) : "",
      plan.judgment_changed ? EncodeScores(after.judgment) : "",
      plan.judgment_changed ? EncodeJudgment(after.judgment) : "",
      EncodeChangeDetails(own)};
  args.reserve(args.size() + 2 * plan.changes.size() + plan.inputs.size());
  for (const core::Change& change : plan.changes) {
    args.push_back(ChangeText(change));
    args.push_back(EncodeChangeDetails(change));
  }
  for (const core::JourneyInput& input : plan.inputs) args.push_back(EncodeInput(input));
  return args;
}

std::vector<std::string> LeadFields() { return {"h", "c", "f", "s", "j", "k", "r"}; }

absl::Status DecodeLead(const Reply& fields, core::LeadRecord& record) {
  if (fields.elements.size() != LeadFields().size()) return Unreadable("an answer of Redis");
  if (fields.elements[0].is_nil()) return absl::OkStatus();
  const auto blob = [&fields](size_t i) -> const std::string& { return fields.elements[i].text; };
  if (auto head = DecodeHead(blob(0), record); !head.ok()) return head.status();
  absl::Status status = DecodeCandidates(blob(1), record.candidates);
  if (status.ok()) status = DecodeFacts(blob(2), record.facts);
  if (status.ok()) status = DecodeOrigin(blob(3), record.facts);
  if (status.ok()) status = DecodeScores(blob(4), record.judgment);
  if (status.ok()) status = DecodeJudgment(blob(5), record.judgment);
  if (status.ok()) status = DecodeRest(blob(6), record);
  return status;
}

absl::StatusOr<CommitResult> DecodeCommit(const Reply& reply, const core::Plan& plan) {
  if (reply.elements.empty()) return Unreadable("an answer of commit");
  const std::optional<CommitCode> code = ValueOf(kCommitCodeNames, reply.elements[0].integer);
  if (!code.has_value()) return Unreadable("a code of commit");
  CommitResult result;
  result.code = *code;
  if (*code != CommitCode::kCommitted) return result;
  if (reply.elements.size() != 3) return Unreadable("an answer of commit");
  core::LeadRecord& record = result.record;
  const core::LeadRecord& after = plan.after;
  record.key = plan.key;
  record.first_touch_at_ms = after.first_touch_at_ms;
  record.last_touch_at_ms = after.last_touch_at_ms;
  record.touches = after.touches;
  record.reason = after.reason;
  record.revisit_at_ms = after.revisit_at_ms;
  record.amount_minor = after.amount_minor;
  record.currency = after.currency;
  record.close_date_ms = after.close_date_ms;
  record.answered = after.answered;
  if (auto head = DecodeHead(reply.elements[1].text, record); !head.ok()) return head.status();
  absl::Status status = DecodeCandidates(reply.elements[2].text, record.candidates);
  if (!status.ok()) return status;
  return result;
}

absl::StatusOr<int64_t> DecodeJourneyed(const Reply& head) {
  if (head.is_nil()) return 0;
  core::LeadRecord ignored;
  return DecodeHead(head.text, ignored);
}

absl::StatusOr<JourneyEntry> DecodeJourney(const std::string& line) {
  JourneyEntry entry;
  if (!line.empty() && line[0] == 'I') {
    core::JourneyInput input;
    if (absl::Status status = DecodeInput(line.substr(1), input); !status.ok()) return status;
    entry.at_ms = input.at_ms;
    entry.type = std::move(input.type);
    entry.source = std::move(input.source);
    entry.id = std::move(input.id);
    return entry;
  }
  const size_t end = line.find('\n');
  if (line.empty() || line[0] != 'C' || end == std::string::npos) {
    return Unreadable("a line of a journey");
  }
  entry.is_change = true;
  absl::Status status = DecodeChange(absl::string_view(line).substr(1, end - 1),
                                     line.substr(end + 1), entry.version, entry.at_ms,
                                     entry.change);
  if (!status.ok()) return status;
  entry.type = std::string(core::ChangeTypeName(entry.change.type));
  return entry;
}

absl::StatusOr<int64_t> DecodeSequence(const Reply& entry) {
  int64_t sequence = 0;
  if (entry.elements.empty()) return Unreadable("an outbox entry");
  const absl::string_view id = entry.elements[0].text;
  if (!absl::SimpleAtoi(id.substr(0, id.find('-')), &sequence)) {
    return Unreadable("the id of an outbox entry");
  }
  return sequence;
}

absl::StatusOr<OutboxEntry> DecodeOutbox(const Reply& reply) {
  const absl::StatusOr<int64_t> sequence = DecodeSequence(reply);
  if (!sequence.ok()) return sequence.status();
  if (reply.elements.size() != 2) return Unreadable("an outbox entry");
  const std::vector<Reply>& fields = reply.elements[1].elements;
  const auto field = [&fields](absl::string_view name) -> const std::string& {
    static const std::string& absent = *new std::string;
    for (size_t i = 0; i + 1 < fields.size(); i += 2) {
      if (fields[i].text == name) return fields[i + 1].text;
    }
    return absent;
  };
  OutboxEntry entry;
  entry.sequence = *sequence;
  Items items(field("h"), "an outbox entry");
  entry.key.workspace = IdOf<core::WorkspaceId>(items);
  entry.key.lead = IdOf<core::LeadId>(items);
  entry.epoch = items.Number();
  entry.due_at_ms = items.Number();
  entry.cycle = static_cast<int32_t>(items.Number());
  absl::Status status = items.status();
  if (status.ok()) {
    status = DecodeChange(field("b"), field("d"), entry.version, entry.at_ms, entry.change);
  }
  if (status.ok()) status = DecodeOrigin(field("s"), entry);
  if (status.ok()) status = DecodeScores(field("j"), entry);
  if (!status.ok()) return status;
  const absl::StatusOr<std::string> traceparent = Unescape(field("t"));
  if (!traceparent.ok()) return traceparent.status();
  entry.traceparent = *traceparent;
  return entry;
}

}  // namespace baton::store::redis
