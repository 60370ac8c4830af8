// Reason codes for what sales answers. The class of a code decides the lead's move.
#ifndef BATON_CORE_REASONS_H_
#define BATON_CORE_REASONS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace baton::core {

enum class ReasonClass { kReject, kRecycle, kReroute, kDecline, kLost };
enum class ReasonFault { kNone, kQuality, kData, kStatus, kConsent, kTiming };

struct Reason {
  std::string code;  // UPPER_SNAKE
  ReasonClass reason_class;
  ReasonFault fault = ReasonFault::kNone;
  DurationMs cool_down_ms = 0;  // kRecycle: usual time until it may come back
  bool counts_in_acceptance = true;
  bool needs_revisit_at = false;
};

// Of the one who wants no more of it: suppressed, never recycled.
inline constexpr char kDoNotContact[] = "DO_NOT_CONTACT";
// Of one who never answered.
inline constexpr char kNoResponse[] = "NO_RESPONSE";

// The codes that every workspace has (02-domain, "Reasons"), ordered by class then code.
const std::vector<Reason>& StandardReasons();

// nullptr if there is no such code.
const Reason* FindReason(const std::vector<Reason>& reasons, std::string_view code);

// Valid codes of a class, "A, B, C": what an error tells the caller.
std::string CodesOfClass(const std::vector<Reason>& reasons, ReasonClass reason_class);

std::string_view ReasonClassName(ReasonClass reason_class);  // "reject" ...
std::string_view ReasonFaultName(ReasonFault fault);         // "none", "quality" ...
std::optional<ReasonFault> ParseReasonFault(std::string_view name);

}  // namespace baton::core

#endif  // BATON_CORE_REASONS_H_
