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
  };
  absl::Status Renew(const core::WorkspaceId& workspace, const agreement::ActivePolicy& active,
                     core::TimeMs now_ms);

  store::RosterStore& roster_;
  store::WorkspaceStore& workspaces_;
  agreement::PolicyCache& policies_;
  const std::function<core::TimeMs()> now_;
  std::map<core::WorkspaceId, Done> done_;
};

}  // namespace baton::clock

#endif  // BATON_CLOCK_HOURS_RENEWAL_H_
