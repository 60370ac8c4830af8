#include "demo/workload.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace baton::demo {
namespace {

using nlohmann::json;

constexpr int64_t kHourMs = 3'600'000;
constexpr std::array kCountries = {"DE", "DE", "AT", "CH", "US", "US",
                                   "US", "FR", "FR", "GB", "ES", "NL"};
constexpr std::array kCountriesWithoutSkills = {"US", "CA", "GB", "NL", "ES", "PL"};
constexpr std::array kIndustries = {"saas", "retail", "logistics", "education", "health", "media"};
constexpr std::array kCampaigns = {"spring-webinar", "pricing-ads", "partner-fair", "organic"};
constexpr std::array kInterests = {"routing", "scoring", "reports"};

// One lead's events in the order in which they happened.
class Story {
 public:
  Story(const WorkloadOptions& options, int number, std::mt19937_64& random)
      : options_(options),
        lead_(absl::StrFormat("lead-%06d", number)),
        random_(random),
        at_ms_(options.start_ms - kHourMs - Roll(48) * kHourMs) {}

  std::vector<Publication> Tell() {
    if (options_.brief) {
      Qualify();
      return std::move(events_);
    }
    Captured();
    for (int visits = Roll(4); visits > 0; --visits) Activity("pricing_page_viewed");
    if (Chance(0.25)) Activity("webinar_attended");
    if (Chance(0.15)) Add("updated", {{"attributes", {{"employees", 50 + Roll(3000)}}}});
    if (Chance(0.6)) Activity("demo_request");
    if (Chance(0.03)) Add("consent", {{"consent", "withdrawn"}});
    return std::move(events_);
  }

 private:
  int Roll(int below) { return static_cast<int>(random_() % static_cast<uint64_t>(below)); }
  bool Chance(double share) { return std::uniform_real_distribution<>(0, 1)(random_) < share; }
  template <typename Array>
  const char* Pick(const Array& from) {
    return from[random_() % from.size()];
  }

  void Qualify() {
    Add("captured", {{"attributes",
                      {{"email", absl::StrCat(lead_, "@company.example")},
                       {"country", Pick(kCountriesWithoutSkills)},
                       {"employees", 200 + Roll(4000)}}},
                     {"activity", "demo_request"}});
  }

  void Captured() {
    const char* campaign = Pick(kCampaigns);
    json attributes = {{"name", absl::StrCat("Prospect ", lead_)},
                       {"company", absl::StrCat("Company ", Roll(5000))},
                       {"country", Pick(kCountries)},
                       {"industry", Pick(kIndustries)},
                       {"employees", 20 + Roll(4000)},
                       {"product_interest", {Pick(kInterests)}}};
    if (Chance(0.93)) attributes["email"] = absl::StrCat(lead_, "@company.example");
    Add("captured", {{"attributes", attributes},
                     {"attribution",
                      {{"campaign", campaign},
                       {"utm_source", Chance(0.5) ? "search" : "newsletter"},
                       {"gclid", absl::StrCat("g", random_() % 1'000'000)}}}});
  }

  void Activity(const char* name) { Add("activity", {{"activity", name}}); }

  void Add(const char* type, json data) {
    at_ms_ += 1000 + Roll(600'000);
    const std::string id = absl::StrFormat("%s-%02d", lead_, events_.size() + 1);
    const json event = {
        {"specversion", "1.0"},
        {"id", id},
        {"source", "//marketing.example/automation"},
        {"type", absl::StrCat("dev.baton.lead.", type, ".v1")},
        {"subject", lead_},
        {"workspace", options_.workspace},
        {"time", absl::FormatTime(absl::FromUnixMillis(std::min(at_ms_, options_.start_ms)),
                                  absl::UTCTimeZone())},
        {"datacontenttype", "application/json"},
        {"data", std::move(data)}};
    events_.push_back({absl::StrCat(options_.workspace, "/", lead_), event.dump(), id, false});
  }

  const WorkloadOptions& options_;
  const std::string lead_;
  std::mt19937_64& random_;
  int64_t at_ms_;
  std::vector<Publication> events_;
};

// Breaks a good record in one of the ways seen in the field.
Publication Broken(Publication good, int way) {
  json event = json::parse(good.value);
  switch (way) {
    case 0:
      good.value = good.value.substr(0, good.value.size() / 2);
      break;
    case 1:
      event["type"] = "com.example.newsletter.opened";
      good.value = event.dump();
      break;
    case 2:
      event.erase("time");
      good.value = event.dump();
      break;
    case 3:
      event["subject"] = "no{such}id";
      good.value = event.dump();
      break;
    case 4:
      event["workspace"] = "unknown-company";
      good.value = event.dump();
      break;
    default:
      event["type"] = "dev.baton.lead.captured.v9";
      good.value = event.dump();
      break;
  }
  good.id.clear();
  good.bad = true;
  return good;
}

}  // namespace

std::vector<Publication> MakeWorkload(const WorkloadOptions& options) {
  std::mt19937_64 random(options.seed);
  std::uniform_real_distribution<> uniform(0, 1);
  // A record's place in the log: where its lead starts, and a little later with each event.
  std::vector<std::pair<double, Publication>> placed;
  for (int number = 1; number <= options.leads; ++number) {
    double place = uniform(random) * options.leads;
    for (Publication& event : Story(options, number, random).Tell()) {
      place += uniform(random) * 20;
      const bool late = uniform(random) < options.late_share;
      if (uniform(random) < options.duplicate_share) placed.emplace_back(place + 30, event);
      if (uniform(random) < options.bad_share) {
        placed.emplace_back(place, Broken(event, static_cast<int>(random() % 6)));
      }
      if (options.reorder > 0) place += uniform(random) * options.reorder;
      placed.emplace_back(place + (late ? 40 : 0), std::move(event));
    }
  }
  std::stable_sort(placed.begin(), placed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Publication> log;
  log.reserve(placed.size());
  for (auto& [place, publication] : placed) log.push_back(std::move(publication));
  return log;
}

absl::StatusOr<std::vector<Publication>> ReadWorkload(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  std::vector<Publication> log;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) continue;
    Publication publication{"", line, "", false};
    const json event = json::parse(line, nullptr, false);
    if (event.is_object()) {
      publication.id = event.value("id", "");
      publication.key = absl::StrCat(event.value("workspace", ""), "/", event.value("subject", ""));
    } else {
      publication.bad = true;
    }
    log.push_back(std::move(publication));
  }
  return log;
}

}  // namespace baton::demo
