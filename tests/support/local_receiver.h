// An HTTP server on loopback that answers as a test says, and what came to it.
#ifndef BATON_TESTS_SUPPORT_LOCAL_RECEIVER_H_
#define BATON_TESTS_SUPPORT_LOCAL_RECEIVER_H_

#include <httplib.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"

namespace baton::support {

class LocalReceiver {
 public:
  using Answer = std::function<void(const httplib::Request&, httplib::Response&)>;

  // `answer` is for GET and POST of any path; called on threads of the server.
  explicit LocalReceiver(Answer answer);
  ~LocalReceiver();

  std::string url() const;
  std::vector<httplib::Request> requests();

 private:
  httplib::Server server_;
  int port_ = 0;
  absl::Mutex mutex_;
  std::vector<httplib::Request> requests_;
  std::thread thread_;
};

}  // namespace baton::support

#endif  // BATON_TESTS_SUPPORT_LOCAL_RECEIVER_H_
