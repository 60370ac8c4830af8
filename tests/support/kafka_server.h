// A real Kafka of the test's own, for tests that crash it; the others share the one of the run
// (kafka_cluster.h). One per test program: it takes about 400 MB and several seconds to start.
#ifndef BATON_SUPPORT_KAFKA_SERVER_H_
#define BATON_SUPPORT_KAFKA_SERVER_H_

#include <sys/types.h>

#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/kafka/kafka.h"

namespace baton::support {

// Not thread-safe. Runs under tests/support/kafka_keeper, which ends it and removes its data when
// this object or the test program ends, however that happens.
class KafkaServer {
 public:
  // Returns when it serves. UNAVAILABLE with the reason in one line.
  static absl::StatusOr<std::unique_ptr<KafkaServer>> Start();
  ~KafkaServer();
  KafkaServer(const KafkaServer&) = delete;
  KafkaServer& operator=(const KafkaServer&) = delete;

  platform::kafka::KafkaConfig config() const;

  // The helpers of kafka_cluster.h use this server from now on.
  void BecomeKafkaOfTheRun() const;

  absl::Status Kill() { return Command("kill"); }      // SIGKILL; returns when it is gone
  absl::Status Shutdown() { return Command("stop"); }  // SIGTERM
  absl::Status Restart() {
    return Command("start");
  }  // same ports, same data; returns when it serves
  absl::Status Freeze() { return Command("freeze"); }  // SIGSTOP
  absl::Status Thaw() { return Command("thaw"); }      // SIGCONT

 private:
  KafkaServer(pid_t keeper, std::FILE* commands, std::FILE* answers);
  absl::Status Command(const char* command);
  absl::StatusOr<std::string> ReadAnswer();  // what follows "ok"

  const pid_t keeper_;
  std::FILE* const commands_;
  std::FILE* const answers_;
  int port_ = 0;
};

}  // namespace baton::support

#endif  // BATON_SUPPORT_KAFKA_SERVER_H_
