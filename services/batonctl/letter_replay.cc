#include "batonctl/letter_replay.h"

#include <set>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"

namespace baton::batonctl {
namespace {

constexpr absl::Duration kTellEvery = absl::Seconds(2);
constexpr absl::Duration kDeliveryPatience = absl::Seconds(30);

// What Kafka said of the letters handed to it; it says so on a thread of its own.
class Deliveries {
 public:
  void Take(const absl::Status& status) {
    const absl::MutexLock lock(&mutex_);
    delivered_ += status.ok() ? 1 : 0;
    failed_.Update(status);
  }
  int64_t delivered() const {
    const absl::MutexLock lock(&mutex_);
    return delivered_;
  }
  absl::Status failed() const {
    const absl::MutexLock lock(&mutex_);
    return failed_;
  }

 private:
  mutable absl::Mutex mutex_;
  int64_t delivered_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status failed_ ABSL_GUARDED_BY(mutex_);
};

size_t HashOfBytes(const platform::kafka::Record& record) {
  return absl::HashOf(record.key, record.value);
}

}  // namespace

void ReplacedLetters::Note(const platform::kafka::Record& newer) {
  const std::string replaced = events::ReadLetter(newer).replay_of;
  if (!replaced.empty()) bytes_[replaced] = HashOfBytes(newer);
}

bool ReplacedLetters::Has(const platform::kafka::Record& letter) const {
  const auto found =
      bytes_.find(absl::StrCat(letter.topic, "/", letter.partition, "/", letter.offset));
  return found != bytes_.end() && found->second == HashOfBytes(letter);
}

LettersToSend SortOut(std::vector<Letter> found, const std::vector<std::string>& names, bool more) {
  LettersToSend replay;
  std::set<std::string> missing(names.begin(), names.end());
  for (Letter& letter : found) {
    missing.erase(letter.name);
    if (events::MakeReplay(letter.record).has_value()) {
      replay.letters.push_back(std::move(letter));
    } else {
      replay.refused.push_back(
          absl::StrCat(letter.name, " cannot be sent again: ",
                       letter.facts.cut ? "its record was cut" : "it names no origin"));
    }
  }
  for (const std::string& name : missing) {
    replay.refused.push_back(absl::StrCat(
        name, " was not found: ",
        more ? "it may be too much for one call with the others"
             : "it was never there, is gone by retention, or other options leave it out"));
  }
  return replay;
}

absl::Status AllAreSent(const LettersToSend& replay, bool dry_run) {
  if (replay.refused.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(dry_run ? "would be sent again: " : "sent again: ", replay.letters.size(),
                   " of the letters that were named; not: ", replay.refused.size(), "\n",
                   absl::StrJoin(replay.refused, "\n")));
}

absl::Status SendAgain(const Session& session, const platform::kafka::KafkaConfig& config,
                       const std::vector<Letter>& letters, int rate) {
  const Surroundings& world = session.world();
  Deliveries deliveries;  // outlives the producer, which tells it
  auto producer = world.make_producer(config);
  if (!producer.ok()) return producer.status();
  const absl::Time begin = world.now();
  absl::Time told = begin;
  absl::Status status;
  int64_t handed = 0;
  const auto all = static_cast<int64_t>(letters.size());
  for (const Letter& letter : letters) {
    const absl::Time due = begin + absl::Seconds(1) * handed / rate;
    if (const absl::Time now = world.now(); now < due) world.sleep(due - now);
    status =
        (*producer)->Produce(*events::MakeReplay(letter.record),
                             [&deliveries](const absl::Status& said) { deliveries.Take(said); });
    if (!status.ok()) break;
    ++handed;
    if (world.now() - told >= kTellEvery) {
      told = world.now();
      session.Note(absl::StrCat(handed, " of ", all, " letters"));
    }
  }
  status.Update((*producer)->Flush(kDeliveryPatience));
  status.Update(deliveries.failed());
  const int64_t delivered = deliveries.delivered();
  producer->reset();
  if (status.ok()) {
    session.Note(absl::StrCat("Sent again: ", Counted(delivered, "letter"), "."));
    return absl::OkStatus();
  }
  return WithContext(status,
                     absl::StrCat(delivered, " of ", all, " letters were sent again; then "),
                     "; it is safe to send all again");
}

}  // namespace baton::batonctl
