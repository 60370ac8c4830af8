#include "demo/audit.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace baton::demo {
namespace {

constexpr size_t kViolationsShown = 100;

// The change ends an ownership.
bool EndsOwnership(const std::string& change) {
  return change == "declined" || change == "offer_expired" || change == "rerouted" ||
         change == "released" || change == "pulled_back" || change == "rejected" ||
         change == "recycled" || change == "won" || change == "lost";
}

}  // namespace

void Audit::Add(const Feedback& feedback) {
  absl::MutexLock lock(&mutex_);
  if (!ids_.insert(feedback.id).second) {
    return Complain(absl::StrCat("event ", feedback.id, " was published twice"));
  }
  ++changes_[feedback.change];
  Lead& lead = leads_[feedback.lead];
  if (feedback.version != lead.version + 1) {
    Complain(absl::StrCat(feedback.lead, ": version ", feedback.version, " after ", lead.version));
  }
  lead.version = feedback.version;
  lead.stage = feedback.stage;
  if (feedback.change == "qualified") lead.qualified_by = feedback.cause;
  if (feedback.stage == "QUEUED") lead.waited = true;
  CheckOwner(feedback, lead);
}

void Audit::CheckOwner(const Feedback& feedback, Lead& lead) {
  if (feedback.change == "assigned") {
    if (!lead.owner.empty()) {
      Complain(absl::StrCat(feedback.lead, ": assigned to ", feedback.rep, " while ", lead.owner,
                            " owns it"));
    }
    if (feedback.generation != lead.generation + 1) {
      Complain(absl::StrCat(feedback.lead, ": generation ", feedback.generation, " after ",
                            lead.generation));
    }
    lead.generation = feedback.generation;
    lead.owner = feedback.rep;
    lead.assigned = true;
  } else if (EndsOwnership(feedback.change)) {
    if (lead.owner != feedback.rep) {
      Complain(absl::StrCat(feedback.lead, ": ", feedback.change, " by ", feedback.rep,
                            ", owner is '", lead.owner, "'"));
    }
    lead.owner.clear();
  }
}

void Audit::Violation(std::string sentence) {
  absl::MutexLock lock(&mutex_);
  Complain(std::move(sentence));
}

void Audit::Complain(std::string sentence) {
  ++violation_count_;
  if (violations_.size() < kViolationsShown) violations_.push_back(std::move(sentence));
}

AuditCounts Audit::Counts() const {
  absl::MutexLock lock(&mutex_);
  AuditCounts counts;
  counts.changes = changes_;
  counts.published = static_cast<int64_t>(ids_.size());
  for (const auto& [name, lead] : leads_) {
    if (!lead.qualified_by.empty()) ++counts.qualified_leads;
    if (lead.assigned) ++counts.assigned_leads;
    if (lead.stage == "QUEUED" || lead.stage == "MQL") ++counts.waiting_leads;
    if (lead.stage == "OFFERED") ++counts.offered_leads;
  }
  counts.violations = violations_;
  counts.violation_count = violation_count_;
  return counts;
}

std::string Audit::PromptCause(const std::string& lead) const {
  absl::MutexLock lock(&mutex_);
  const auto found = leads_.find(lead);
  return found == leads_.end() || found->second.waited ? "" : found->second.qualified_by;
}

void Audit::CheckListed(const std::map<std::string, int64_t>& listed, int64_t applied) {
  absl::MutexLock lock(&mutex_);
  if (listed.empty() && applied > 0) {
    Complain(absl::StrCat("no lead is listed after ", applied, " applied records"));
  }
  for (const auto& [name, version] : listed) {
    const auto seen = leads_.find(name);
    const int64_t told = seen == leads_.end() ? 0 : seen->second.version;
    if (told != version) {
      Complain(absl::StrCat(name, ": at version ", version, ", feedback ends at ", told));
    }
  }
  for (const auto& [name, lead] : leads_) {
    if (!listed.contains(name)) {
      Complain(absl::StrCat(name, ": feedback ends at ", lead.version, ", but it is not listed"));
    }
  }
}

}  // namespace baton::demo
