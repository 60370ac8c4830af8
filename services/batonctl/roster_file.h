// The roster as a YAML document that people keep next to the policy:
//
//   apiVersion: baton.dev/v1
//   kind: Roster
//   metadata: {workspace: demo}
//   spec:
//     reps:
//       - {id: ada, display_name: Ada, queues: [dach-mid], weight: 3, capacity: 20, skills:
//       [german],
//          presence: online}
//     queues:
//       - {id: dach-mid, display_name: DACH mid-market, paused: false}
#ifndef BATON_BATONCTL_ROSTER_FILE_H_
#define BATON_BATONCTL_ROSTER_FILE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "baton/v1/roster_service.pb.h"

namespace baton::batonctl {

struct RosterEntry {
  std::string id;
  v1::Rep rep;                      // without its name; queues as ids
  std::vector<std::string> fields;  // besides the usual ones, those the document speaks of
  bool sets_presence = false;       // the document says something of it; else it stays as it is
};

struct QueueEntry {
  std::string id;
  std::optional<std::string> display_name;  // nullopt: stays as it is
  std::optional<bool> paused;
};

struct RosterFile {
  std::string workspace;
  std::vector<RosterEntry> reps;
  std::vector<QueueEntry> queues;
};

// INVALID_ARGUMENT that names every error with its place in `file_name`.
absl::StatusOr<RosterFile> ParseRoster(const std::string& yaml, const std::string& file_name);

// "online", "away", "offline" and back; a usage error lists them.
absl::StatusOr<v1::Presence> ParsePresence(const std::string& text);
std::string PresenceText(v1::Presence presence);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_ROSTER_FILE_H_
