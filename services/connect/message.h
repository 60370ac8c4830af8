// One request and one answer of HTTP, as values.
#ifndef BATON_CONNECT_MESSAGE_H_
#define BATON_CONNECT_MESSAGE_H_

#include <string>
#include <vector>

#include "connect/headers.h"

namespace baton::connect {

struct Request {
  std::string verb;    // "POST"
  std::string target;  // "/baton.v1.LeadService/GetLead", perhaps with "?..."
  Headers headers;
  std::string body;
  bool too_large = false;               // the body is longer than the listener reads; it is empty
  std::vector<std::string> peer_names;  // of the client's verified certificate: "dns:..."
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  std::string code = "ok";  // as metrics say it: Connect's name of the error
};

}  // namespace baton::connect

#endif  // BATON_CONNECT_MESSAGE_H_
