// Evaluation of a policy's conditions over a lead's facts. Pure and total: a subject that is absent
// or of another type than the condition compares with does not match, and the explanation says so.
#ifndef BATON_CORE_MATCH_H_
#define BATON_CORE_MATCH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/facts.h"
#include "core/policy.h"
#include "core/qualification.h"

namespace baton::core {

// What conditions can ask for: the scores, consent, and the lead's attributes. Scores are 0 while
// they are being added up (fit rules). `facts` outlives this.
class Subjects {
 public:
  explicit Subjects(const Facts& facts, int32_t fit = 0, int32_t intent = 0);

  const AttributeValue* Find(const std::string& subject) const;  // nullptr: absent

 private:
  const Facts& facts_;
  AttributeValue fit_;
  AttributeValue intent_;
  AttributeValue consent_;
};

// Whether all fields of `match` hold; an empty match does.
bool Holds(const Match& match, const Subjects& subjects);

// Likewise, with every field's result appended to `results`.
bool HoldsExplained(const Match& match, const Subjects& subjects,
                    std::vector<ConditionResult>& results);

// Likewise, but stops at the first field that does not hold.
bool HoldsUntilFirstFailure(const Match& match, const Subjects& subjects,
                            std::vector<ConditionResult>& results);

}  // namespace baton::core

#endif  // BATON_CORE_MATCH_H_
