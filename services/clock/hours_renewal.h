// Keeps the hours of reps ahead of time: a store knows what calendars say of two weeks, so they are
// computed anew when the policy changes, and long before they run out.
#ifndef BATON_CLOCK_HOURS_RENEWAL_H_
#define BATON_CLOCK_HOURS_RENEWAL_H_

#include <functional>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "agreement/policy_cache.h"
#include "core/ids.h"
#include "core/time.h"
#include "store/roster_store.h"
#include "store/workspace_store.h"

namespace baton::clock {

// Not thread-safe.
class HoursRenewal {
 public:
  static constexpr core::DurationMs kEveryMs = 6 * core::kHourMs;
  // So long after a renewal what reps lack is added once more: one whose hours were stored by the
  // API while its predecessor's were listed here has lost them.
  static constexpr core::DurationMs kAgainAfterMs = 10 * core::kSecondMs;

  HoursRenewal(store::RosterStore& roster, store::WorkspaceStore& workspaces,
               agreement::PolicyCache& policies, std::function<core::TimeMs()> now);

  // Looks at the policy of each workspace and stores the hours of its reps where that is due. What
  // fails is tried again in the next run and holds up no other workspace; the first failure is
  // returned.
  absl::Status Run();

 private:
  struct Done {
    int64_t revision = 0;
    core::TimeMs at_ms = 0;
    bool again = false;  // has been added to since
  };
  // `only_these`: what no rep has is removed.
  absl::Status Renew(const core::WorkspaceId& workspace, const agreement::ActivePolicy& active,
                     bool only_these, core::TimeMs now_ms);

  store::RosterStore& roster_;
  store::WorkspaceStore& workspaces_;
  agreement::PolicyCache& policies_;
  const std::function<core::TimeMs()> now_;
  std::map<core::WorkspaceId, Done> done_;
};

}  // namespace baton::clock

#endif  // BATON_CLOCK_HOURS_RENEWAL_H_
