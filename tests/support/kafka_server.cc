#include "support/kafka_server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "support/source_tree.h"

namespace baton::support {
KafkaServer::KafkaServer(pid_t keeper, std::FILE* commands, std::FILE* answers)
    : keeper_(keeper), commands_(commands), answers_(answers) {}

KafkaServer::~KafkaServer() {
  std::fclose(commands_);  // the keeper cleans up and ends
  waitpid(keeper_, nullptr, 0);
  std::fclose(answers_);
}

absl::StatusOr<std::unique_ptr<KafkaServer>> KafkaServer::Start() {
  int commands[2];
  int answers[2];
  // Closed in every program that the test starts, so that the keeper sees the test's end.
  if (pipe2(commands, O_CLOEXEC) != 0 || pipe2(answers, O_CLOEXEC) != 0) {
    return absl::UnavailableError("no pipe for Kafka's keeper");
  }
  const std::string program = SourcePath("tests/support/kafka_keeper");
  const pid_t keeper = fork();
  if (keeper < 0) return absl::UnavailableError("no process for Kafka's keeper");
  if (keeper == 0) {
    // Between fork and exec: only calls that are safe after a signal.
    setsid();  // survives a signal to the test's process group
    dup2(commands[0], STDIN_FILENO);
    dup2(answers[1], STDOUT_FILENO);
    execl(program.c_str(), program.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  close(commands[0]);
  close(answers[1]);
  signal(SIGPIPE, SIG_IGN);
  std::unique_ptr<KafkaServer> server(
      new KafkaServer(keeper, fdopen(commands[1], "w"), fdopen(answers[0], "r")));
  auto port = server->ReadAnswer();
  if (!port.ok()) return port.status();
  if (!absl::SimpleAtoi(*port, &server->port_)) {
    return absl::UnavailableError(absl::StrCat("Kafka's keeper gave no port but ", *port));
  }
  return server;
}

platform::kafka::KafkaConfig KafkaServer::config() const {
  return {absl::StrCat("127.0.0.1:", port_), {}};
}

void KafkaServer::BecomeKafkaOfTheRun() const {
  setenv("BATON_KAFKA_BROKERS", config().brokers.c_str(), 1);
}

absl::Status KafkaServer::Command(const char* command) {
  std::fprintf(commands_, "%s\n", command);
  std::fflush(commands_);
  return ReadAnswer().status();
}

absl::StatusOr<std::string> KafkaServer::ReadAnswer() {
  char* line = nullptr;
  size_t capacity = 0;
  const ssize_t size = getline(&line, &capacity, answers_);
  const std::string answer(line == nullptr ? "" : line, size < 0 ? 0 : static_cast<size_t>(size));
  free(line);
  absl::string_view text = absl::StripSuffix(answer, "\n");
  if (absl::ConsumePrefix(&text, "ok")) return std::string(absl::StripPrefix(text, " "));
  absl::ConsumePrefix(&text, "error ");
  return absl::UnavailableError(
      absl::StrCat("Kafka: ", text.empty() ? "its keeper has ended" : text));
}

}  // namespace baton::support
