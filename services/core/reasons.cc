#include "core/reasons.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace baton::core {
namespace {

std::vector<Reason> MakeStandardReasons() {
  using enum ReasonClass;
  using enum ReasonFault;
  return {
      {"COMPETITOR", kReject, kQuality},
      {kDoNotContact, kReject, kConsent},
      {"DUPLICATE", kReject, kData, 0, /*counts_in_acceptance=*/false},
      {"EXISTING_CUSTOMER", kReject, kStatus},
      {"INVALID_CONTACT", kReject, kData},
      {"NOT_ICP_GEO", kReject, kQuality},
      {"NOT_ICP_INDUSTRY", kReject, kQuality},
      {"NOT_ICP_SIZE", kReject, kQuality},
      {"NO_NEED", kReject, kQuality},
      {"OPEN_OPPORTUNITY", kReject, kStatus},
      {"SPAM_OR_TEST", kReject, kData},
      {"STUDENT_OR_JOBSEEKER", kReject, kQuality},
      {"VENDOR", kReject, kQuality},
      {"WRONG_PERSONA", kReject, kQuality},

      {"BAD_TIMING", kRecycle, kTiming, 60 * kDayMs},
      {"CONTRACT_LOCKED", kRecycle, kTiming, 180 * kDayMs, true, /*needs_revisit_at=*/true},
      {"NO_BUDGET", kRecycle, kTiming, 90 * kDayMs},
      {kNoResponse, kRecycle, kTiming, 30 * kDayMs},
      {"PERSON_LEFT", kRecycle, kTiming, 180 * kDayMs},
      {"RESEARCHING", kRecycle, kTiming, 60 * kDayMs},

      {"CONFLICT_OF_INTEREST", kReroute, kNone, 0, false},
      {"OWNER_LEFT", kReroute, kNone, 0, false},
      {"REASSIGNED", kReroute, kNone, 0, false},
      {"RELEASED", kReroute, kNone, 0, false},
      {"WRONG_LANGUAGE", kReroute, kNone, 0, false},
      {"WRONG_SEGMENT", kReroute, kNone, 0, false},
      {"WRONG_TERRITORY", kReroute, kNone, 0, false},

      {"AT_CAPACITY", kDecline, kNone, 0, false},
      {"AWAY", kDecline, kNone, 0, false},

      {"COMPETITOR_CHOSEN", kLost},
      {"NO_DECISION", kLost},
      {"NO_RESPONSE_LATE", kLost},
      {"OTHER", kLost},
      {"PRICE", kLost},
  };
}

}  // namespace

const std::vector<Reason>& StandardReasons() {
  static const auto* const reasons = new std::vector<Reason>(MakeStandardReasons());
  return *reasons;
}

const Reason* FindReason(const std::vector<Reason>& reasons, std::string_view code) {
  const auto found = std::find_if(reasons.begin(), reasons.end(),
                                  [&](const Reason& reason) { return reason.code == code; });
  return found == reasons.end() ? nullptr : &*found;
}

std::string CodesOfClass(const std::vector<Reason>& reasons, ReasonClass reason_class) {
  std::string codes;
  for (const Reason& reason : reasons) {
    if (reason.reason_class != reason_class) continue;
    absl::StrAppend(&codes, codes.empty() ? "" : ", ", reason.code);
  }
  return codes;
}

std::string_view ReasonClassName(ReasonClass reason_class) {
  switch (reason_class) {
    case ReasonClass::kReject:
      return "reject";
    case ReasonClass::kRecycle:
      return "recycle";
    case ReasonClass::kReroute:
      return "reroute";
    case ReasonClass::kDecline:
      return "decline";
    case ReasonClass::kLost:
      return "lost";
  }
  return "";
}

std::string_view ReasonFaultName(ReasonFault fault) {
  switch (fault) {
    case ReasonFault::kNone:
      return "none";
    case ReasonFault::kQuality:
      return "quality";
    case ReasonFault::kData:
      return "data";
    case ReasonFault::kStatus:
      return "status";
    case ReasonFault::kConsent:
      return "consent";
    case ReasonFault::kTiming:
      return "timing";
  }
  return "";
}

std::optional<ReasonFault> ParseReasonFault(std::string_view name) {
  using enum ReasonFault;
  for (const ReasonFault fault : {kNone, kQuality, kData, kStatus, kConsent, kTiming}) {
    if (ReasonFaultName(fault) == name) return fault;
  }
  return std::nullopt;
}

}  // namespace baton::core
