#include "core/lead_functions.h"

#include <memory>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/domain.h"
#include "core/free_mail.h"
#include "core/text.h"
#include "expression/problem.h"

namespace baton::core {
namespace {

using expression::Function;
using expression::Kind;
using expression::Scratch;
using expression::Value;

constexpr size_t kCallsToldMax = 32;  // more than an explanation has room for
constexpr int64_t kDaysSteps = 100;   // looks at up to 400 days
constexpr int64_t kCalendarSteps = 20;
constexpr int64_t kDomainSteps = 400;  // of a name that is not ASCII

const LeadHost& HostOf(const Scratch& scratch) {
  return static_cast<const LeadHost&>(*scratch.host());
}

const DayCounts* DaysOf(const Scratch& scratch, std::string_view activity) {
  const Facts& facts = *HostOf(scratch).facts;
  const auto found = facts.activities.find(std::string(activity));
  return found == facts.activities.end() ? nullptr : &found->second;
}

Value Count(Scratch& scratch, const Value* args) {
  const auto* days = DaysOf(scratch, args[0].text());
  int64_t count = 0;
  if (days != nullptr) {
    const DurationMs window_ms = absl::ToInt64Milliseconds(args[1].duration());
    const int32_t first = DayNumber(HostOf(scratch).now_ms - window_ms);
    for (auto day = days->lower_bound(first); day != days->end(); ++day) count += day->second;
  }
  return Said(scratch, "count", {args[0].text()}, Value::Int(count));
}

Value Last(Scratch& scratch, const Value* args) {
  const auto* days = DaysOf(scratch, args[0].text());
  if (days == nullptr || days->empty()) {
    return scratch.Error(absl::StrCat("no such activity: ", ToAbsl(args[0].text())));
  }
  const TimeMs at_ms = days->back().first * kDayMs;
  return Said(scratch, "last", {args[0].text()}, Value::Timestamp(absl::FromUnixMillis(at_ms)));
}

std::string UnknownCalendar(std::string_view name, const Calendars& calendars) {
  std::vector<std::string_view> known;
  for (const auto& [known_name, calendar] : calendars) known.push_back(known_name);
  return absl::StrCat("there is no calendar '", ToAbsl(name), "' among spec.calendars",
                      expression::DidYouMean(name, known));
}

Function BusinessMinutes(const Calendars& calendars) {
  const auto own = std::make_shared<const Calendars>(calendars);
  Function function{"business_minutes", false, {Kind::kTimestamp, Kind::kTimestamp, Kind::kString},
                    Kind::kInt,         {},    kCalendarSteps};
  function.call = [own](Scratch& scratch, const Value* args) {
    const auto calendar = own->find(std::string(args[2].text()));
    if (calendar == own->end()) return scratch.Error(UnknownCalendar(args[2].text(), *own));
    const DurationMs open_ms = calendar->second.BusinessTime(
        absl::ToUnixMillis(args[0].timestamp()), absl::ToUnixMillis(args[1].timestamp()));
    return Said(scratch, "business_minutes", {args[2].text()}, Value::Int(open_ms / kMinuteMs));
  };
  function.check = [own](const std::vector<Value>& literals) {
    const bool is_known =
        literals[2].kind() != Kind::kString || own->contains(std::string(literals[2].text()));
    return is_known ? std::string() : UnknownCalendar(literals[2].text(), *own);
  };
  return function;
}

Value Domain(Scratch& scratch, const Value* args) {
  const std::string domain = DomainOfEmail(args[0].text());
  if (domain.empty()) {
    return scratch.Error(
        absl::StrCat("no address with a domain: ", expression::DebugString(args[0])));
  }
  const Value value = scratch.Text(domain);
  return Said(scratch, "domain", {args[0].text()}, value);
}

Value IsFreemail(Scratch& scratch, const Value* args) {
  const std::string_view text = args[0].text();
  const bool is_address = text.find('@') != text.npos;
  const std::string domain = is_address ? DomainOfEmail(text) : NormalDomain(text);
  return Said(scratch, "is_freemail", {text}, Value::Bool(IsBelowFreeMail(domain)));
}

}  // namespace

Value Said(const Scratch& scratch, std::string_view name,
           std::initializer_list<std::string_view> args, const Value& value) {
  std::vector<std::string>* calls = HostOf(scratch).calls;
  if (calls == nullptr || calls->size() == kCallsToldMax) return value;
  std::string call = absl::StrCat(ToAbsl(name), "(");
  absl::string_view separator = "";
  for (const std::string_view arg : args) {
    absl::StrAppend(&call, separator, ToAbsl(arg));
    separator = ", ";
  }
  calls->push_back(absl::StrCat(call, ") ", expression::DebugString(value)));
  return value;
}

void AddLeadFunctions(const Calendars& calendars, expression::Environment& environment) {
  environment.AddFunction(
      {"count", false, {Kind::kString, Kind::kDuration}, Kind::kInt, Count, kDaysSteps});
  environment.AddFunction({"last", false, {Kind::kString}, Kind::kTimestamp, Last});
  environment.AddFunction(BusinessMinutes(calendars));
  environment.AddFunction(
      {"domain", false, {Kind::kString}, Kind::kString, Domain, kDomainSteps, /*may_grow=*/true});
  environment.AddFunction(
      {"is_freemail", false, {Kind::kString}, Kind::kBool, IsFreemail, kDomainSteps});
}

}  // namespace baton::core
