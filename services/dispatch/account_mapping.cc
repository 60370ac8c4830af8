#include "dispatch/account_mapping.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "dispatch/proto_mapping.h"
#include "dispatch/resource_names.h"
#include "dispatch/roster_mapping.h"
#include "dispatch/wire_status.h"

namespace baton::dispatch {
namespace {

v1::OwnerRank RankToProto(core::OwnerRank rank) {
  switch (rank) {
    case core::OwnerRank::kOpenOpportunity:
      return v1::OWNER_RANK_OPEN_OPPORTUNITY;
    case core::OwnerRank::kCustomer:
      return v1::OWNER_RANK_CUSTOMER;
    case core::OwnerRank::kAccount:
      return v1::OWNER_RANK_ACCOUNT;
    case core::OwnerRank::kSiblingDomain:
      return v1::OWNER_RANK_SIBLING_DOMAIN;
    case core::OwnerRank::kLastOwner:
      return v1::OWNER_RANK_LAST_OWNER;
  }
  return v1::OWNER_RANK_UNSPECIFIED;
}

core::RepId ReadOwner(const core::WorkspaceId& workspace, absl::string_view field,
                      const std::string& name, Violations& violations) {
  if (name.empty()) return {};
  const auto rep = ParseRep(field, name);
  if (!rep.ok()) {
    violations.Add(rep.status());
    return {};
  }
  if (rep->workspace != workspace) violations.Add(field, "must be of the account's workspace");
  return rep->rep;
}

}  // namespace

v1::Account ToProto(const core::AccountRecord& record) {
  const core::Account& account = record.account;
  const core::WorkspaceId& workspace = record.key.workspace;
  v1::Account message;
  message.set_name(FormatAccount(record.key));
  message.set_etag(absl::StrCat(record.revision));
  message.set_display_name(account.name);
  for (const std::string& domain : account.domains) message.add_domains(domain);
  message.set_group(account.group.str());
  message.set_owner(FormatRep(workspace, account.owner));
  message.set_customer(account.customer);
  message.set_customer_owner(FormatRep(workspace, account.customer_owner));
  message.set_open_opportunity(account.open_opportunity);
  message.set_opportunity_owner(FormatRep(workspace, account.opportunity_owner));
  *message.mutable_write_time() = ToTimestamp(record.writer.occurred_at_ms);
  message.set_writer(record.writer.event_id);
  return message;
}

v1::Owner ToProto(const core::WorkspaceId& workspace, const core::Owner& owner) {
  v1::Owner message;
  message.set_rep(FormatRep(workspace, owner.rep));
  message.set_rank(RankToProto(owner.rank));
  if (!owner.account.empty()) message.set_account(FormatAccount({workspace, owner.account}));
  return message;
}

v1::AccountFinding ToProto(const core::WorkspaceId& workspace,
                           const core::AccountFinding& finding) {
  v1::AccountFinding message;
  if (!finding.account.empty()) {
    message.set_account(FormatAccount({workspace, finding.account}));
    message.set_account_etag(absl::StrCat(finding.revision));
    message.set_domain(finding.domain);
  }
  for (const core::Owner& owner : finding.owners) *message.add_owners() = ToProto(workspace, owner);
  return message;
}

absl::StatusOr<core::Account> FromProto(const core::AccountKey& key, const v1::Account& message) {
  Violations violations;
  core::Account account;
  account.id = key.account;
  account.name = message.display_name();
  account.domains.assign(message.domains().begin(), message.domains().end());
  if (!message.group().empty()) {
    const auto group = core::AccountGroupId::Parse(message.group());
    if (!group.ok()) {
      violations.Add("account.group", "must be 1 to 64 characters of [A-Za-z0-9_-]");
    }
    account.group = group.value_or(core::AccountGroupId());
  }
  const core::WorkspaceId& workspace = key.workspace;
  account.owner = ReadOwner(workspace, "account.owner", message.owner(), violations);
  account.customer = message.customer();
  account.customer_owner =
      ReadOwner(workspace, "account.customer_owner", message.customer_owner(), violations);
  account.open_opportunity = message.open_opportunity();
  account.opportunity_owner =
      ReadOwner(workspace, "account.opportunity_owner", message.opportunity_owner(), violations);
  absl::StatusOr<core::Account> checked = core::CheckedAccount(std::move(account), "account.");
  if (!checked.ok()) violations.Add(checked.status());
  if (!violations.empty()) return violations.status();
  return checked;
}

absl::StatusOr<v1::Account> Masked(const v1::Account& stored, const v1::Account& update,
                                   const google::protobuf::FieldMask& mask) {
  if (mask.paths().empty()) return update;
  v1::Account merged = stored;
  for (const std::string& path : mask.paths()) {
    if (path == "display_name") {
      merged.set_display_name(update.display_name());
    } else if (path == "domains") {
      *merged.mutable_domains() = update.domains();
    } else if (path == "group") {
      merged.set_group(update.group());
    } else if (path == "owner") {
      merged.set_owner(update.owner());
    } else if (path == "customer") {
      merged.set_customer(update.customer());
    } else if (path == "customer_owner") {
      merged.set_customer_owner(update.customer_owner());
    } else if (path == "open_opportunity") {
      merged.set_open_opportunity(update.open_opportunity());
    } else if (path == "opportunity_owner") {
      merged.set_opportunity_owner(update.opportunity_owner());
    } else {
      return UnknownPath(path,
                         "display_name, domains, group, owner, customer, customer_owner, "
                         "open_opportunity, opportunity_owner");
    }
  }
  return merged;
}

}  // namespace baton::dispatch
