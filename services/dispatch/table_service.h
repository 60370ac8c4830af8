// TableService of baton.v1.
#ifndef BATON_DISPATCH_TABLE_SERVICE_H_
#define BATON_DISPATCH_TABLE_SERVICE_H_

#include "baton/v1/table_service.grpc.pb.h"
#include "dispatch/call_runner.h"
#include "dispatch/caller_gate.h"
#include "dispatch/raw_methods.h"
#include "dispatch/token_sealer.h"
#include "store/table_store.h"
#include "store/workspace_store.h"

namespace baton::dispatch {

// Thread-safe.
class TableService final
    : public RawMethods<::baton::v1::TableService::Service,
                        ::baton::v1::TableService::WithRawCallbackMethod_CreateTable,
                        ::baton::v1::TableService::WithRawCallbackMethod_GetTable,
                        ::baton::v1::TableService::WithRawCallbackMethod_ListTables,
                        ::baton::v1::TableService::WithRawCallbackMethod_DeleteTable> {
 public:
  TableService(store::WorkspaceStore& workspaces, store::TableStore& tables,
               const CallRunner& runner, const TokenSealer& sealer);

  ::grpc::ServerUnaryReactor* CreateTable(::grpc::CallbackServerContext* context,
                                          const ::grpc::ByteBuffer* request,
                                          ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* GetTable(::grpc::CallbackServerContext* context,
                                       const ::grpc::ByteBuffer* request,
                                       ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ListTables(::grpc::CallbackServerContext* context,
                                         const ::grpc::ByteBuffer* request,
                                         ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* DeleteTable(::grpc::CallbackServerContext* context,
                                          const ::grpc::ByteBuffer* request,
                                          ::grpc::ByteBuffer* response) override;

 private:
  absl::StatusOr<::baton::v1::CreateTableResponse> Create(
      const Caller& caller, const ::baton::v1::CreateTableRequest& request);
  absl::StatusOr<::baton::v1::GetTableResponse> Get(const ::baton::v1::GetTableRequest& request);
  absl::StatusOr<::baton::v1::ListTablesResponse> List(
      const ::baton::v1::ListTablesRequest& request);
  absl::StatusOr<::baton::v1::DeleteTableResponse> Delete(
      const Caller& caller, const ::baton::v1::DeleteTableRequest& request);

  store::WorkspaceStore& workspaces_;
  store::TableStore& tables_;
  const CallRunner& runner_;
  const TokenSealer& sealer_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_TABLE_SERVICE_H_
