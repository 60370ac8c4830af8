// A request of HTTP as a call of a method: Connect's protocol, unary and server streams. Pure;
// thread-safe.
#ifndef BATON_CONNECT_CALL_H_
#define BATON_CONNECT_CALL_H_

#include <google/protobuf/descriptor.h>

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "connect/codec.h"
#include "connect/headers.h"
#include "connect/message.h"

namespace baton::connect {

// The methods that can be called, by their paths.
class Methods {
 public:
  // `services` by their full names. REQUIRES: their descriptors are linked in.
  explicit Methods(const std::vector<std::string>& services);
  // Of "/baton.v1.LeadService/GetLead"; nullptr for any other path.
  const google::protobuf::MethodDescriptor* Find(absl::string_view path) const;
  // Of a target with "?..." or without.
  const google::protobuf::MethodDescriptor* FindTarget(absl::string_view target) const;

 private:
  std::map<std::string, const google::protobuf::MethodDescriptor*, std::less<>> by_path_;
};

struct CallRules {
  size_t message_bytes_max = 256 * 1024;  // also of what was compressed
  // Refuse a Host that is not this machine: a page on the web that has its own name lead here is a
  // stranger, and where callers are believed nothing else would stop it.
  bool local_hosts_only = false;
};

struct Call {
  const google::protobuf::MethodDescriptor* method = nullptr;
  Format format = Format::kJson;
  bool gzip = false;  // the client takes gzip
  absl::Duration timeout = absl::InfiniteDuration();
  Headers metadata;
  std::string message;  // protobuf

  bool stream() const { return method->server_streaming(); }
};

// The call, or the answer that refuses it.
std::variant<Call, Response> ReadCall(const Methods& methods, const CallRules& rules,
                                      const Request& request);

}  // namespace baton::connect

#endif  // BATON_CONNECT_CALL_H_
