// Words of CloudEvents 1.0 that both directions use.
#ifndef BATON_EVENTS_CLOUD_EVENTS_H_
#define BATON_EVENTS_CLOUD_EVENTS_H_

#include <string>
#include <string_view>

namespace baton::events {

inline constexpr std::string_view kSpecVersion = "1.0";
inline constexpr std::string_view kLeadTypePrefix = "dev.baton.lead.";  // then "<word>.v1"
inline constexpr std::string_view kAccountTypePrefix = "dev.baton.account.";
inline constexpr std::string_view kSalesTypePrefix = "dev.baton.sales.";
inline constexpr std::string_view kTypeVersion = "v1";
inline constexpr std::string_view kHeaderPrefix = "ce_";  // of an attribute, in binary mode
inline constexpr std::string_view kJsonContentType = "application/json";
inline constexpr std::string_view kJsonEventContentType = "application/cloudevents+json";

// "dev.baton.lead.assigned.v1" for "assigned".
inline std::string LeadEventType(std::string_view word) {
  std::string type(kLeadTypePrefix);
  type.append(word).append(".").append(kTypeVersion);
  return type;
}

}  // namespace baton::events

#endif  // BATON_EVENTS_CLOUD_EVENTS_H_
