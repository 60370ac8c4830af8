// Dead letters: what a refused record becomes, what such a letter says, and how it goes back.
#ifndef BATON_EVENTS_DEAD_LETTER_H_
#define BATON_EVENTS_DEAD_LETTER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "events/lead_event_codec.h"
#include "platform/kafka/kafka.h"

namespace baton::events {

// The dead letter of `record` for topic "<topic>.dlq": key, bytes and headers kept,
// __dlq.errors.{topic,partition,offset,group,message} and baton-error-{class,field,reason,attempts}
// set (those that a replayed dead letter brought along are replaced). Attempts are those that the
// record brought along, and this one.
platform::kafka::OutRecord MakeDeadLetter(const platform::kafka::Record& record,
                                          const DeadLetter& letter, const std::string& group);

// What the headers of a letter say. Whoever can write to the topic can write anything into them.
struct LetterFacts {
  std::string origin_topic;
  int64_t origin_partition = -1, origin_offset = -1;
  std::string group, klass, field, reason;
  int64_t attempts = 0;
  std::string replay_of;  // the letter that was sent again: "TOPIC/PARTITION/OFFSET"; empty: none
  bool cut = false;       // the record was too long to be kept whole
};
LetterFacts ReadLetter(const platform::kafka::Record& letter);

// The record as it came, for the topic that it came from: key, bytes and headers, and how often it
// was tried (baton-error-attempts) and from which letter it comes (baton-replay-of:
// "TOPIC/PARTITION/OFFSET"). nullopt: the letter stands on no dead letter topic of the topic it
// names, or was cut.
std::optional<platform::kafka::OutRecord> MakeReplay(const platform::kafka::Record& letter);

}  // namespace baton::events

#endif  // BATON_EVENTS_DEAD_LETTER_H_
