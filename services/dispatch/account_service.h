// AccountService of baton.v1.
#ifndef BATON_DISPATCH_ACCOUNT_SERVICE_H_
#define BATON_DISPATCH_ACCOUNT_SERVICE_H_

#include <functional>

#include "baton/v1/account_service.grpc.pb.h"
#include "core/account.h"
#include "dispatch/call_runner.h"
#include "dispatch/token_sealer.h"
#include "store/account_store.h"
#include "store/workspace_store.h"

namespace baton::dispatch {

// Owners need not be in the roster: an account may name somebody who joins later. Thread-safe.
class AccountService final : public ::baton::v1::AccountService::CallbackService {
 public:
  AccountService(store::WorkspaceStore& workspaces, store::AccountStore& accounts,
                 const CallRunner& runner, const TokenSealer& sealer);

  ::grpc::ServerUnaryReactor* CreateAccount(::grpc::CallbackServerContext* context,
                                            const ::baton::v1::CreateAccountRequest* request,
                                            ::baton::v1::CreateAccountResponse* response) override;
  ::grpc::ServerUnaryReactor* GetAccount(::grpc::CallbackServerContext* context,
                                         const ::baton::v1::GetAccountRequest* request,
                                         ::baton::v1::GetAccountResponse* response) override;
  ::grpc::ServerUnaryReactor* ListAccounts(::grpc::CallbackServerContext* context,
                                           const ::baton::v1::ListAccountsRequest* request,
                                           ::baton::v1::ListAccountsResponse* response) override;
  ::grpc::ServerUnaryReactor* UpdateAccount(::grpc::CallbackServerContext* context,
                                            const ::baton::v1::UpdateAccountRequest* request,
                                            ::baton::v1::UpdateAccountResponse* response) override;
  ::grpc::ServerUnaryReactor* DeleteAccount(::grpc::CallbackServerContext* context,
                                            const ::baton::v1::DeleteAccountRequest* request,
                                            ::baton::v1::DeleteAccountResponse* response) override;
  ::grpc::ServerUnaryReactor* LookupAccount(::grpc::CallbackServerContext* context,
                                            const ::baton::v1::LookupAccountRequest* request,
                                            ::baton::v1::LookupAccountResponse* response) override;

 private:
  // Makes of what is stored what is to be stored; an error ends the call.
  using AccountChange = std::function<absl::Status(core::AccountRecord& record)>;

  absl::StatusOr<::baton::v1::Account> Create(const ::baton::v1::CreateAccountRequest& request);
  absl::StatusOr<::baton::v1::Account> Get(const ::baton::v1::GetAccountRequest& request);
  absl::StatusOr<::baton::v1::ListAccountsResponse> List(
      const ::baton::v1::ListAccountsRequest& request);
  absl::StatusOr<::baton::v1::Account> Update(const ::baton::v1::UpdateAccountRequest& request);
  absl::StatusOr<::baton::v1::DeleteAccountResponse> Delete(
      const ::baton::v1::DeleteAccountRequest& request);
  absl::StatusOr<::baton::v1::LookupAccountResponse> Lookup(
      const ::baton::v1::LookupAccountRequest& request);

  absl::StatusOr<core::AccountRecord> Load(const core::AccountKey& key);
  // Reads, changes and writes; again when somebody else wrote meanwhile.
  absl::StatusOr<core::AccountRecord> ChangeAccount(const core::AccountKey& key,
                                                    const AccountChange& change);

  store::WorkspaceStore& workspaces_;
  store::AccountStore& accounts_;
  const CallRunner& runner_;
  const TokenSealer& sealer_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_ACCOUNT_SERVICE_H_
