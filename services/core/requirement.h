// What a queue asks of its reps for one lead, beyond skills.
//
// The policy writes it once, as a condition over rep and lead ("lead.country in rep.territories").
// When a lead enters the queue, the lead's part is evaluated and written out: what is left is CEL
// over rep alone ("\"DE\" in rep.territories"), the requirement of that lead. It goes with the lead
// among the skills that it wants, so it is one more word to whoever compares skills; who has the
// word is found out from attributes of reps. Leads with the same values have the same word. Pure.
#ifndef BATON_CORE_REQUIREMENT_H_
#define BATON_CORE_REQUIREMENT_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/condition.h"
#include "core/event.h"
#include "expression/environment.h"
#include "expression/program.h"

namespace baton::core {

inline constexpr int64_t kRequirementStepsMax = 10'000;  // of the condition, for one lead and rep
inline constexpr size_t kRequirementBytesMax = 4'096;

// What in a condition of a queue could not be found out once for a lead: `now`, `account`, `event`,
// and functions of the lead (vocabulary.h) that are asked of a rep or of items. Empty: nothing.
std::vector<expression::Problem> RequirementProblems(const expression::Program& program,
                                                     const Vocabulary& vocabulary);

// What the condition asks of reps for the lead of `subjects`; empty: nothing. One that would be
// longer than kRequirementBytesMax becomes one that nobody meets and that says so. `error` becomes
// what a part about the lead ended in, so that nobody meets that part; empty: in none.
std::string RequirementFor(const Condition& condition, const Subjects& subjects,
                           std::string& error);

// False if it is proven that a rep with these attributes meets the condition for no lead.
bool MayMeet(const std::map<std::string, AttributeValue>& attributes, const Condition& condition,
             const Vocabulary& vocabulary);

// Skills, sorted, with a requirement (empty: none) among them as a word of its own; and the two
// again.
std::vector<std::string> WantedWords(const std::vector<std::string>& skills,
                                     const std::string& requirement);
struct Wanted {
  std::vector<std::string> skills;
  std::string requirement;
};
Wanted SplitWanted(const std::vector<std::string>& words);
// The word of a requirement.
std::string RequirementWord(std::string_view requirement);

// A requirement that is asked of many reps. Immutable, thread-safe.
class Requirement {
 public:
  explicit Requirement(std::string_view text);
  Requirement(const Requirement&) = delete;
  Requirement& operator=(const Requirement&) = delete;

  // False also if it ends in an error, as where the rep lacks an attribute.
  bool IsMetBy(const std::map<std::string, AttributeValue>& attributes) const;

 private:
  struct Name {
    std::string attribute;
    int slot = 0;
  };

  expression::Environment environment_;
  std::vector<Name> names_;
  std::optional<expression::Program> program_;  // nullopt: nobody meets it
};

// A word for the attributes of a rep: the same for those who have the same, another for others;
// "@0" for none. It is none that a lead can want.
std::string ProfileWord(const std::map<std::string, AttributeValue>& attributes);
bool IsProfileWord(std::string_view word);

}  // namespace baton::core

#endif  // BATON_CORE_REQUIREMENT_H_
