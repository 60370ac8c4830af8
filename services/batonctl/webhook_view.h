// Webhooks as tables. Pure functions.
#ifndef BATON_BATONCTL_WEBHOOK_VIEW_H_
#define BATON_BATONCTL_WEBHOOK_VIEW_H_

#include <string>
#include <vector>

#include "baton/v1/webhook_service.pb.h"
#include "batonctl/table.h"

namespace baton::batonctl {

namespace v1 = ::baton::v1;

Table WebhooksTable(const std::vector<v1::Webhook>& webhooks);
// `secret`: shown if it is not empty.
Table WebhookDetails(const v1::Webhook& webhook, const std::string& secret);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_WEBHOOK_VIEW_H_
