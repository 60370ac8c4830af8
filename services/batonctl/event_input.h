// Lead events as people give them to `lead submit`: by flags, or a structured CloudEvent a line.
#ifndef BATON_BATONCTL_EVENT_INPUT_H_
#define BATON_BATONCTL_EVENT_INPUT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "baton/v1/lead_service.pb.h"

namespace baton::batonctl {

struct EventFlags {
  std::string lead;
  std::string type = "captured";         // captured, updated, activity, consent
  std::string id;                        // of the event
  std::string source;                    // empty: the server's default
  std::string time;                      // empty: now, by the server
  std::vector<std::string> attributes;   // NAME=VALUE
  std::vector<std::string> attribution;  // NAME=VALUE
  std::string activity;
  std::vector<std::string> properties;  // NAME=VALUE, of the activity
  int count = 0;                        // 0: one
  std::string consent;                  // granted, withdrawn
};

// Usage errors name the flag.
absl::StatusOr<v1::LeadEvent> EventOfFlags(const EventFlags& flags);

// true, false, a number, a "quoted string" or ["a","b"] as in JSON; anything else is text as it
// stands, so that a postcode such as 01067 stays one. `flag` is how errors name it.
absl::StatusOr<v1::AttributeValue> ParseAttribute(const std::string& flag, const std::string& text);

struct FileEvent {
  std::string workspace;
  v1::LeadEvent event;
};

// One line of a file: a CloudEvent in structured mode, as on the topic of lead events. `now` is its
// time if it has none. The error says what is wrong, not where.
absl::StatusOr<FileEvent> EventOfLine(const std::string& line, absl::Time now);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_EVENT_INPUT_H_
