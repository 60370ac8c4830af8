#include "store/redis/decision_codec.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "core/requirement.h"
#include "store/redis/msgpack.h"
#include "store/redis/names.h"
#include "store/redis/record_codec.h"
#include "store/redis/text.h"

namespace baton::store::redis {
namespace {

constexpr size_t kCandidateItems = 6;  // functions/choose.lua
constexpr size_t kChoiceItems = 5;

std::optional<core::CandidateReason> ReasonOf(int64_t number) {
  for (const auto& [reason, known] : kReasonNumbers) {
    if (known == number) return reason;
  }
  return std::nullopt;
}

absl::Status DecodeCandidate(MsgpackReader& list, core::Candidate& candidate) {
  candidate.rep = core::RepId::Trusted(std::string(list.Text()));
  const std::optional<core::CandidateReason> reason = ReasonOf(list.Whole());
  if (!list.ok() || !reason.has_value()) return Unreadable("a lead's candidate");
  candidate.reason = *reason;
  candidate.deviation_nano = list.Whole();
  candidate.share_nano = list.Whole();
  candidate.open = static_cast<int32_t>(list.Whole());
  candidate.capacity = static_cast<int32_t>(list.Whole());
  return absl::OkStatus();
}

// `count` times reason and number.
absl::Status DecodeCounts(MsgpackReader& list, int64_t count, core::CandidatePool& pool) {
  for (int64_t i = 0; i < count && list.ok(); ++i) {
    const std::optional<core::CandidateReason> reason = ReasonOf(list.Whole());
    if (!reason.has_value()) return Unreadable("the counts of a choice");
    pool.counts[*reason] = static_cast<int32_t>(list.Whole());
  }
  return absl::OkStatus();
}

// Of a pool that is not whole: {sum of all shares, reason, number, ...}.
absl::Status DecodeSummary(MsgpackReader& list, core::CandidatePool& pool) {
  const uint32_t items = list.ArraySize();
  pool.paid_nano = list.Whole();
  pool.counts.clear();
  return DecodeCounts(list, items / 2, pool);
}

// "cycle|generation|queue|choice|passed|skills|owners" is what is left of the line.
absl::Status DecodeAssignment(Items& items, absl::string_view candidates,
                              core::PastDecisions& past) {
  core::AssignmentDecision decision;
  decision.cycle = static_cast<int32_t>(items.Number());
  decision.generation = items.Number();
  const absl::string_view queue = items.Word();
  decision.queue = core::QueueId::Trusted({queue.data(), queue.size()});
  absl::Status status = DecodeChoice(items.Word(), decision.choice);
  decision.passed = SplitIds<core::RepId>(items.Word());
  core::Wanted wanted = core::SplitWanted(items.List());
  decision.skills = std::move(wanted.skills);
  decision.requirement = std::move(wanted.requirement);
  decision.owners = SplitIds<core::RepId>(items.Word());
  if (!items.status().ok()) return items.status();
  if (status.ok()) status = DecodePool(candidates, decision.pool);
  past.assignments.push_back(std::move(decision));
  return status;
}

// "cycle|size of the scores" is what is left of the line.
absl::Status DecodeQualification(Items& items, absl::string_view blobs, core::PastDecisions& past) {
  core::QualificationDecision decision;
  decision.cycle = static_cast<int32_t>(items.Number());
  const auto scores = static_cast<size_t>(items.Number());
  if (!items.status().ok()) return items.status();
  if (scores > blobs.size()) return Unreadable("a past judgment's size");
  core::Facts none;
  absl::Status status = DecodePublished(blobs.substr(0, scores), none, decision.judgment);
  if (status.ok()) status = DecodeJudgment(blobs.substr(scores), decision.judgment);
  past.qualifications.push_back(std::move(decision));
  return status;
}

constexpr char kRankedPool = '\xc1';  // functions/ranked_pool.lua

// Of the groups of a choice among ranks.
struct Group {
  core::CandidateReason reason = core::CandidateReason::kFairness;
  int64_t gained = 0;
  int64_t share = 0;
  int64_t kept = 0;
};

// At least one candidate of each is kept.
absl::Status DecodeGroups(MsgpackReader& list, std::vector<Group>& groups) {
  const int64_t count = list.Whole();
  if (count < 0 || count > static_cast<int64_t>(core::kCandidatesKeptMax)) {
    return Unreadable("the groups of a choice");
  }
  groups.resize(static_cast<size_t>(count));
  for (Group& group : groups) {
    const std::optional<core::CandidateReason> reason = ReasonOf(list.Whole());
    if (!reason.has_value()) return Unreadable("the groups of a choice");
    group.reason = *reason;
    group.gained = list.Whole();
    group.share = list.Whole();
    group.kept = list.Whole();
  }
  return absl::OkStatus();
}

// functions/ranked_pool.lua
absl::Status DecodeRankedPool(absl::string_view blob, core::CandidatePool& pool) {
  MsgpackReader list(blob);
  list.ArraySize();
  const std::string chosen(list.Text());
  pool.paid_nano = list.Whole();
  std::vector<Group> groups;
  if (absl::Status status = DecodeGroups(list, groups); !status.ok()) return status;
  if (absl::Status status = DecodeCounts(list, list.Whole(), pool); !status.ok()) return status;
  for (const Group& group : groups) {
    for (int64_t i = 0; i < group.kept && list.ok(); ++i) {
      core::Candidate& candidate = pool.candidates.emplace_back();
      candidate.rep = core::RepId::Trusted(std::string(list.Text()));
      candidate.reason =
          candidate.rep.str() == chosen ? core::CandidateReason::kChosen : group.reason;
      candidate.deviation_nano = list.Whole() + group.gained;
      candidate.share_nano = group.share;
      candidate.open = static_cast<int32_t>(list.Whole());
      candidate.capacity = static_cast<int32_t>(list.Whole());
    }
  }
  std::sort(
      pool.candidates.begin(), pool.candidates.end(),
      [](const core::Candidate& one, const core::Candidate& other) { return one.rep < other.rep; });
  return list.ok() && list.at_end() ? absl::OkStatus() : Unreadable("a lead's candidates");
}

}  // namespace

absl::Status DecodePool(absl::string_view blob, core::CandidatePool& pool) {
  pool = {};
  if (blob.empty()) return absl::OkStatus();
  if (blob[0] == kRankedPool) return DecodeRankedPool(blob.substr(1), pool);
  MsgpackReader list(blob);
  const uint32_t items = list.ArraySize();
  const uint32_t others = items % kCandidateItems;
  if (others > 1 || items > blob.size()) return Unreadable("a lead's candidates");
  std::vector<core::Candidate> candidates(items / kCandidateItems);
  for (core::Candidate& candidate : candidates) {
    if (absl::Status status = DecodeCandidate(list, candidate); !status.ok()) return status;
  }
  pool = core::MakePool(candidates);
  if (others == 1) {
    if (absl::Status status = DecodeSummary(list, pool); !status.ok()) return status;
  }
  return list.ok() && list.at_end() ? absl::OkStatus() : Unreadable("a lead's candidates");
}

absl::Status DecodeChoice(absl::string_view text, core::ChoiceNote& choice) {
  if (text.empty()) return absl::OkStatus();
  const std::vector<absl::string_view> items = absl::StrSplit(text, ',');
  const bool read =
      items.size() >= kChoiceItems && absl::SimpleAtoi(items[0], &choice.policy_revision) &&
      absl::SimpleAtoi(items[1], &choice.at_ms) && absl::SimpleAtoi(items[2], &choice.weights);
  if (!read) return Unreadable("a lead's choice");
  const std::optional<core::ChoiceBasis> basis = ValueIn(kBasisNames, items[3]);
  const std::optional<core::TieBreak> tie = ValueIn(kTieNames, items[4]);
  if (!basis.has_value() || !tie.has_value()) return Unreadable("the basis of a lead's choice");
  choice.basis = *basis;
  choice.tie = *tie;
  return absl::OkStatus();
}

absl::Status DecodeDecision(const std::string& element, core::PastDecisions& past) {
  const size_t end = element.find('\n');
  if (end == std::string::npos) return Unreadable("a past decision");
  Items items(absl::string_view(element).substr(0, end), "a past decision");
  const absl::string_view kind = items.Word();
  const absl::string_view blobs = absl::string_view(element).substr(end + 1);
  if (kind == "A") return DecodeAssignment(items, blobs, past);
  if (kind == "Q") return DecodeQualification(items, blobs, past);
  return Unreadable("a past decision");
}

}  // namespace baton::store::redis
