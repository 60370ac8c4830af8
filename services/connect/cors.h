// Which web pages may call: Cross-Origin Resource Sharing. Copyable; thread-safe.
#ifndef BATON_CONNECT_CORS_H_
#define BATON_CONNECT_CORS_H_

#include <optional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "connect/message.h"

namespace baton::connect {

class Cors {
 public:
  Cors() = default;  // no page of another origin
  // "https://app.acme.example,http://localhost:5173", or "*" for every page. INVALID_ARGUMENT for
  // what is no origin.
  static absl::StatusOr<Cors> Parse(absl::string_view origins);

  // The answer to a browser that asks whether a page may call; nothing for any other request. To a
  // page that may not, it is a 403 without permissions.
  std::optional<Response> Preflight(const Request& request) const;
  // Lets the page that sent `request` read the answer, if it may.
  void Permit(const Request& request, Response& response) const;

 private:
  bool Allows(absl::string_view origin) const;

  bool every_origin_ = false;
  std::set<std::string> origins_;
};

}  // namespace baton::connect

#endif  // BATON_CONNECT_CORS_H_
