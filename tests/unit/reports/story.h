// The changes of leads, told shortly: what a test of reports begins with.
#ifndef BATON_TESTS_UNIT_REPORTS_STORY_H_
#define BATON_TESTS_UNIT_REPORTS_STORY_H_

#include <map>
#include <string>
#include <vector>

#include "reports/cycle_table.h"
#include "store/pipe_store.h"

namespace baton::reports {

// 2026-03-02T00:00:00Z, a Monday.
inline constexpr core::TimeMs kMonday = 1'772'409'600'000;

// "2026-03-02T00:00:00Z" for kMonday.
std::string TimeText(core::TimeMs at_ms);

// Changes in the order of their leads' versions become the cycles of a table.
void FoldAll(const std::vector<store::OutboxEntry>& entries, CycleTable& table);

using Details = std::map<std::string, std::string>;

// Gathers changes of workspace "acme" in the order in which they are told. Each method adds one at
// `at` minutes behind kMonday and gives it, to be changed by who wants to.
class Story {
 public:
  using Entry = store::OutboxEntry;

  Entry& Nurtured(const std::string& lead, int at, const std::string& reason = "");
  // Signal a minute before; revision 1, source "//forms", campaign "spring", factors fit/size and
  // intent/demo.
  Entry& Qualified(const std::string& lead, int at);
  // The next generation, to be accepted within 60 minutes; `mode` direct: accepted at once.
  Entry& Assigned(const std::string& lead, int at, const std::string& rep = "ada",
                  const std::string& queue = "inbound", bool direct = false);
  Entry& Add(const std::string& lead, int at, core::ChangeType type, core::Stage stage,
             const std::string& reason = "", Details details = {});
  Entry& Accepted(const std::string& lead, int at);
  Entry& Touched(const std::string& lead, int at);
  Entry& Rejected(const std::string& lead, int at, const std::string& reason,
                  const std::string& fault = "quality");
  // sla "touch", metric first_touch, started at `started`.
  Entry& Sla(const std::string& lead, int at, core::ChangeType type, int started,
             bool late = false);

  const std::vector<Entry>& entries() const { return entries_; }
  void FoldInto(CycleTable& table) const { FoldAll(entries_, table); }

 private:
  struct Known {
    int32_t cycle = 0;
    int64_t version = 0;
    int64_t generation = 0;
    std::string queue, rep;
  };
  std::vector<Entry> entries_;
  std::map<std::string, Known> known_;
};

}  // namespace baton::reports

#endif  // BATON_TESTS_UNIT_REPORTS_STORY_H_
