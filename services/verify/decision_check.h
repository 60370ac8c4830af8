// Every recorded decision, computed again with arithmetic of verify's own: the winner of each
// choice from claims, the scores from their factors, the inputs' hash from the inputs. Not
// thread-safe.
#ifndef BATON_VERIFY_DECISION_CHECK_H_
#define BATON_VERIFY_DECISION_CHECK_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "verify/findings.h"
#include "verify/records.h"

namespace baton::verify {

class DecisionCheck {
 public:
  // The lead's latest decisions and those that they replaced.
  void CheckLead(const StoredLead& lead);

  const Findings& findings() const { return findings_; }

 private:
  // A choice as recorded.
  struct Choice {
    std::string of;  // "lead acme/l1, generation 3"
    StoredChoice made;
    bool is_whole = true;  // all candidates are there
    std::vector<std::string> owners;
    const std::vector<core::Candidate>* candidates = nullptr;
  };

  void CheckChoice(const Choice& choice);
  void CheckShares(const Choice& choice);
  // `scores` and `judgment`: blobs of store/v1/record.proto.
  void CheckJudgment(const std::string& of, std::string_view scores, std::string_view judgment);
  void CheckPast(const StoredLead& lead, std::string_view element);
  void CheckPastChoice(const StoredLead& lead, const std::vector<std::string_view>& items,
                       std::string_view candidates);
  void Fault(const std::string& of, const std::string& what);

  Findings findings_;
};

}  // namespace baton::verify

#endif  // BATON_VERIFY_DECISION_CHECK_H_
