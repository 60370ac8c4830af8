#include "core/account.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "core/domain.h"
#include "core/errors.h"
#include "core/free_mail.h"
#include "core/text.h"

namespace baton::core {
namespace {

// The event id of what is written by hand.
constexpr char kByHand[] = "api";

absl::Status FieldOf(std::string_view prefix, std::string_view field, std::string_view message) {
  return FieldError(absl::StrCat(ToAbsl(prefix), ToAbsl(field)), message);
}

// The normal form of what an account may have as a domain, or what is wrong with it.
absl::StatusOr<std::string> CheckedDomain(const std::string& text, std::string_view prefix) {
  const std::string domain = NormalDomain(text);
  const std::string quoted = absl::StrCat("\"", Shortened(text, kDomainBytesMax), "\" ");
  if (domain.empty()) {
    return FieldOf(prefix, "domains", absl::StrCat(quoted, "is no domain such as acme.example"));
  }
  if (!IsRegistrable(domain)) {
    return FieldOf(prefix, "domains", absl::StrCat(quoted, "is a public suffix, not a company's"));
  }
  if (IsFreeMail(domain)) {
    return FieldOf(prefix, "domains",
                   absl::StrCat(quoted, "is a mail provider's domain, which never matches"));
  }
  return domain;
}

void Put(const Account& account, bool deleted, const Writer& writer, AccountRecord& record) {
  record.deleted = deleted;
  record.account = deleted ? Account() : account;
  record.account.id = record.key.account;
  record.writer = writer;
}

Writer ByHand(TimeMs now_ms, const AccountRecord& record) {
  return {std::max(now_ms, record.writer.occurred_at_ms), kByHand};
}

}  // namespace

absl::StatusOr<Account> CheckedAccount(Account account, std::string_view prefix) {
  if (account.name.size() > kAccountNameBytesMax) {
    return FieldOf(prefix, "name",
                   absl::StrCat("must be at most ", kAccountNameBytesMax, " bytes"));
  }
  if (account.domains.size() > kDomainsPerAccountMax) {
    return FieldOf(prefix, "domains", absl::StrCat("must be at most ", kDomainsPerAccountMax));
  }
  for (std::string& text : account.domains) {
    absl::StatusOr<std::string> domain = CheckedDomain(text, prefix);
    if (!domain.ok()) return domain.status();
    text = *std::move(domain);
  }
  std::sort(account.domains.begin(), account.domains.end());
  account.domains.erase(std::unique(account.domains.begin(), account.domains.end()),
                        account.domains.end());
  return account;
}

FoldOutcome Fold(const AccountEvent& event, AccountRecord& record) {
  const FoldOutcome outcome = NoteEvent(event.position, event.source, event.id,
                                        {record.applied_offsets, record.recent_events});
  if (outcome != FoldOutcome::kApplied) return outcome;
  ++record.applied;
  const Writer writer{event.occurred_at_ms, event.id};
  // Two events by one writer (same time and id, another source) give the same in either order.
  const bool stands = !record.writer.event_id.empty() &&
                      std::tie(writer, event.deleted, event.account) <=
                          std::tie(record.writer, record.deleted, record.account);
  if (!stands) Put(event.account, event.deleted, writer, record);
  return outcome;
}

void Write(const Account& account, TimeMs now_ms, AccountRecord& record) {
  Put(account, /*deleted=*/false, ByHand(now_ms, record), record);
}

void Delete(TimeMs now_ms, AccountRecord& record) {
  Put({}, /*deleted=*/true, ByHand(now_ms, record), record);
}

}  // namespace baton::core
