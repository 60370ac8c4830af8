#include "store/redis/lead_codec.h"

#include <array>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/requirement.h"
#include "core/text.h"
#include "store/redis/decision_codec.h"
#include "store/redis/names.h"
#include "store/redis/record_codec.h"
#include "store/redis/shadow_codec.h"
#include "store/redis/text.h"

namespace baton::store::redis {
namespace {

using platform::redis::Reply;

constexpr size_t kBlobs = 6;           // of a lead: functions/lead.lua
constexpr size_t kPlanArguments = 13;  // before changes and inputs: functions/plan.lua

absl::string_view Flag(bool value) {
  return value ? "1" : "0";
}

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
      NameIn(kPlacementNames, plan.placement), "|", Flag(plan.refund), "|", plan.not_before_ms, "|",
      Flag(plan.may_use_reserve), "|", plan.applied, "|", plan.duplicates, "|",
      Flag(plan.facts_changed), "|", Flag(plan.judgment_changed), "|",
      core::ToAbsl(core::StageName(after.stage)), "|", after.cycle, "|", after.queue.str(), "|",
      after.due_at_ms, "|", NameIn(kTimerNames, after.timer), "|", after.accepted_at_ms, "|",
      route.priority, "|", JoinIds(after.passed), "|",
      JoinEscaped(core::WantedWords(route.skills, after.requirement)), "|", JoinIds(after.owners),
      "|", Flag(after.owners_only), "|", after.wait_until_ms, "|", after.clock_at_ms, "|",
      Flag(!after.clocks.empty()), "|", plan.silent_max, "|", Flag(plan.answered), "|",
      plan.away.str(), "|", plan.changes.size());
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

// The line of a lead (functions/lead.lua).
struct Line {
  int64_t journeyed = 0;  // number of journey entries ever made
  std::array<size_t, kBlobs> sizes = {};
};

// What the line has since leads have owners.
void DecodeWaiting(Items& items, core::LeadRecord& record) {
  record.owners = SplitIds<core::RepId>(items.Word());
  record.owners_only = items.Number() != 0;
  record.wait_until_ms = items.Number();
  const std::optional<core::ChoiceBasis> basis = ValueIn(kBasisNames, items.Word());
  if (!basis.has_value()) items.Fail();
  record.chosen_by = basis.value_or(core::ChoiceBasis::kNone);
  if (items.at_end()) return;
  if (!DecodeChoice(items.Word(), record.choice).ok()) items.Fail();
  if (items.at_end()) return;
  record.clock_at_ms = items.Number();
  items.Skip();  // whether there are clocks: the rest says which
  const absl::string_view hours = items.Word();
  record.rep_hours.assign(hours.data(), hours.size());
}

absl::StatusOr<Line> DecodeLine(absl::string_view text, core::LeadRecord& record) {
  Items items(text, "a stored lead");
  Line line;
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
  line.journeyed = items.Number();
  record.passed = SplitIds<core::RepId>(items.Word());
  record.requirement = core::SplitWanted(items.List()).requirement;  // skills: in the judgment
  record.traceparent = items.Unescaped();
  for (size_t& size : line.sizes) size = static_cast<size_t>(items.Number());
  if (!items.at_end()) DecodeWaiting(items, record);
  if (!items.status().ok()) return items.status();
  return line;
}

// The line of a lead as stored, and the blobs behind it.
absl::StatusOr<Line> DecodeStored(const std::string& stored, core::LeadRecord& record,
                                  std::array<absl::string_view, kBlobs>& blobs) {
  const absl::string_view text = stored;
  const size_t end = text.find('\n');
  if (end == absl::string_view::npos) return Unreadable("a stored lead");
  const absl::StatusOr<Line> line = DecodeLine(text.substr(0, end), record);
  if (!line.ok()) return line.status();
  size_t at = end + 1;
  for (size_t i = 0; i < kBlobs; ++i) {
    if (line->sizes[i] > text.size() - at) return Unreadable("a stored lead's size");
    blobs[i] = text.substr(at, line->sizes[i]);
    at += line->sizes[i];
  }
  return line;
}

// "version|at|type|stage|queue|rep|generation": what comes next in `items`.
void DecodeChange(Items& items, int64_t& version, core::TimeMs& at_ms, core::Change& change) {
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
}

}  // namespace

std::vector<std::string> EncodePlan(const core::Plan& plan, const StoreLimits& limits,
                                    const std::string& hashes) {
  const core::LeadRecord& after = plan.after;
  core::Change own;  // what the placement will publish, but for its mode
  own.actor = "baton";
  if (!plan.changes.empty()) own.cause = plan.changes.back().cause;
  std::vector<std::string> args;
  args.reserve(kPlanArguments + 2 * plan.changes.size() + plan.inputs.size());
  args.push_back(plan.key.workspace.str());
  args.push_back(plan.key.lead.str());
  args.push_back(PlanText(plan));
  args.push_back(absl::StrCat(limits.outbox_max, "|", limits.outbox_reserve, "|",
                              limits.leads_per_workspace_max));
  args.push_back(Escape(after.traceparent));
  args.push_back(EncodeRest(after));
  args.push_back(plan.facts_changed ? EncodeFacts(after.facts) : "");
  args.push_back(plan.facts_changed ? EncodeOrigin(after.facts) : "");
  args.push_back(plan.judgment_changed ? EncodeScores(after.judgment) : "");
  args.push_back(plan.judgment_changed ? EncodeJudgment(after.judgment) : "");
  args.push_back(EncodeChangeDetails(own));
  args.push_back(plan.shadow ? EncodeShadowStep(*plan.shadow) : "");
  args.push_back(hashes);
  for (const core::Change& change : plan.changes) {
    args.push_back(ChangeText(change));
    args.push_back(EncodeChangeDetails(change));
  }
  for (const core::JourneyInput& input : plan.inputs) args.push_back(EncodeInput(input));
  return args;
}

absl::Status DecodeLead(const Reply& reply, core::LeadRecord& record) {
  if (reply.is_nil()) return absl::OkStatus();
  std::array<absl::string_view, kBlobs> blobs;
  if (auto line = DecodeStored(reply.text, record, blobs); !line.ok()) return line.status();
  const auto& [candidates, origin, scores, facts, judgment, rest] = blobs;
  // Origin and scores stand one behind the other: together they are one message.
  const absl::string_view published(origin.data(), origin.size() + scores.size());
  absl::Status status = DecodePool(candidates, record.pool);
  if (status.ok()) status = DecodePublished(published, record.facts, record.judgment);
  if (status.ok()) status = DecodeFacts(facts, record.facts);
  if (status.ok()) status = DecodeJudgment(judgment, record.judgment);
  if (status.ok()) status = DecodeRest(rest, record);
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
  record.sales_events = after.sales_events;
  record.sales_forgotten_ms = after.sales_forgotten_ms;
  record.home = after.home;
  record.home_since_ms = after.home_since_ms;
  record.widened = after.widened;
  record.escalated = after.escalated;
  record.last_owner = after.last_owner;
  record.clocks = after.clocks;
  record.paused_at_ms = after.paused_at_ms;
  record.paused_until_ms = after.paused_until_ms;
  record.closed_at_ms = after.closed_at_ms;
  record.erased_at_ms = after.erased_at_ms;
  record.shadow = after.shadow;
  if (auto line = DecodeLine(reply.elements[1].text, record); !line.ok()) return line.status();
  result.waits_turn = reply.elements[2].integer != 0;
  return result;
}

absl::StatusOr<int64_t> DecodeJourneyed(const Reply& reply) {
  if (reply.is_nil()) return 0;
  core::LeadRecord ignored;
  std::array<absl::string_view, kBlobs> blobs;
  const absl::StatusOr<Line> line = DecodeStored(reply.text, ignored, blobs);
  if (!line.ok()) return line.status();
  return line->journeyed;
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
  Items items(absl::string_view(line).substr(1, end - 1), "a change in a journey");
  DecodeChange(items, entry.version, entry.at_ms, entry.change);
  if (!items.status().ok()) return items.status();
  absl::Status status = DecodeChangeDetails(absl::string_view(line).substr(end + 1), entry.change);
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
  if (reply.elements.size() != 2 || reply.elements[1].elements.size() < 2) {
    return Unreadable("an outbox entry");
  }
  const absl::string_view text = reply.elements[1].elements[1].text;
  const size_t end = text.find('\n');
  if (end == absl::string_view::npos) return Unreadable("an outbox entry");
  OutboxEntry entry;
  entry.sequence = *sequence;
  Items items(text.substr(0, end), "an outbox entry");
  entry.key.workspace = IdOf<core::WorkspaceId>(items);
  entry.key.lead = IdOf<core::LeadId>(items);
  entry.epoch = items.Number();
  entry.due_at_ms = items.Number();
  entry.cycle = static_cast<int32_t>(items.Number());
  entry.traceparent = items.Unescaped();
  const auto details_size = static_cast<size_t>(items.Number());
  DecodeChange(items, entry.version, entry.at_ms, entry.change);
  if (!items.status().ok()) return items.status();
  const absl::string_view blobs = text.substr(end + 1);
  if (details_size > blobs.size()) return Unreadable("an outbox entry's size");
  absl::Status status = DecodeChangeDetails(blobs.substr(0, details_size), entry.change);
  if (status.ok()) status = DecodePublished(blobs.substr(details_size), entry);
  if (!status.ok()) return status;
  return entry;
}

}  // namespace baton::store::redis
