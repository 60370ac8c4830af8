// Dead letters as people choose and read them. Pure functions.
#ifndef BATON_BATONCTL_LETTERS_H_
#define BATON_BATONCTL_LETTERS_H_

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "batonctl/table.h"
#include "events/dead_letter.h"
#include "platform/kafka/kafka.h"

namespace baton::batonctl {

inline constexpr const char* kLetterTopics[] = {"lead-events", "sales-events"};  // in short

// Where a letter stands.
struct LetterPlace {
  std::string topic;  // one of kLetterTopics
  int32_t partition = 0;
  int64_t offset = 0;

  std::string name() const;  // "lead-events/1/7"
};
// What name() gives. A usage error shows what is none.
absl::StatusOr<LetterPlace> ParseLetterName(const std::string& name);

struct Letter {
  std::string name;  // "lead-events/1/7": topic in short, partition, offset
  platform::kafka::Record record;
  events::LetterFacts facts;
  std::string workspace, lead;  // as the event says, else as the key does; empty: neither
};
Letter MakeLetter(const std::string& topic_word, const platform::kafka::Record& record);

// Which letters: all conditions hold. What is empty asks for nothing.
struct LetterChoice {
  std::vector<std::string> names;    // one of these
  std::vector<std::string> classes;  // one of these
  std::string reason;                // the reason contains it, in any case
  std::string workspace, lead;
  std::optional<int64_t> since_ms, until_ms;  // since <= when it became a letter < until
  std::optional<int32_t> partition;
  std::optional<int64_t> offset;
  std::string expression;  // CEL, see kLetterVariables
};

// For the help of commands.
inline constexpr char kLetterVariables[] =
    "topic, partition, offset, time, class, field, reason, attempts, workspace, lead, key,\n"
    "size (bytes), origin_partition, origin_offset and headers (a map)";

class LetterFilter {
 public:
  // A usage error shows what is wrong with the expression, and where.
  static absl::StatusOr<LetterFilter> Make(const LetterChoice& choice);
  LetterFilter(LetterFilter&&) noexcept;
  ~LetterFilter();

  // An error: the expression fails for this letter.
  absl::StatusOr<bool> Takes(const Letter& letter) const;

 private:
  struct Expression;
  LetterFilter();

  LetterChoice choice_;
  std::unique_ptr<Expression> expression_;  // null: none
};

Table LettersTable(const std::vector<Letter>& letters);
nlohmann::ordered_json LetterJson(const Letter& letter);

// The record's JSON with what may be personal replaced: every value but those by which CloudEvents
// names an event. "" if it is no JSON.
std::string MaskedBody(const Letter& letter);
// All that is known of one, masked.
Table LetterDetails(const Letter& letter);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_LETTERS_H_
