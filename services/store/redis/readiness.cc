#include "store/redis/readiness.h"

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "store/redis/session.h"

namespace baton::store::redis {
namespace {

absl::Status Unsafe(const char* setting, const std::string& found, const std::string& mend) {
  return core::Error(absl::StatusCode::kFailedPrecondition, "REDIS_LOSES_DATA",
                     absl::StrCat("Redis: ", setting, " is \"", found, "\": ", mend),
                     {{"setting", setting}, {"found", found}});
}

}  // namespace

absl::Status CheckSettings(const ServerReport& report, bool allow_everysec) {
  if (absl::Status status = CheckVersion(report.server); !status.ok()) return status;
  const std::string policy = InfoValue(report.memory, "maxmemory_policy");
  if (policy != "noeviction") {
    return Unsafe("maxmemory-policy", policy,
                  "leads would vanish silently when memory runs out; set it to noeviction");
  }
  const std::string append_only = InfoValue(report.persistence, "aof_enabled");
  if (append_only != "1") {
    return Unsafe("appendonly", append_only == "0" ? "no" : append_only,
                  "a restart would lose acknowledged writes; set it to yes");
  }
  const std::vector<platform::redis::Reply>& setting = report.appendfsync.elements;
  if (setting.size() != 2) {
    return Unsafe("appendfsync", "unknown",
                  "the user may not read it; grant the Redis user +config|get");
  }
  const std::string& fsync = setting[1].text;
  if (fsync == "always" || (fsync == "everysec" && allow_everysec)) return absl::OkStatus();
  return Unsafe("appendfsync", fsync,
                "a power cut would lose acknowledged writes; set it to always, or allow everysec "
                "explicitly");
}

}  // namespace baton::store::redis
