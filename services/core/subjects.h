// What conditions read of one lead and its account: bound once, then read by every condition of the
// policy.
#ifndef BATON_CORE_SUBJECTS_H_
#define BATON_CORE_SUBJECTS_H_

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "core/facts.h"
#include "core/vocabulary.h"
#include "expression/scratch.h"
#include "expression/value.h"

namespace baton::core {

inline constexpr size_t kFoundBytesMax = 128;  // longer values are cut in explanations

// An attribute whose value is not of its declared type is an error to who reads it; an int stands
// for a double and a double without fraction for an int. Belongs to one thread; what it is made
// from outlives it.
class Subjects {
 public:
  // `account`: AccountFields() of the lead's account; empty: it has none.
  Subjects(const Vocabulary& vocabulary, const Facts& facts,
           const std::map<std::string, AttributeValue>& account, TimeMs now_ms,
           expression::Scratch& scratch);
  ~Subjects() { scratch_.set_host(nullptr); }
  Subjects(const Subjects&) = delete;
  Subjects& operator=(const Subjects&) = delete;

  // Absent before.
  void SetScores(int32_t fit, int32_t intent);

  // The properties that are declared, in the order of Vocabulary::event_properties(); for SetEvent
  // of this. `properties` outlives them.
  std::vector<expression::Value> Bind(const Properties& properties);
  // From now on `event` has these; nothing before.
  void SetEvent(absl::Span<const expression::Value> properties);

  const Vocabulary& vocabulary() const { return vocabulary_; }
  absl::Span<const expression::Value> values() const { return values_; }
  expression::Scratch& scratch() const { return scratch_; }

  // From now on functions add what they say to `calls`; nullptr: no longer.
  void Trace(std::vector<std::string>* calls) { host_.calls = calls; }

  // The value at a slot, for people: "300", "(absent)", "200 (of type string, declared int)".
  const std::string& Found(int slot);
  const std::string& NameOf(int slot) const { return vocabulary_.environment().NameOf(slot); }

 private:
  struct Mismatch {
    int slot = 0;
    std::string error, found;
  };

  expression::Value Bind(const Vocabulary::Attribute& attribute, const AttributeValue& value);
  expression::Value Refuse(const Vocabulary::Attribute& attribute, const AttributeValue& value);
  std::string TextAt(int slot) const;

  const Vocabulary& vocabulary_;
  LeadHost host_;
  expression::Scratch& scratch_;
  std::vector<expression::Value> values_;
  std::deque<expression::ListValue> lists_;
  std::deque<Mismatch> mismatches_;
  std::map<int, std::string> found_;  // what Found has said
};

}  // namespace baton::core

#endif  // BATON_CORE_SUBJECTS_H_
