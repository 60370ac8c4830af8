#include "store/redis/account_codec.h"

#include <utility>

#include "absl/strings/str_split.h"
#include "store/redis/parse_blob.h"
#include "store/redis/text.h"
#include "store/redis/writer_codec.h"

namespace baton::store::redis {
namespace {

// functions/account.lua
absl::Status DecodeAccountLine(absl::string_view line, core::AccountRecord& record) {
  Items items(line, "a stored account");
  items.Skip();  // format
  record.revision = items.Number();
  record.deleted = items.Number() == 0;
  const absl::string_view group = items.Word();
  record.account.group = core::AccountGroupId::Trusted({group.data(), group.size()});
  record.account.domains = absl::StrSplit(items.Word(), ',', absl::SkipEmpty());
  record.applied = items.Number();
  return items.status();
}

}  // namespace

std::string EncodeAccountBlob(const core::AccountRecord& record) {
  const core::Account& account = record.account;
  v1::Account out;
  out.set_name(account.name);
  out.set_owner(account.owner.str());
  out.set_customer(account.customer);
  out.set_customer_owner(account.customer_owner.str());
  out.set_open_opportunity(account.open_opportunity);
  out.set_opportunity_owner(account.opportunity_owner.str());
  SetWriter(record.writer, *out.mutable_writer());
  for (const auto& [log, offset] : record.applied_offsets) {
    (*out.mutable_applied_offsets())[log] = offset;
  }
  out.mutable_recent_events()->Add(record.recent_events.begin(), record.recent_events.end());
  return out.SerializeAsString();
}

absl::StatusOr<core::AccountRecord> DecodeAccount(const core::AccountKey& key,
                                                  const std::string& stored) {
  core::AccountRecord record;
  record.key = key;
  core::Account& account = record.account;
  account.id = key.account;
  const absl::string_view text = stored;
  const size_t end = text.find('\n');
  if (end == absl::string_view::npos) return Unreadable("a stored account");
  if (absl::Status status = DecodeAccountLine(text.substr(0, end), record); !status.ok()) {
    return status;
  }
  v1::Account blob;
  if (!Parse(text.substr(end + 1), blob)) return Unreadable("a stored account");
  account.name = blob.name();
  account.owner = core::RepId::Trusted(blob.owner());
  account.customer = blob.customer();
  account.customer_owner = core::RepId::Trusted(blob.customer_owner());
  account.open_opportunity = blob.open_opportunity();
  account.opportunity_owner = core::RepId::Trusted(blob.opportunity_owner());
  record.writer = GetWriter(blob.writer());
  record.applied_offsets.insert(blob.applied_offsets().begin(), blob.applied_offsets().end());
  record.recent_events.assign(blob.recent_events().begin(), blob.recent_events().end());
  return record;
}

void SetFinding(const core::AccountFinding& finding, v1::AccountFinding& out) {
  out.set_account(finding.account.str());
  out.set_revision(finding.revision);
  out.set_domain(finding.domain);
  for (const core::Owner& owner : finding.owners) {
    v1::Owner& stored = *out.add_owners();
    stored.set_rep(owner.rep.str());
    stored.set_rank(std::string(core::OwnerRankName(owner.rank)));
    stored.set_account(owner.account.str());
  }
}

absl::StatusOr<core::AccountFinding> GetFinding(const v1::AccountFinding& stored) {
  core::AccountFinding finding;
  finding.account = core::AccountId::Trusted(stored.account());
  finding.revision = stored.revision();
  finding.domain = stored.domain();
  for (const v1::Owner& owner : stored.owners()) {
    const std::optional<core::OwnerRank> rank = core::ParseOwnerRank(owner.rank());
    if (!rank.has_value()) return Unreadable("an owner of a lead");
    finding.owners.push_back(
        {core::RepId::Trusted(owner.rep()), *rank, core::AccountId::Trusted(owner.account())});
  }
  return finding;
}

}  // namespace baton::store::redis
