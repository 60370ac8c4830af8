// AccountService of baton.v1.
#ifndef BATON_DISPATCH_ACCOUNT_SERVICE_H_
#define BATON_DISPATCH_ACCOUNT_SERVICE_H_

#include <functional>

#include "baton/v1/account_service.grpc.pb.h"
#include "core/account.h"
#include "dispatch/call_runner.h"
#include "dispatch/raw_methods.h"
#include "dispatch/token_sealer.h"
#include "store/account_store.h"
#include "store/workspace_store.h"

namespace baton::dispatch {

// Owners need not be in the roster: an account may name somebody who joins later. Thread-safe.
class AccountService final
    : public RawMethods<::baton::v1::AccountService::Service,
                        ::baton::v1::AccountService::WithRawCallbackMethod_CreateAccount,
                        ::baton::v1::AccountService::WithRawCallbackMethod_GetAccount,
                        ::baton::v1::AccountService::WithRawCallbackMethod_ListAccounts,
                        ::baton::v1::AccountService::WithRawCallbackMethod_UpdateAccount,
                        ::baton::v1::AccountService::WithRawCallbackMethod_DeleteAccount,
                        ::baton::v1::AccountService::WithRawCallbackMethod_LookupAccount> {
 public:
  AccountService(store::WorkspaceStore& workspaces, store::AccountStore& accounts,
                 const CallRunner& runner, const TokenSealer& sealer);

  ::grpc::ServerUnaryReactor* CreateAccount(::grpc::CallbackServerContext* context,
                                            const ::grpc::ByteBuffer* request,
                                            ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* GetAccount(::grpc::CallbackServerContext* context,
                                         const ::grpc::ByteBuffer* request,
                                         ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ListAccounts(::grpc::CallbackServerContext* context,
                                           const ::grpc::ByteBuffer* request,
                                           ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* UpdateAccount(::grpc::CallbackServerContext* context,
                                            const ::grpc::ByteBuffer* request,
                                            ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* DeleteAccount(::grpc::CallbackServerContext* context,
                                            const ::grpc::ByteBuffer* request,
                                            ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* LookupAccount(::grpc::CallbackServerContext* context,
                                            const ::grpc::ByteBuffer* request,
                                            ::grpc::ByteBuffer* response) override;

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
