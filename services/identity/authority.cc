#include "identity/authority.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "core/errors.h"
#include "platform/log.h"
#include "platform/steady_time.h"

namespace baton::identity {
namespace {

constexpr absl::Duration kLookInterval = absl::Seconds(1);
constexpr absl::Duration kFirstLookInterval = absl::Milliseconds(50);  // while there are no keys
constexpr size_t kFileBytesMax = 1024 * 1024;
constexpr size_t kVerifiedMax = 10'000;  // tokens remembered
constexpr absl::string_view kUnknownKey = "UNKNOWN_KEY";
constexpr absl::string_view kScheme = "bearer ";

std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text(kFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  if (file.bad() || text.size() > kFileBytesMax) return std::nullopt;
  return text;
}

absl::Status InvalidPrincipal(const std::string& message) {
  return core::Error(absl::StatusCode::kInvalidArgument, "INVALID_PRINCIPAL", message);
}

// The caller's word. Nobody in particular may call as well.
absl::StatusOr<Principal> Believe(const Evidence& evidence) {
  Principal principal;
  principal.every_workspace = true;
  principal.id = evidence.stated_principal;
  if (!principal.id.empty() && !IsPrincipalId(principal.id)) {
    return InvalidPrincipal(absl::StrCat(kPrincipalHeader, " must be 1 to ", kPrincipalBytesMax,
                                         " characters of A-Z, a-z, 0-9 and ._@+-"));
  }
  for (const absl::string_view name :
       absl::StrSplit(evidence.stated_roles, ',', absl::SkipEmpty())) {
    const auto role = RoleNamed(absl::StripAsciiWhitespace(name));
    if (!role.has_value()) {
      return InvalidPrincipal(absl::StrCat(kRolesHeader, " lists roles of marketing, sales, rep, ",
                                           "admin and service, separated by commas"));
    }
    principal.roles.insert(*role);
  }
  return principal;
}

}  // namespace

struct Authority::Keys {
  KeySet set;
  absl::Mutex mutex;
  absl::flat_hash_map<std::string, Principal> verified ABSL_GUARDED_BY(mutex);

  std::optional<Principal> Remembered(const std::string& token, absl::Time now) {
    absl::MutexLock lock(&mutex);
    const auto found = verified.find(token);
    if (found == verified.end() || now >= found->second.expires_at) return std::nullopt;
    return found->second;
  }
  void Remember(const std::string& token, const Principal& principal) {
    absl::MutexLock lock(&mutex);
    if (verified.size() >= kVerifiedMax) verified.clear();
    verified[token] = principal;
  }
};

Authority::Authority(AuthoritySettings settings)
    : settings_(std::move(settings)),
      fetcher_(settings_.believe || settings_.key_source.url.empty()
                   ? nullptr
                   : std::make_unique<KeyFetcher>(settings_.key_source)) {
  if (settings_.believe) return;
  AddFile(settings_.key_set_file, [this](const std::string& text) { return TakeKeys(text); });
  AddFile(settings_.clients_file, [this](const std::string& text) { return TakeClients(text); });
  AddFile(settings_.methods_file, [this](const std::string& text) { return TakeMethods(text); });
}

Authority::~Authority() {
  Stop(absl::ZeroDuration());
}

void Authority::AddFile(const std::string& path,
                        std::function<absl::Status(const std::string&)> take) {
  if (!path.empty()) files_.push_back({path, std::move(take)});
}

absl::StatusOr<std::unique_ptr<Authority>> Authority::Open(AuthoritySettings settings) {
  const KeySource& source = settings.key_source;
  if (absl::Status fit = source.url.empty() ? absl::OkStatus() : CheckKeyUrl(source.url);
      !fit.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(source.url, " ", fit.message()));
  }
  if (!source.ca_file.empty() && !ReadFile(source.ca_file).has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(source.ca_file, ": cannot be read"));
  }
  std::unique_ptr<Authority> authority(new Authority(std::move(settings)));
  if (absl::Status built_in = authority->TakeMethods(std::string(BuiltInMethods()));
      !built_in.ok()) {
    return built_in;
  }
  for (File& file : authority->files_) {
    const std::optional<std::string> text = ReadFile(file.path);
    const absl::Status taken =
        text.has_value() ? file.take(*text) : absl::NotFoundError("cannot be read");
    if (!taken.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(file.path, ": ", taken.message()));
    }
    file.text = *text;
    file.good = true;
  }
  authority->Reload(absl::Now());
  return authority;
}

absl::Status Authority::Start() {
  reloader_.Start([this] {
    while (!reloader_.StopsWithin(Ready().ok() ? kLookInterval : kFirstLookInterval)) {
      Reload(absl::Now());
    }
  });
  return absl::OkStatus();
}

void Authority::Stop(absl::Duration grace) {
  reloader_.Stop(grace);
}

absl::Status Authority::Ready() const {
  absl::MutexLock lock(&mutex_);
  if (fetcher_ == nullptr || keys_ != nullptr) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("the keys of ", settings_.key_source.url, " have not been fetched yet"));
}

void Authority::LookAtIssuer(absl::Time now) {
  if (auto answer = fetcher_->Look(platform::SteadyNow()); answer.has_value()) {
    TakeAnswer(*std::move(answer));
  }
  if (!fetch_error_.empty()) return;
  absl::MutexLock lock(&mutex_);
  keys_good_at_ = now;
}

void Authority::TakeAnswer(absl::StatusOr<std::string> text) {
  // The same keys stay, with the tokens that they verified.
  const bool same = text.ok() && *text == fetched_;
  const absl::Status taken = same || !text.ok() ? text.status() : TakeKeys(*text);
  if (taken.ok()) {
    if (!same) platform::LogInfo("identity.keys_fetched", {{"url", settings_.key_source.url}});
    fetched_ = *std::move(text);
    fetch_error_.clear();
  } else if (fetch_error_ != taken.message()) {
    fetch_error_ = std::string(taken.message());
    platform::LogError("identity.keys_not_fetched",
                       {{"url", settings_.key_source.url}, {"error", fetch_error_}});
  }
}

void Authority::Reload(absl::Time now) {
  if (fetcher_ != nullptr) LookAtIssuer(now);
  for (File& file : files_) {
    const std::optional<std::string> text = ReadFile(file.path);
    const bool changed = text.value_or("") != file.text;
    if (changed) {
      file.text = text.value_or("");
      const absl::Status taken =
          text.has_value() ? file.take(*text) : absl::NotFoundError("cannot be read");
      file.good = taken.ok();
      if (taken.ok()) {
        platform::LogInfo("identity.file_reloaded", {{"file", file.path}});
      } else {
        platform::LogError("identity.file_broken",
                           {{"file", file.path}, {"error", std::string(taken.message())}});
      }
    }
    if (file.good && file.path == settings_.key_set_file) {
      absl::MutexLock lock(&mutex_);
      keys_good_at_ = now;
    }
  }
}

absl::Status Authority::TakeKeys(const std::string& text) {
  absl::StatusOr<KeySet> set = KeySet::Parse(text);
  if (!set.ok()) return set.status();
  auto keys = std::make_shared<Keys>();
  keys->set = *std::move(set);
  absl::MutexLock lock(&mutex_);
  keys_ = std::move(keys);
  return absl::OkStatus();
}

absl::Status Authority::TakeClients(const std::string& text) {
  absl::StatusOr<ClientMap> clients = ClientMap::Parse(text);
  if (!clients.ok()) return clients.status();
  absl::MutexLock lock(&mutex_);
  clients_ = std::make_shared<const ClientMap>(*std::move(clients));
  return absl::OkStatus();
}

absl::Status Authority::TakeMethods(const std::string& text) {
  absl::StatusOr<MethodPolicy> methods = MethodPolicy::Parse(text);
  if (!methods.ok()) return methods.status();
  absl::MutexLock lock(&mutex_);
  methods_ = std::make_shared<const MethodPolicy>(*std::move(methods));
  return absl::OkStatus();
}

absl::StatusOr<Principal> Authority::Identify(const Evidence& evidence, absl::Time now) const {
  if (settings_.believe) return Believe(evidence);
  if (!evidence.authorization.empty()) return IdentifyByToken(evidence.authorization, now);
  std::shared_ptr<const ClientMap> clients;
  {
    absl::MutexLock lock(&mutex_);
    clients = clients_;
  }
  if (clients != nullptr && !evidence.names.empty()) return clients->Find(evidence.names);
  return core::Error(absl::StatusCode::kUnauthenticated, "CREDENTIALS_MISSING",
                     takes_tokens()
                         ? "this call needs a token: metadata authorization: Bearer TOKEN"
                         : "this call needs a client certificate");
}

absl::StatusOr<Principal> Authority::IdentifyByToken(const std::string& authorization,
                                                     absl::Time now) const {
  std::shared_ptr<Keys> keys;
  absl::Time good_at;
  {
    absl::MutexLock lock(&mutex_);
    keys = keys_;
    good_at = keys_good_at_;
  }
  if (!takes_tokens() || !absl::StartsWithIgnoreCase(authorization, kScheme)) {
    return core::Error(absl::StatusCode::kUnauthenticated, "INVALID_TOKEN",
                       takes_tokens() ? "the metadata authorization must be: Bearer TOKEN"
                                      : "tokens are not taken here: show a client certificate");
  }
  if (keys == nullptr || now - good_at > settings_.stale_max) {
    if (fetcher_ != nullptr) fetcher_->Ask();
    return core::Error(absl::StatusCode::kUnavailable, "KEYS_STALE",
                       keys == nullptr
                           ? "the keys that verify tokens have not been fetched yet"
                           : "the keys that verify tokens have not been readable for too long");
  }
  const std::string token = authorization.substr(kScheme.size());
  if (auto known = keys->Remembered(token, now); known.has_value()) return *std::move(known);
  auto principal = VerifyToken(token, keys->set, settings_.token_rules, now);
  if (principal.ok()) {
    keys->Remember(token, *principal);
  } else if (fetcher_ != nullptr && core::ErrorReason(principal.status()) == kUnknownKey) {
    fetcher_->Ask();
  }
  return principal;
}

absl::StatusOr<std::set<Role>> Authority::RolesFor(const Principal& principal,
                                                   const std::string& method) const {
  std::shared_ptr<const MethodPolicy> methods;
  {
    absl::MutexLock lock(&mutex_);
    methods = methods_;
  }
  const std::set<Role>& allowed = methods->RolesFor(method);
  std::set<Role> roles;
  std::set_intersection(allowed.begin(), allowed.end(), principal.roles.begin(),
                        principal.roles.end(), std::inserter(roles, roles.end()));
  if (!roles.empty()) return roles;
  return core::Error(absl::StatusCode::kPermissionDenied, "METHOD_DENIED",
                     absl::StrCat("no role of ", principal.id, " may call ", method),
                     {{"principal", principal.id}, {"method", method}});
}

}  // namespace baton::identity
