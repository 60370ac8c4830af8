// An HTTP server on loopback that answers as a test says, and what came to it.
#ifndef BATON_TESTS_UNIT_WEBHOOKS_LOCAL_RECEIVER_H_
#define BATON_TESTS_UNIT_WEBHOOKS_LOCAL_RECEIVER_H_

#include <httplib.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "webhooks/http_sender.h"

namespace baton::webhooks {

class LocalReceiver {
 public:
  using Answer = std::function<void(const httplib::Request&, httplib::Response&)>;

  explicit LocalReceiver(Answer answer) {
    server_.Post(".*",
                 [this, answer](const httplib::Request& request, httplib::Response& response) {
                   {
                     absl::MutexLock lock(&mutex_);
                     requests_.push_back(request);
                   }
                   answer(request, response);
                 });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) absl::SleepFor(absl::Milliseconds(1));
  }
  ~LocalReceiver() {
    server_.stop();
    thread_.join();
  }

  std::string url() const { return absl::StrCat("http://127.0.0.1:", port_, "/in?x=1"); }
  std::vector<httplib::Request> requests() {
    absl::MutexLock lock(&mutex_);
    return requests_;
  }

 private:
  httplib::Server server_;
  int port_ = 0;
  absl::Mutex mutex_;
  std::vector<httplib::Request> requests_;
  std::thread thread_;
};

// Options that reach it.
inline HttpSenderOptions ToLoopback(absl::Duration timeout = absl::Seconds(10)) {
  HttpSenderOptions options;
  options.rules = *EgressRules::Parse("127.0.0.1", "127.0.0.1");
  options.timeout = timeout;
  return options;
}

}  // namespace baton::webhooks

#endif  // BATON_TESTS_UNIT_WEBHOOKS_LOCAL_RECEIVER_H_
