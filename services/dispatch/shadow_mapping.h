// Between the messages of baton.v1 and the store's types: drafts beside the active policy. Pure
// functions.
#ifndef BATON_DISPATCH_SHADOW_MAPPING_H_
#define BATON_DISPATCH_SHADOW_MAPPING_H_

#include "baton/v1/policy_service.pb.h"
#include "core/ids.h"
#include "store/shadow_store.h"

namespace baton::dispatch {

namespace v1 = ::baton::v1;

v1::Shadow ToProto(const core::WorkspaceId& workspace, const store::ShadowRun& run);
v1::ShadowDifference ToProto(const core::WorkspaceId& workspace,
                             const core::ShadowDifference& difference);

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_SHADOW_MAPPING_H_
