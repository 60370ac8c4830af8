// Kafka records in plain form. Reads what it needs and nothing else, with no code of the services.
// One per thread; what it returns lives until its next call and as long as the record.
#ifndef BATON_VERIFY_RECORD_PARSER_H_
#define BATON_VERIFY_RECORD_PARSER_H_

#include <memory>
#include <string>

#include "platform/kafka/kafka.h"
#include "verify/records.h"

namespace baton::verify {

class RecordParser {
 public:
  RecordParser();
  ~RecordParser();

  // CloudEvents in binary or structured mode; not readable: what is missing is empty.
  InputRecord Input(const platform::kafka::Record& record);
  DeadLetterRecord DeadLetter(const platform::kafka::Record& record) const;
  // Data that is no JSON object gives an empty change, state.
  ChangeRecord Change(const platform::kafka::Record& record);
  StateRecord State(const platform::kafka::Record& record);

 private:
  struct Json;
  std::unique_ptr<Json> json_;
};

}  // namespace baton::verify

#endif  // BATON_VERIFY_RECORD_PARSER_H_
