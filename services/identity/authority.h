// Who calls, by what they show: a token, a certificate, or, where the operator says so, their word.
// And what they may call.
#ifndef BATON_IDENTITY_AUTHORITY_H_
#define BATON_IDENTITY_AUTHORITY_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "identity/client_map.h"
#include "identity/key_fetcher.h"
#include "identity/method_policy.h"
#include "identity/principal.h"
#include "identity/token.h"
#include "platform/service.h"
#include "platform/worker.h"

namespace baton::identity {

// The metadata in which callers state who they are, where that is believed.
inline constexpr char kPrincipalHeader[] = "baton-principal";
inline constexpr char kRolesHeader[] = "baton-roles";

// What a caller shows of itself.
struct Evidence {
  std::string authorization;       // "Bearer ..."
  std::vector<std::string> names;  // of the verified client certificate: "dns:...", "uri:..."
  std::string stated_principal;
  std::string stated_roles;  // "marketing,sales"
};

struct AuthoritySettings {
  bool believe = false;      // take callers at their word; all that follows does not matter then
  std::string key_set_file;  // JWKS; without it and the next: tokens are refused
  KeySource key_source;      // or where it is fetched; at most one of the two
  TokenRules token_rules;
  std::string clients_file;  // empty: certificates are refused
  std::string methods_file;  // empty: what is built in
  // For so long the last keys that could be read are good once their file is broken or a fetch has
  // failed, however seldom they are fetched.
  absl::Duration stale_max = absl::Hours(1);
};

// Reads its files again when they change, looking once a second; a file that is broken changes
// nothing and is an error in the log. Keys of a URL are fetched beside that; no call waits for
// them. Thread-safe but for Start and Stop.
class Authority final : public platform::Service {
 public:
  // INVALID_ARGUMENT that names the file or URL that cannot be used. Keys of a URL are not waited
  // for: their tokens are UNAVAILABLE until they are there.
  static absl::StatusOr<std::unique_ptr<Authority>> Open(AuthoritySettings settings);
  ~Authority() override;

  std::string_view name() const override { return "identity"; }
  absl::Status Start() override;
  void Stop(absl::Duration grace) override;
  // UNAVAILABLE until keys of a URL were fetched for the first time.
  absl::Status Ready() const override;

  // Callers say who they are. Then the principal's id may be empty, everybody may enter every
  // workspace, and methods ask for roles by themselves.
  bool believes() const { return settings_.believe; }

  // A token goes before a certificate: it says for whom a service calls. UNAUTHENTICATED
  // CREDENTIALS_MISSING, INVALID_TOKEN, UNKNOWN_KEY, EXPIRED_TOKEN, UNKNOWN_CLIENT; UNAVAILABLE
  // KEYS_STALE when the keys' file has been broken, or their issuer silent, for too long; that has
  // them fetched sooner.
  // Believing: INVALID_ARGUMENT INVALID_PRINCIPAL.
  absl::StatusOr<Principal> Identify(const Evidence& evidence, absl::Time now) const;

  // Of the principal's roles those that may call `method` ("baton.v1.LeadService/GetLead").
  // PERMISSION_DENIED METHOD_DENIED if there is none.
  absl::StatusOr<std::set<Role>> RolesFor(const Principal& principal,
                                          const std::string& method) const;

  // Looks at the files, and at what the issuer answered, now. For tests; the service's own thread
  // does so once a second.
  void Reload(absl::Time now);

 private:
  struct Keys;  // with the tokens that they verified lately
  struct File {
    std::string path;
    std::function<absl::Status(const std::string& text)> take;
    std::string text;   // as it was seen last
    bool good = false;  // it could be taken
  };

  explicit Authority(AuthoritySettings settings);
  void LookAtIssuer(absl::Time now);
  void TakeAnswer(absl::StatusOr<std::string> text);  // of the issuer
  bool takes_tokens() const {
    return !settings_.key_set_file.empty() || !settings_.key_source.url.empty();
  }
  void AddFile(const std::string& path, std::function<absl::Status(const std::string&)> take);
  absl::Status TakeKeys(const std::string& text);
  absl::Status TakeClients(const std::string& text);
  absl::Status TakeMethods(const std::string& text);
  absl::StatusOr<Principal> IdentifyByToken(const std::string& authorization, absl::Time now) const;

  const AuthoritySettings settings_;
  std::vector<File> files_;                    // of the thread that reloads, as all up to the mutex
  std::string fetched_;                        // what the keys were made of
  std::string fetch_error_;                    // the last; empty: it went well
  const std::unique_ptr<KeyFetcher> fetcher_;  // nullptr: no URL
  mutable absl::Mutex mutex_;
  std::shared_ptr<Keys> keys_ ABSL_GUARDED_BY(mutex_);
  // When it was last seen that their file is not broken or the latest fetch went well.
  absl::Time keys_good_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::shared_ptr<const ClientMap> clients_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const MethodPolicy> methods_ ABSL_GUARDED_BY(mutex_);
  platform::Worker reloader_;
};

}  // namespace baton::identity

#endif  // BATON_IDENTITY_AUTHORITY_H_
