#include "dispatch/explain.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "core/text.h"
#include "dispatch/account_mapping.h"
#include "dispatch/proto_mapping.h"
#include "dispatch/resource_names.h"

namespace baton::dispatch {
namespace {

constexpr double kNano = 1e-9;
constexpr size_t kRepsNamedMax = 10;  // in a sentence

std::string Text(std::string_view text) {
  return std::string(text);
}

std::string TimeText(core::TimeMs at_ms) {
  return absl::FormatTime("%E4Y-%m-%dT%H:%M:%SZ", absl::FromUnixMillis(at_ms), absl::UTCTimeZone());
}

// "at_capacity" -> "at capacity".
std::string Spoken(core::CandidateReason reason) {
  std::string name = Text(core::CandidateReasonName(reason));
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string NeedText(const core::LeadRecord& record) {
  const std::vector<std::string>& skills = record.judgment.route.skills;
  std::vector<std::string> needs;
  if (!skills.empty()) {
    needs.push_back(absl::StrCat("with the skills ", absl::StrJoin(skills, ", ")));
  }
  if (!record.requirement.empty()) {
    needs.push_back(absl::StrCat("for whom ", record.requirement, " holds"));
  }
  return absl::StrCat(" It needs a rep ", absl::StrJoin(needs, " and "), ".");
}

// What has to happen so that a rep with this reason gets the lead.
std::string Remedy(core::CandidateReason reason, const core::LeadRecord& record) {
  switch (reason) {
    case core::CandidateReason::kAtCapacity:
      return " It is offered as soon as a rep closes a lead.";
    case core::CandidateReason::kAway:
    case core::CandidateReason::kOffline:
      return " It is offered as soon as a rep comes online.";
    case core::CandidateReason::kMissingSkill:
      return NeedText(record);
    case core::CandidateReason::kPassed:
      return record.due_at_ms == 0 ? ""
                                   : absl::StrCat(" Those who passed are asked again at ",
                                                  TimeText(record.due_at_ms), ".");
    case core::CandidateReason::kOnLeave:
      return " It is offered as soon as a rep is back from leave.";
    case core::CandidateReason::kOutsideHours:
      return " It is offered as soon as the hours of a rep begin.";
    case core::CandidateReason::kDailyCap:
      return " It is offered as soon as a rep's next day begins.";
    case core::CandidateReason::kChosen:
    case core::CandidateReason::kFairness:
    case core::CandidateReason::kNotOwner:
    case core::CandidateReason::kBusier:
    case core::CandidateReason::kLessIdle:
      break;
  }
  return "";
}

double OwedWithShare(const core::Candidate& candidate) {
  return static_cast<double>(candidate.deviation_nano + candidate.share_nano) * kNano;
}

// Why the one chosen was.
std::string Merit(core::ChoiceBasis basis, const core::Candidate& chosen) {
  switch (basis) {
    case core::ChoiceBasis::kOwner:
      return "the lead belongs to that rep";
    case core::ChoiceBasis::kClaimed:
      return "the rep claimed it";
    case core::ChoiceBasis::kLeastLoaded:
      return absl::StrFormat("%d open leads, the fewest of those who could take it", chosen.open);
    case core::ChoiceBasis::kLongestIdle:
      return "waited longest for a lead of those who could take it";
    case core::ChoiceBasis::kNone:
    case core::ChoiceBasis::kWeightedFair:
      break;
  }
  return absl::StrFormat(
      "owed %.2f leads with this one's share, the most of those who could take it",
      OwedWithShare(chosen));
}

// What decided between those who were equal, empty if nothing had to.
std::string TieText(core::TieBreak tie) {
  if (tie == core::TieBreak::kId) return "; of equals the first by id";
  return tie == core::TieBreak::kFairness ? "; of equals the one who was owed most" : "";
}

v1::ConditionResult ConditionProto(const core::ConditionResult& result) {
  v1::ConditionResult message;
  message.set_condition(result.condition);
  message.set_found(result.found);
  message.set_held(result.held);
  message.set_error(result.error);
  return message;
}

std::string FailureText(const core::ConditionResult& result) {
  const std::string found = result.found.empty()
                                ? result.condition
                                : absl::StrCat(result.condition, " (found ", result.found, ")");
  return result.error.empty() ? found : absl::StrCat(found, ": ", result.error);
}

std::string QualificationSentence(const core::LeadRecord& record) {
  const core::Judgment& judgment = record.judgment;
  if (judgment.policy_revision == 0) {
    return "It has not been judged: the workspace has no policy yet.";
  }
  const std::string scores =
      absl::StrFormat("fit %d and intent %d under policy revision %d", judgment.fit,
                      judgment.intent, judgment.policy_revision);
  if (judgment.qualified) {
    return absl::StrCat("It qualified with ", scores, "; routing rule '", judgment.route.rule,
                        "' sent it to queue ", judgment.route.queue.str(), ".");
  }
  if (!judgment.disqualified_by.empty()) {
    return absl::StrCat("It does not qualify (", scores, "): rule '", judgment.disqualified_by,
                        "' excludes it with reason ", judgment.disqualified_reason, ".");
  }
  std::vector<std::string> failed;
  for (const core::ConditionResult& result : judgment.definition) {
    if (!result.held) failed.push_back(FailureText(result));
  }
  return absl::StrCat("It does not qualify (", scores, "): ", absl::StrJoin(failed, ", "), ".");
}

// Whose account it is, and to whom the lead belongs because of it.
std::string OwnersSentence(const core::LeadRecord& record) {
  const core::AccountFinding& finding = record.judgment.account;
  if (finding == core::AccountFinding()) return "";
  std::string sentence = "No account has a domain of the lead";
  if (!finding.account.empty()) {
    sentence = absl::StrCat("Its domain ", finding.domain, " is that of account ",
                            finding.account.str(), " (revision ", finding.revision, ")");
  }
  if (finding.owners.empty()) return absl::StrCat(sentence, ", which nobody owns.");
  const core::Owner& first = finding.owners.front();
  std::string rank = Text(core::OwnerRankName(first.rank));
  std::replace(rank.begin(), rank.end(), '_', ' ');
  return absl::StrCat(sentence, "; the lead belongs to rep ", first.rep.str(), " (", rank, ").");
}

std::string ChoiceSentence(const core::AssignmentDecision& decision) {
  const core::Candidate* chosen = decision.pool.chosen();
  if (chosen == nullptr) return "";
  std::vector<std::string> others;
  for (const core::Candidate& candidate : decision.pool.candidates) {
    if (&candidate == chosen || others.size() >= kRepsNamedMax) continue;
    others.push_back(
        candidate.reason == core::CandidateReason::kFairness
            ? absl::StrFormat("%s was owed %.2f", candidate.rep.str(), OwedWithShare(candidate))
            : absl::StrCat(candidate.rep.str(), " ", Spoken(candidate.reason)));
  }
  std::string sentence =
      absl::StrCat("Rep ", chosen->rep.str(), " was chosen among ", decision.pool.size(), ": ",
                   Merit(decision.choice.basis, *chosen), TieText(decision.choice.tie));
  if (!others.empty()) absl::StrAppend(&sentence, " (", absl::StrJoin(others, ", "), ")");
  return absl::StrCat(sentence, ".");
}

std::string PastSentence(const core::AssignmentDecision& decision) {
  return absl::StrCat("Assignment ", decision.generation, " was made at ",
                      TimeText(decision.choice.at_ms), ".");
}

std::string PlaceSentence(const core::LeadRecord& record) {
  std::string sentence =
      absl::StrCat("Lead ", record.key.lead.str(), " is ", core::ToAbsl(StageName(record.stage)));
  if (!record.rep.empty()) {
    absl::StrAppend(&sentence, " with rep ", record.rep.str());
    if (record.offered_at_ms != 0) {
      absl::StrAppend(&sentence, " since ", TimeText(record.offered_at_ms));
    }
  }
  if (record.stage == core::Stage::kOffered && record.due_at_ms != 0) {
    absl::StrAppend(&sentence, ", to be accepted by ", TimeText(record.due_at_ms));
  }
  if (core::IsClosed(record.stage) && !record.reason.empty()) {
    absl::StrAppend(&sentence, " with reason ", record.reason);
  }
  return absl::StrCat(sentence, ".");
}

std::string AwaitedOwners(const core::CandidatePool& pool) {
  std::vector<std::string> owners;
  for (const core::Candidate& candidate : pool.candidates) {
    owners.push_back(absl::StrCat(candidate.rep.str(), " (", Spoken(candidate.reason), ")"));
  }
  return absl::StrCat("It waits for its owner ", absl::StrJoin(owners, ", "), ".");
}

std::string NobodyCan(const core::LeadRecord& record, const core::CandidatePool& pool) {
  std::vector<std::string> parts;
  std::vector<std::string> remedies;
  for (const auto& [reason, count] : pool.counts) {
    parts.push_back(absl::StrCat(count, " ", Spoken(reason)));
    const std::string remedy = Remedy(reason, record);
    if (std::find(remedies.begin(), remedies.end(), remedy) == remedies.end()) {
      remedies.push_back(remedy);
    }
  }
  return absl::StrCat("Nobody of queue ", record.queue.str(), " can take it: of ", pool.size(),
                      " reps ", absl::StrJoin(parts, ", "), ".", absl::StrJoin(remedies, ""));
}

}  // namespace

std::string WaitingFor(const core::LeadRecord& record, const store::WaitingOutlook& outlook) {
  const std::string queue = absl::StrCat("queue ", record.queue.str());
  if (outlook.paused) return absl::StrCat("Offers of ", queue, " are paused until it is resumed.");
  if (outlook.mode == core::QueueMode::kPull) {
    return absl::StrCat("Reps claim the leads of ", queue, ": it waits until one does.");
  }
  if (const core::Candidate* chosen = outlook.pool.chosen(); chosen != nullptr) {
    if (outlook.waits_turn) {
      return absl::StrCat("Rep ", chosen->rep.str(),
                          " can take it now, but it waits its turn: a lead ",
                          "in front of it could go to the same rep, and they are about to be ",
                          "offered in their order.");
    }
    return absl::StrCat("Rep ", chosen->rep.str(), " can take it now: it is about to be offered.");
  }
  if (outlook.for_owners) {
    return absl::StrCat(AwaitedOwners(outlook.pool), " Others are asked from ",
                        TimeText(record.wait_until_ms), " on.");
  }
  if (outlook.pool.size() == 0) {
    return absl::StrCat("No rep is in ", queue, ": add one and the lead is offered.");
  }
  return NobodyCan(record, outlook.pool);
}

std::string BlockedBy(const store::WaitingOutlook& outlook) {
  if (outlook.paused) return "paused";
  if (outlook.mode == core::QueueMode::kPull) return "claim";
  if (outlook.waits_turn) return "turn";
  if (outlook.pool.chosen() != nullptr) return "nothing";
  if (outlook.for_owners) return "owner";
  // What changes soonest comes first; what is not named here comes in the order of the reasons.
  constexpr std::array kSoonest = {core::CandidateReason::kAtCapacity, core::CandidateReason::kAway,
                                   core::CandidateReason::kOffline, core::CandidateReason::kPassed};
  const auto rank = [&kSoonest](const auto& counted) {
    const auto* place = std::find(kSoonest.begin(), kSoonest.end(), counted.first);
    return std::pair(place - kSoonest.begin(), counted.first);
  };
  const auto& counts = outlook.pool.counts;
  const auto soonest = std::min_element(
      counts.begin(), counts.end(),
      [&rank](const auto& one, const auto& other) { return rank(one) < rank(other); });
  return soonest == counts.end() ? "no_members" : Text(core::CandidateReasonName(soonest->first));
}

v1::ExplainLeadResponse Explain(const core::LeadRecord& current, const DecisionPair& decisions,
                                const std::optional<store::WaitingOutlook>& outlook) {
  core::LeadRecord record = current;
  if (!decisions.is_latest) {
    record.judgment =
        decisions.qualification.has_value() ? decisions.qualification->judgment : core::Judgment();
  }
  const core::Judgment& judgment = record.judgment;
  v1::ExplainLeadResponse response;
  *response.mutable_lead() = ToProto(current);
  response.set_qualified(judgment.qualified);
  if (judgment.judged_at_ms != 0) {
    *response.mutable_judge_time() = ToTimestamp(judgment.judged_at_ms);
  }
  for (const core::Factor& factor : judgment.factors) *response.add_factors() = ToProto(factor);
  for (const core::ConditionResult& result : judgment.definition) {
    *response.add_definition() = ConditionProto(result);
  }
  response.set_disqualified_by(judgment.disqualified_by);
  response.set_disqualified_reason(judgment.disqualified_reason);
  for (const core::RuleStep& step : judgment.route_path) {
    v1::RuleStep& message = *response.add_route_path();
    message.set_rule(step.rule);
    message.set_matched(step.matched);
    for (const core::ConditionResult& result : step.conditions) {
      *message.add_conditions() = ConditionProto(result);
    }
  }
  response.set_route_left_out(judgment.route_left_out);
  for (const core::ConditionError& error : judgment.errors) {
    v1::ConditionError& message = *response.add_condition_errors();
    message.set_section(Text(core::RuleSectionName(error.section)));
    message.set_rule(error.rule);
    message.set_error(error.error);
  }
  if (judgment.account != core::AccountFinding()) {
    *response.mutable_account() = ToProto(record.key.workspace, judgment.account);
  }
  for (const std::string& skill : judgment.route.skills) response.add_skills(skill);
  const bool is_past = !decisions.is_latest && decisions.choice.has_value();
  response.set_requirement(is_past ? decisions.choice->requirement : current.requirement);
  AddRecords(current.key.workspace, decisions, response);
  std::vector<std::string> sentences = {PlaceSentence(record), QualificationSentence(record)};
  if (const std::string owners = OwnersSentence(record); !owners.empty()) {
    sentences.push_back(owners);
  }
  if (decisions.is_latest && outlook.has_value()) {
    response.set_waiting_for(WaitingFor(record, *outlook));
    response.set_blocked_by(BlockedBy(*outlook));
    sentences.push_back(response.waiting_for());
  } else if (decisions.choice.has_value()) {
    if (!decisions.is_latest) sentences.push_back(PastSentence(*decisions.choice));
    sentences.push_back(ChoiceSentence(*decisions.choice));
  }
  if (record.timer == core::TimerKind::kRetry && record.due_at_ms != 0) {
    *response.mutable_retry_time() = ToTimestamp(record.due_at_ms);
  }
  response.set_summary(absl::StrJoin(sentences, " "));
  return response;
}

}  // namespace baton::dispatch
