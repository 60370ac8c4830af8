#include "dispatch/account_service.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "core/errors.h"
#include "core/text.h"
#include "dispatch/account_mapping.h"
#include "dispatch/pages.h"
#include "dispatch/require_workspace.h"
#include "dispatch/resource_names.h"
#include "dispatch/roster_mapping.h"
#include "store/store_errors.h"

namespace baton::dispatch {
namespace {

constexpr int kAccountRoundsMax = 5;
constexpr size_t kLookupBytesMax = 1024;

core::TimeMs NowMs() {
  return absl::ToUnixMillis(absl::Now());
}

// What the store says of a change that it did not take.
absl::Status RefusalOf(const store::AccountResult& result, const core::AccountKey& key) {
  switch (result.code) {
    case store::AccountCode::kUnknownWorkspace:
      return store::WorkspaceNotFound(key.workspace);
    case store::AccountCode::kUnreadable:
    case store::AccountCode::kTooMany:
    case store::AccountCode::kGroupFull:
      return result.problem;
    case store::AccountCode::kDomainTaken:
      return store::DomainTaken(result.domain, result.holder);
    case store::AccountCode::kCommitted:
    case store::AccountCode::kStaleRevision:
      break;
  }
  return core::Error(absl::StatusCode::kAborted, "CONTENTION",
                     absl::StrCat("account ", key.account.str(), " changes all the time"));
}

// An answer that holds one account.
template <typename Response>
absl::StatusOr<Response> WithAccount(absl::StatusOr<v1::Account> account) {
  if (!account.ok()) return account.status();
  Response response;
  *response.mutable_account() = *std::move(account);
  return response;
}

absl::StatusOr<v1::Account> AsMessage(const absl::StatusOr<core::AccountRecord>& record) {
  if (!record.ok()) return record.status();
  return ToProto(*record);
}

absl::Status CheckAccountEtag(int64_t expected, const core::AccountRecord& record) {
  const int64_t found = record.exists() ? record.revision : 0;
  return expected < 0 || expected == found ? absl::OkStatus()
                                           : store::EtagMismatch(expected, found);
}

void Explain(v1::LookupAccountResponse& response) {
  if (response.looked_up().empty()) {
    response.set_explanation(
        "no company's domain: mail providers' domains and public suffixes never match");
  } else if (!response.has_account()) {
    response.set_explanation(
        absl::StrCat("no account has the domain ", absl::StrJoin(response.looked_up(), " or ")));
  } else {
    response.set_explanation(absl::StrCat(
        "matched by the domain ", response.domain(),
        response.owners().empty() ? "; nobody owns it, so its leads go to the queue" : ""));
  }
}

}  // namespace

AccountService::AccountService(store::WorkspaceStore& workspaces, store::AccountStore& accounts,
                               const CallRunner& runner, const TokenSealer& sealer)
    : workspaces_(workspaces), accounts_(accounts), runner_(runner), sealer_(sealer) {}

::grpc::ServerUnaryReactor* AccountService::CreateAccount(::grpc::CallbackServerContext* context,
                                                          const ::grpc::ByteBuffer* request,
                                                          ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::CreateAccountRequest& wanted) {
                             return WithAccount<v1::CreateAccountResponse>(Create(wanted));
                           });
}

::grpc::ServerUnaryReactor* AccountService::GetAccount(::grpc::CallbackServerContext* context,
                                                       const ::grpc::ByteBuffer* request,
                                                       ::grpc::ByteBuffer* response) {
  return runner_.Run(context, request, response, [this](const v1::GetAccountRequest& wanted) {
    return WithAccount<v1::GetAccountResponse>(Get(wanted));
  });
}

::grpc::ServerUnaryReactor* AccountService::ListAccounts(::grpc::CallbackServerContext* context,
                                                         const ::grpc::ByteBuffer* request,
                                                         ::grpc::ByteBuffer* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::ListAccountsRequest& wanted) { return List(wanted); });
}

::grpc::ServerUnaryReactor* AccountService::UpdateAccount(::grpc::CallbackServerContext* context,
                                                          const ::grpc::ByteBuffer* request,
                                                          ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::UpdateAccountRequest& wanted) {
                             return WithAccount<v1::UpdateAccountResponse>(Update(wanted));
                           });
}

::grpc::ServerUnaryReactor* AccountService::DeleteAccount(::grpc::CallbackServerContext* context,
                                                          const ::grpc::ByteBuffer* request,
                                                          ::grpc::ByteBuffer* response) {
  return runner_.RunChange(
      context, request, response,
      [this](const v1::DeleteAccountRequest& wanted) { return Delete(wanted); });
}

::grpc::ServerUnaryReactor* AccountService::LookupAccount(::grpc::CallbackServerContext* context,
                                                          const ::grpc::ByteBuffer* request,
                                                          ::grpc::ByteBuffer* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::LookupAccountRequest& wanted) { return Lookup(wanted); });
}

absl::StatusOr<core::AccountRecord> AccountService::Load(const core::AccountKey& key) {
  auto loaded = accounts_.LoadAccounts({&key, 1});
  if (!loaded.ok()) return loaded.status();
  return std::move(loaded->records.front());
}

absl::StatusOr<core::AccountRecord> AccountService::ChangeAccount(const core::AccountKey& key,
                                                                  const AccountChange& change) {
  store::AccountResult result;
  for (int round = 0; round < kAccountRoundsMax; ++round) {
    absl::StatusOr<core::AccountRecord> record = Load(key);
    if (!record.ok()) return record.status();
    store::AccountChange wanted{record->revision, *std::move(record), 0, 0};
    if (absl::Status status = change(wanted.after); !status.ok()) return status;
    const auto results = accounts_.CommitAccounts({&wanted, 1});
    if (!results.ok()) return results.status();
    result = results->front();
    if (result.code == store::AccountCode::kCommitted) {
      wanted.after.revision = result.revision;
      return std::move(wanted.after);
    }
    if (result.code != store::AccountCode::kStaleRevision) break;
  }
  return RefusalOf(result, key);
}

absl::StatusOr<v1::Account> AccountService::Create(const v1::CreateAccountRequest& request) {
  const auto workspace = ParseWorkspace("parent", request.parent());
  if (!workspace.ok()) return workspace.status();
  const auto id = core::AccountId::Parse(request.account_id());
  if (!id.ok()) {
    return core::FieldError("account_id", "must be 1 to 64 characters of [A-Za-z0-9_-]");
  }
  const core::AccountKey key{*workspace, *id};
  const auto account = FromProto(key, request.account());
  if (!account.ok()) return account.status();
  return AsMessage(ChangeAccount(key, [&](core::AccountRecord& record) {
    if (record.exists()) {
      return core::Error(absl::StatusCode::kAlreadyExists, "ACCOUNT_EXISTS",
                         absl::StrCat("account ", id->str(), " exists already"),
                         {{"account", id->str()}});
    }
    core::Write(*account, NowMs(), record);
    return absl::OkStatus();
  }));
}

absl::StatusOr<v1::Account> AccountService::Get(const v1::GetAccountRequest& request) {
  const auto key = ParseAccount("name", request.name());
  if (!key.ok()) return key.status();
  const absl::StatusOr<core::AccountRecord> record = Load(*key);
  if (record.ok() && !record->exists()) return store::AccountNotFound(key->account);
  return AsMessage(record);
}

absl::StatusOr<v1::ListAccountsResponse> AccountService::List(
    const v1::ListAccountsRequest& request) {
  const auto workspace = ParseWorkspace("parent", request.parent());
  if (!workspace.ok()) return workspace.status();
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const std::string context = absl::StrCat("ListAccounts|", request.parent());
  const auto after = OpenPageToken(sealer_, context, request.page_token());
  if (!after.ok()) return after.status();
  if (absl::Status known = RequireWorkspace(workspaces_, *workspace); !known.ok()) return known;
  const auto page = accounts_.ListAccounts(*workspace, *after, *page_size);
  if (!page.ok()) return page.status();
  v1::ListAccountsResponse response;
  std::string next = page->next_after;
  size_t bytes = 0;
  for (const core::AccountRecord& record : page->accounts) {
    v1::Account& account = *response.add_accounts();
    account = ToProto(record);
    bytes += account.ByteSizeLong();
    if (bytes < kPageBytesMax || &record == &page->accounts.back()) continue;
    next = record.account.id.str();
    break;
  }
  if (!next.empty()) response.set_next_page_token(MakePageToken(sealer_, context, next));
  return response;
}

absl::StatusOr<v1::Account> AccountService::Update(const v1::UpdateAccountRequest& request) {
  const auto key = ParseAccount("account.name", request.account().name());
  if (!key.ok()) return key.status();
  const auto expected = ParseEtag("account.etag", request.account().etag(), -1);
  if (!expected.ok()) return expected.status();
  return AsMessage(ChangeAccount(*key, [&](core::AccountRecord& record) {
    if (!record.exists() && !request.allow_missing()) return store::AccountNotFound(key->account);
    if (absl::Status status = CheckAccountEtag(*expected, record); !status.ok()) return status;
    const auto merged = Masked(ToProto(record), request.account(), request.update_mask());
    if (!merged.ok()) return merged.status();
    const auto account = FromProto(*key, *merged);
    if (!account.ok()) return account.status();
    core::Write(*account, NowMs(), record);
    return absl::OkStatus();
  }));
}

absl::StatusOr<v1::DeleteAccountResponse> AccountService::Delete(
    const v1::DeleteAccountRequest& request) {
  const auto key = ParseAccount("name", request.name());
  if (!key.ok()) return key.status();
  const auto expected = ParseEtag("etag", request.etag(), -1);
  if (!expected.ok()) return expected.status();
  const auto deleted = ChangeAccount(*key, [&](core::AccountRecord& record) {
    if (!record.exists()) return store::AccountNotFound(key->account);
    if (absl::Status status = CheckAccountEtag(*expected, record); !status.ok()) return status;
    core::Delete(NowMs(), record);
    return absl::OkStatus();
  });
  if (!deleted.ok()) return deleted.status();
  return v1::DeleteAccountResponse();
}

absl::StatusOr<v1::LookupAccountResponse> AccountService::Lookup(
    const v1::LookupAccountRequest& request) {
  const auto workspace = ParseWorkspace("parent", request.parent());
  if (!workspace.ok()) return workspace.status();
  const std::string& text = request.email_or_domain();
  if (text.empty() || text.size() > kLookupBytesMax) {
    return core::FieldError("email_or_domain",
                            absl::StrCat("must be 1 to ", kLookupBytesMax, " bytes"));
  }
  if (absl::Status known = RequireWorkspace(workspaces_, *workspace); !known.ok()) return known;
  store::AccountQuery query{*workspace, core::AccountDomains(text)};
  const auto views = accounts_.MatchAccounts({&query, 1});
  if (!views.ok()) return views.status();
  if (!views->front().ok()) return views->front().status();
  const core::AccountView& view = *views->front();
  v1::LookupAccountResponse response;
  for (const std::string& domain : query.domains) response.add_looked_up(domain);
  if (view.found()) {
    const absl::StatusOr<core::AccountRecord> record = Load({*workspace, view.account.id});
    if (!record.ok()) return record.status();
    *response.mutable_account() = ToProto(*record);
    response.set_domain(view.domain);
    for (const core::Owner& owner : core::OwnersOf(view, core::RepId())) {
      *response.add_owners() = ToProto(*workspace, owner);
    }
  }
  Explain(response);
  return response;
}

}  // namespace baton::dispatch
