// Decisions computed again from their records, to show that the record is true: the same rules over
// what was recorded must give what was recorded. Pure functions.
#ifndef BATON_CORE_RECOMPUTE_H_
#define BATON_CORE_RECOMPUTE_H_

#include <string>
#include <vector>

#include "core/decision.h"
#include "core/policy.h"

namespace baton::core {

inline constexpr size_t kDifferencesMax = 20;  // told of one record

// What a decision says when it is made again. Differences are sentences for people; none: the same.
struct RecomputedChoice {
  RepId winner;    // empty: nobody
  RepId recorded;  // likewise
  std::vector<std::string> differences;
};

// The rules of ChooseFrom over the candidates as recorded: weights from the shares and their sum,
// shares from the weights; the first owner who could have the lead wins, else of those whom the
// strategy leaves the one with the greatest claim (deviation + share; ties: smaller id). That a rep
// was away, lacked a skill, had waited less long or stood in for an owner is taken from the record;
// that one passed or was full must show there. Of a pool that is not whole the nearest candidates
// stand for all.
RecomputedChoice RecomputeChoice(const AssignmentDecision& decision);

// A candidate's weight (in thousandths, as a ramp-up makes them): the least one whose share of
// `weights` is that, and the only one while `weights` is at most 10^9. 0: had no share.
int64_t WeightOf(const Candidate& candidate, int64_t weights);

// Judge over the inputs as recorded, the account among them. `policy`: the revision that the
// judgment names.
std::vector<std::string> RecomputeJudgment(const Judgment& recorded, const Policy& policy);

}  // namespace baton::core

#endif  // BATON_CORE_RECOMPUTE_H_
