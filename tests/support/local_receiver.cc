#include "support/local_receiver.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace baton::support {
namespace {

// The library makes its tables with the first request of the process. A sanitizer that cannot see
// how it guards them takes another thread that reads them meanwhile for a race; so one request is
// answered before there are others. Returns true.
bool AnswerOne() {
  httplib::Server server;
  server.new_task_queue = [] { return new httplib::ThreadPool(1); };
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread thread([&server] { server.listen_after_bind(); });
  while (!server.is_running()) absl::SleepFor(absl::Milliseconds(1));
  (void)httplib::Client("127.0.0.1", port).Get("/");
  server.stop();
  thread.join();
  return true;
}

}  // namespace

LocalReceiver::LocalReceiver(Answer answer) {
  static const bool has_answered = AnswerOne();
  (void)has_answered;
  const auto take = [this, answer = std::move(answer)](const httplib::Request& request,
                                                       httplib::Response& response) {
    {
      absl::MutexLock lock(&mutex_);
      requests_.push_back(request);
    }
    answer(request, response);
  };
  server_.Post(".*", take);
  server_.Get(".*", take);
  port_ = server_.bind_to_any_port("127.0.0.1");
  thread_ = std::thread([this] { server_.listen_after_bind(); });
  while (!server_.is_running()) absl::SleepFor(absl::Milliseconds(1));
}

LocalReceiver::~LocalReceiver() {
  server_.stop();
  thread_.join();
}

std::string LocalReceiver::url() const {
  return absl::StrCat("http://127.0.0.1:", port_, "/in?x=1");
}

std::vector<httplib::Request> LocalReceiver::requests() {
  absl::MutexLock lock(&mutex_);
  return requests_;
}

}  // namespace baton::support
