// Records of topics as files hold them. Not thread-safe.
#ifndef BATON_BATONCTL_RECORD_LINES_H_
#define BATON_BATONCTL_RECORD_LINES_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "platform/kafka/kafka.h"

namespace baton::batonctl {

class RecordLines {
 public:
  RecordLines();
  ~RecordLines();

  // A line as `kcat -J` prints it: its record. Any other line is the value of a record of no
  // partition, with `number` as its offset. INVALID_ARGUMENT: a field of kcat's is of another kind.
  absl::StatusOr<platform::kafka::Record> Read(const std::string& line, int64_t number);

 private:
  struct Parser;
  const std::unique_ptr<Parser> parser_;
};

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_RECORD_LINES_H_
