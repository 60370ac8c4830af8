#include "batonctl/webhook_view.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "batonctl/format.h"

namespace baton::batonctl {
namespace {

// What it is for: "assigned, sla_warned of inside"; "all".
std::string PurposeText(const v1::Webhook& webhook) {
  std::string text = webhook.types().empty() ? "all" : absl::StrJoin(webhook.types(), ", ");
  if (!webhook.queues().empty()) {
    absl::StrAppend(&text, " of ", absl::StrJoin(webhook.queues(), ", "));
  }
  return text;
}

std::string StateText(const v1::Webhook& webhook) {
  if (webhook.state() == v1::Webhook::STATE_DISABLED) return "disabled";
  if (webhook.state() == v1::Webhook::STATE_PARKED) return "PARKED";
  return webhook.has_failing_since() ? "failing" : "enabled";
}

void AddIfSaid(const char* what, const std::string& text, Table& table) {
  if (!text.empty()) table.AddRow({what, text});
}

}  // namespace

Table WebhooksTable(const std::vector<v1::Webhook>& webhooks) {
  Table table({"WEBHOOK", "URL", "CHANGES", "STATE", "DELIVERED", "LATEST", "LAST ERROR"},
              {"FAILING SINCE", "GIVEN UP", "CREATED", "BY", "ETAG"});
  for (const v1::Webhook& webhook : webhooks) {
    table.AddRow({ShortName(webhook.name()), webhook.url(), PurposeText(webhook),
                  StateText(webhook), absl::StrCat(webhook.delivered_count()),
                  FormatTime(webhook.last_delivery_time()), webhook.last_error(),
                  FormatTime(webhook.failing_since()), absl::StrCat(webhook.given_up_count()),
                  FormatTime(webhook.create_time()), webhook.creator(), webhook.etag()});
  }
  return table;
}

Table WebhookDetails(const v1::Webhook& webhook, const std::string& secret) {
  Table table({"", ""});
  table.AddRow({"webhook", ShortName(webhook.name())});
  AddIfSaid("secret", secret, table);
  table.AddRow({"url", webhook.url()});
  table.AddRow({"changes", PurposeText(webhook)});
  table.AddRow({"state", StateText(webhook)});
  AddIfSaid("failing since", FormatTime(webhook.failing_since()), table);
  AddIfSaid("parked", FormatTime(webhook.parked_time()), table);
  AddIfSaid("last error", webhook.last_error(), table);
  AddIfSaid("at", FormatTime(webhook.last_error_time()), table);
  table.AddRow({"delivered", absl::StrCat(webhook.delivered_count())});
  AddIfSaid("latest", FormatTime(webhook.last_delivery_time()), table);
  if (webhook.given_up_count() > 0) {
    table.AddRow({"given up", absl::StrCat(webhook.given_up_count())});
  }
  if (webhook.truncated()) {
    table.AddRow({"truncated", "Kafka may no longer have had all that was to be sent"});
  }
  AddIfSaid("latest ping", webhook.ping_outcome(), table);
  AddIfSaid("old secret signs until", FormatTime(webhook.old_secret_expire_time()), table);
  table.AddRow({"created", FormatTime(webhook.create_time())});
  table.AddRow({"by", webhook.creator()});
  table.AddRow({"etag", webhook.etag()});
  return table;
}

}  // namespace baton::batonctl
