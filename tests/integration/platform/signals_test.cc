// The end of a process by signals, tried on child processes.
#include "platform/signals.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "platform/lifecycle.h"

namespace baton::platform {
namespace {

// Says on `out` what happens to it; its stop takes as long as told.
class TellingService : public Service {
 public:
  TellingService(int out, absl::Duration stop_takes) : out_(out), stop_takes_(stop_takes) {}
  std::string_view name() const override { return "telling"; }
  absl::Status Start() override {
    Tell('r');
    return absl::OkStatus();
  }
  void Stop(absl::Duration) override {
    Tell('s');
    absl::SleepFor(stop_takes_);
    Tell('e');
  }
  absl::Status Ready() const override { return absl::OkStatus(); }

 private:
  void Tell(char what) {
    if (write(out_, &what, 1) != 1) _exit(99);
  }
  const int out_;
  const absl::Duration stop_takes_;
};

// A child that runs one TellingService.
class Child {
 public:
  explicit Child(absl::Duration stop_takes) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    pid_ = fork();
    if (pid_ == 0) {
      StopSignals signals;
      Lifecycle lifecycle(absl::Seconds(5));
      TellingService service(ends[1], stop_takes);
      lifecycle.Add(service);
      _exit(lifecycle.Run(signals).ok() ? 0 : 1);
    }
    close(ends[1]);
    in_ = ends[0];
  }
  ~Child() {
    close(in_);
    if (pid_ > 0) kill(pid_, SIGKILL);
  }

  char Hear() {
    char what = 0;
    return read(in_, &what, 1) == 1 ? what : 0;
  }
  void Send(int signal) { kill(pid_, signal); }
  int ExitCode() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_ = 0;
  int in_ = -1;
};

TEST(SignalsTest, FirstSignalStopsTheServicesInOrder) {
  for (int signal : {SIGTERM, SIGINT}) {
    Child child(absl::ZeroDuration());
    EXPECT_EQ(child.Hear(), 'r');
    child.Send(signal);
    EXPECT_EQ(child.Hear(), 's');
    EXPECT_EQ(child.Hear(), 'e');
    EXPECT_EQ(child.ExitCode(), 0);
  }
}

TEST(SignalsTest, SecondSignalEndsAtOnce) {
  Child child(absl::Hours(1));
  EXPECT_EQ(child.Hear(), 'r');
  child.Send(SIGTERM);
  EXPECT_EQ(child.Hear(), 's');
  child.Send(SIGINT);
  EXPECT_EQ(child.Hear(), 0);
  EXPECT_EQ(child.ExitCode(), 128 + SIGINT);
}

TEST(SignalsTest, BrokenPipeIsAnErrorNotTheEnd) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  IgnoreBrokenPipes();
  EXPECT_EQ(write(ends[1], "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  close(ends[1]);
}

}  // namespace
}  // namespace baton::platform
