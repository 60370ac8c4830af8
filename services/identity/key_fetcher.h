// An issuer's keys from its URL, fetched again and again beside the calls that need them.
#ifndef BATON_IDENTITY_KEY_FETCHER_H_
#define BATON_IDENTITY_KEY_FETCHER_H_

#include <atomic>
#include <optional>
#include <string>

#include "absl/random/random.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "identity/fetch_schedule.h"
#include "platform/outbound/http_client.h"

namespace baton::identity {

struct KeySource {
  std::string url;      // empty: none
  std::string ca_file;  // PEM; empty: the system's CAs
  absl::Duration refresh = absl::Minutes(5);
  // Tokens that no key is there for have the keys fetched, at most once in this time: a flood of
  // made-up tokens is no flood for the issuer.
  absl::Duration ask_interval = absl::Seconds(30);
};

// INVALID_ARGUMENT unless it is https://, or http:// to this very machine.
absl::Status CheckKeyUrl(const std::string& url);

// Look belongs to one thread and does not block; Ask is for all.
class KeyFetcher {
 public:
  static constexpr size_t kBytesMax = 1024 * 1024;
  static constexpr absl::Duration kTimeout = absl::Seconds(10);

  // REQUIRES: CheckKeyUrl says OK.
  explicit KeyFetcher(const KeySource& source);

  // Somebody shows a token of a key that is not known, or while the keys are not good any more.
  void Ask() { asked_ = true; }

  // Begins a fetch if one is due by `now`, a steady clock's time. Gives what the issuer answered
  // since the last look, or why it did not: UNAVAILABLE.
  std::optional<absl::StatusOr<std::string>> Look(absl::Time now);

 private:
  const std::string url_;
  FetchSchedule schedule_;
  absl::BitGen random_;
  std::atomic<bool> asked_ = false;
  platform::HttpClient client_;
};

}  // namespace baton::identity

#endif  // BATON_IDENTITY_KEY_FETCHER_H_
