#include "load/events.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace baton::bench {
namespace {

constexpr std::array kCountries = {"DE", "AT", "US", "CA", "FR", "BE", "GB", "NL"};
constexpr std::array kIndustries = {"saas", "retail", "logistics", "education", "media"};
constexpr std::array kActivities = {"pricing_page_viewed", "content_downloaded", "webinar_attended",
                                    "newsletter_opened"};

template <typename Array>
const char* Pick(const Array& from, int64_t number) {
  return from[static_cast<size_t>(number) % from.size()];
}

LeadEvent Wrap(const std::string& workspace, int64_t lead, int step, absl::string_view type,
               const std::string& data, absl::Time at) {
  const std::string name = LeadName(lead);
  const std::string time = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", at, absl::UTCTimeZone());
  return {absl::StrCat(workspace, "/", name),
          absl::StrFormat(
              R"({"specversion":"1.0","id":"%s-%02d","source":"//marketing.example/automation",)"
              R"("type":"dev.baton.lead.%s.v1","subject":"%s","workspace":"%s","time":"%s",)"
              R"("datacontenttype":"application/json","data":%s})",
              name, step, type, name, workspace, time, data)};
}

}  // namespace

std::string LeadName(int64_t number) {
  return absl::StrFormat("lead-%09d", number);
}

LeadEvent Captured(const std::string& workspace, int64_t lead, bool qualifies, absl::Time at) {
  return Wrap(
      workspace, lead, 0, "captured",
      absl::StrFormat(
          R"({"attributes":{"email":"person%d@company%d.example","name":"Some Person %d",)"
          R"("company":"Example Industries %d","country":"%s","employees":%d,"industry":"%s",)"
          R"("title":"Head of Operations","language":"en",)"
          R"("product_interest":["routing","reports"],)"
          R"("budget":%d.0},"attribution":{"campaign":"spring-campaign","utm_source":"search"}})",
          lead, lead % 5000, lead, lead % 5000, Pick(kCountries, lead), 200 + lead % 4000,
          Pick(kIndustries, lead), qualifies ? 20'000 : 5'000),
      at);
}

LeadEvent Later(const std::string& workspace, int64_t lead, int step, absl::Time at) {
  if (step % 5 == 0) {
    return Wrap(workspace, lead, step, "updated",
                absl::StrFormat(R"({"attributes":{"employees":%d,"title":"Director %d"}})",
                                200 + (lead + step) % 4000, step),
                at);
  }
  return Wrap(workspace, lead, step, "activity",
              absl::StrFormat(R"({"activity":"%s"})", Pick(kActivities, lead + step)), at);
}

}  // namespace baton::bench
