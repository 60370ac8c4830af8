// Sends dead letters back to where they came from.
#ifndef BATON_BATONCTL_LETTER_REPLAY_H_
#define BATON_BATONCTL_LETTER_REPLAY_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "batonctl/letters.h"
#include "batonctl/session.h"
#include "platform/kafka/kafka.h"

namespace baton::batonctl {

// Letters that were sent again and refused again: a newer letter of the same topic has taken their
// place. Whoever writes to a topic can name any letter: one with other bytes takes no place.
class ReplacedLetters {
 public:
  void Note(const platform::kafka::Record& newer);
  bool Has(const platform::kafka::Record& letter) const;

 private:
  std::map<std::string, size_t> bytes_;  // "TOPIC/PARTITION/OFFSET": hash of key and value
};

struct LettersToSend {
  std::vector<Letter> letters;
  std::vector<std::string> refused;  // why others are not sent, each as a sentence
};
// Tells those that can be sent (events::MakeReplay) from the others: these, and of `names` those
// that were not found. `more`: there are letters besides those found.
LettersToSend SortOut(std::vector<Letter> found, const std::vector<std::string>& names, bool more);

// For a script that named letters, what is refused is no success: FAILED_PRECONDITION names each.
absl::Status AllAreSent(const LettersToSend& replay, bool dry_run);

// In their order, at most `rate` a second, and waits until Kafka has them all; tells how far it is.
// Each can be sent (events::MakeReplay). After an error some may have been sent, others not: sent
// once more they do no harm, events are known by their ids.
absl::Status SendAgain(const Session& session, const platform::kafka::KafkaConfig& config,
                       const std::vector<Letter>& letters, int rate);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_LETTER_REPLAY_H_
