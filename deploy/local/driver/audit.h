// Counts and checks what Baton published, from the feedback topic alone. Thread-safe.
#ifndef BATON_DEMO_AUDIT_H_
#define BATON_DEMO_AUDIT_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace baton::demo {

// One feedback event, as far as the audit needs it.
struct Feedback {
  std::string id;
  std::string lead;
  std::string change;  // "assigned" ...
  std::string stage;   // after it
  std::string rep;
  std::string cause;  // id of the event that caused it
  int64_t version = 0;
  int64_t generation = 0;
};

struct AuditCounts {
  std::map<std::string, int64_t> changes;  // by change
  int64_t published = 0;                   // distinct events
  int64_t qualified_leads = 0;
  int64_t assigned_leads = 0;           // had an owner at least once
  int64_t waiting_leads = 0;            // QUEUED now
  int64_t offered_leads = 0;            // OFFERED now
  std::vector<std::string> violations;  // the first hundred, in sentences
  int64_t violation_count = 0;
};

class Audit {
 public:
  void Add(const Feedback& feedback);
  void Violation(std::string sentence);
  AuditCounts Counts() const;
  // Event that qualified a lead which then went to a rep at once; empty if it waited or is unknown.
  std::string PromptCause(const std::string& lead) const;
  // At rest: compares what feedback told with the leads that Baton lists, each with its version,
  // having applied so many records.
  void CheckListed(const std::map<std::string, int64_t>& listed, int64_t applied);

 private:
  struct Lead {
    int64_t version = 0;
    int64_t generation = 0;
    std::string stage;
    std::string owner;
    std::string qualified_by;
    bool waited = false;
    bool assigned = false;
  };
  void CheckOwner(const Feedback& feedback, Lead& lead) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Complain(std::string sentence) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  std::map<std::string, Lead> leads_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> ids_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int64_t> changes_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> violations_ ABSL_GUARDED_BY(mutex_);
  int64_t violation_count_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace baton::demo

#endif  // BATON_DEMO_AUDIT_H_
