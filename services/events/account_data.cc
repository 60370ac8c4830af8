// Accounts in both encodings: what their messages say becomes a checked core::Account.
#include <google/protobuf/stubs/logging.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "baton/events/v1/account_events.pb.h"
#include "core/errors.h"
#include "core/text.h"
#include "events/event_data.h"

namespace baton::events {
namespace {

using simdjson::dom::element;

// An id that may be left out.
template <typename IdType>
Refusal SetId(std::string_view field, std::string_view text, IdType& id) {
  if (text.empty()) return std::nullopt;
  if (!core::IsValidId(text)) {
    return BadValue(
        field, absl::StrCat("an id has 1 to ", core::kIdLengthMax, " characters of [A-Za-z0-9_-]"));
  }
  id = IdType::Trusted(text);
  return std::nullopt;
}

Refusal Finish(core::AccountEvent& event) {
  event.account.id = event.key.account;
  absl::StatusOr<core::Account> checked = core::CheckedAccount(std::move(event.account), "data.");
  if (checked.ok()) {
    event.account = *std::move(checked);
    return std::nullopt;
  }
  const std::string field = core::ErrorVariables(checked.status())["field"];
  return BadValue(
      field,
      core::Shortened(std::string(checked.status().message()).substr(field.size() + 2), 256));
}

Refusal ReadDomains(const element& value, core::Account& account) {
  simdjson::dom::array domains;
  if (value.get(domains) != simdjson::SUCCESS || domains.size() > core::kDomainsPerAccountMax) {
    return BadValue("data.domains", absl::StrCat("domains is a list of at most ",
                                                 core::kDomainsPerAccountMax, " strings"));
  }
  for (const element domain : domains) {
    std::string_view text;
    if (domain.get(text) != simdjson::SUCCESS) {
      return BadValue("data.domains", "a domain is a string");
    }
    account.domains.emplace_back(text);
  }
  return std::nullopt;
}

Refusal ReadFlag(std::string_view field, const element& value, bool& flag) {
  if (value.get(flag) == simdjson::SUCCESS) return std::nullopt;
  return BadValue(absl::StrCat("data.", core::ToAbsl(field)), "must be true or false");
}

Refusal ReadAccountText(std::string_view name, const element& value, core::Account& account) {
  const std::string field = absl::StrCat("data.", core::ToAbsl(name));
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return BadValue(field, "must be a string");
  if (name == "name") account.name = std::string(text);
  if (name == "group") return SetId(field, text, account.group);
  if (name == "owner") return SetId(field, text, account.owner);
  if (name == "customerOwner" || name == "customer_owner") {
    return SetId(field, text, account.customer_owner);
  }
  if (name == "opportunityOwner" || name == "opportunity_owner") {
    return SetId(field, text, account.opportunity_owner);
  }
  return std::nullopt;
}

bool IsAccountText(std::string_view name) {
  for (const std::string_view known : {"name", "group", "owner", "customerOwner", "customer_owner",
                                       "opportunityOwner", "opportunity_owner"}) {
    if (name == known) return true;
  }
  return false;
}

Refusal ReadAccountField(std::string_view name, const element& value, core::Account& account) {
  if (value.is_null()) return std::nullopt;
  if (name == "domains") return ReadDomains(value, account);
  if (name == "customer") return ReadFlag(name, value, account.customer);
  if (name == "openOpportunity" || name == "open_opportunity") {
    return ReadFlag(name, value, account.open_opportunity);
  }
  return IsAccountText(name) ? ReadAccountText(name, value, account) : std::nullopt;
}

}  // namespace

Refusal ReadJsonAccount(const element& data, core::AccountEvent& event) {
  simdjson::dom::object object;
  if (data.get(object) != simdjson::SUCCESS) return BadValue("data", "data must be an object");
  for (const auto& [name, value] : object) {
    if (Refusal refusal = ReadAccountField(name, value, event.account)) return refusal;
  }
  return Finish(event);
}

Refusal ReadProtobufAccount(std::string_view bytes, core::AccountEvent& event) {
  const google::protobuf::LogSilencer silencer;
  v1::AccountUpserted data;
  if (!data.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return DeadLetter{DeadLetterClass::kNotParseable, "data",
                      absl::StrCat("data is not a message ", data.GetTypeName())};
  }
  core::Account& account = event.account;
  account.name = data.name();
  account.domains.assign(data.domains().begin(), data.domains().end());
  account.customer = data.customer();
  account.open_opportunity = data.open_opportunity();
  if (Refusal refusal = SetId("data.group", data.group(), account.group)) return refusal;
  if (Refusal refusal = SetId("data.owner", data.owner(), account.owner)) return refusal;
  if (Refusal refusal =
          SetId("data.customer_owner", data.customer_owner(), account.customer_owner)) {
    return refusal;
  }
  if (Refusal refusal =
          SetId("data.opportunity_owner", data.opportunity_owner(), account.opportunity_owner)) {
    return refusal;
  }
  return Finish(event);
}

}  // namespace baton::events
