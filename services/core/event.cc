#include "core/event.h"

namespace baton::core {

std::string_view EventTypeName(EventType type) {
  switch (type) {
    case EventType::kCaptured:
      return "captured";
    case EventType::kUpdated:
      return "updated";
    case EventType::kActivity:
      return "activity";
    case EventType::kConsent:
      return "consent";
  }
  return "";
}

std::string_view ConsentName(Consent consent) {
  switch (consent) {
    case Consent::kUnknown:
      return "unknown";
    case Consent::kGranted:
      return "granted";
    case Consent::kWithdrawn:
      return "withdrawn";
  }
  return "";
}

}  // namespace baton::core
