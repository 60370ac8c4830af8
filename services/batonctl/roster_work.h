// Rules of work, skill levels and attributes of a rep, in a roster document and as options.
#ifndef BATON_BATONCTL_ROSTER_WORK_H_
#define BATON_BATONCTL_ROSTER_WORK_H_

#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "baton/v1/roster_service.pb.h"
#include "batonctl/session.h"
#include "policy/map_reader.h"

namespace baton::batonctl {

inline constexpr policy::KeyRule kAbsenceKeys[] = {
    {"from", policy::KeyStatus::kRequired}, {"until", policy::KeyStatus::kRequired}, {"delegate"}};
inline constexpr policy::KeyRule kRampUpKeys[] = {{"start", policy::KeyStatus::kRequired},
                                                  {"days", policy::KeyStatus::kRequired},
                                                  {"from_percent", policy::KeyStatus::kRequired}};

// Reads skills ([german, french] or {german: 4}), daily_cap, calendar, time_zone, absences, ramp_up
// and attributes of a rep of a roster document. Returns the fields, as update_mask names them, that
// the document says something of. Delegates stay ids.
std::vector<std::string> ReadRosterWork(const policy::MapReader& map, v1::Rep& rep);

// The same as options of `rep apply`.
class WorkOptions {
 public:
  // `exclude` is what cannot be given together with them.
  void AddTo(CLI::App& command, CLI::Option* exclude);
  // Into `rep` and into the paths of `fields`; a usage error names the option.
  absl::Status Read(v1::Rep& rep, std::vector<std::string>& fields) const;

 private:
  struct Given {
    CLI::Option* option;
    const char* field;
  };
  absl::Status ReadSkills(v1::Rep& rep) const;
  absl::Status ReadAbsences(v1::Rep& rep) const;
  absl::Status ReadRamp(v1::Rep& rep) const;
  absl::Status ReadAttributes(v1::Rep& rep) const;

  std::vector<Given> given_;
  std::vector<std::string> skills_, absences_, attributes_;
  std::string calendar_, time_zone_, ramp_up_;
  int32_t daily_cap_ = 0;
};

// Delegates by id become resource names.
absl::Status NameDelegates(const Session& session, v1::Rep& rep);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_ROSTER_WORK_H_
