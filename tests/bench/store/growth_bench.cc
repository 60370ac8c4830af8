// What a handoff costs in Redis as a site grows: stored leads, reps in a queue, workspaces. Prints
// one line of JSON for each series: {"name", "unit", "goal", "values"}.
//
// A handoff's cost is the processor time of Redis's main thread, because that is what all peers
// share and what a busy machine disturbs the least. Starts a redis-server of its own for each axis.
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "bench_store/handoffs.h"
#include "store/redis/redis_store.h"
#include "support/redis_server.h"

namespace baton::bench {
namespace {

constexpr int kBatch = 500;
constexpr int kHandoffsPerSample = 500;  // a multiple of what is committed together
constexpr int kReps = 8;

struct Settings {
  std::vector<int64_t> leads = {10'000, 100'000};
  std::vector<int64_t> reps = {10, 100, 1000};
  std::vector<int64_t> workspaces = {1, 100, 1000};
  int samples = 5;
  int together = kBatch;  // handoffs in one commit of the store: it makes calls of up to 50
  Form form = Form::kPlain;
};

void Print(const std::string& name, const std::string& unit, const std::string& goal,
           const std::vector<double>& values) {
  std::printf(R"({"name": "%s", "unit": "%s", "goal": "%s", "values": [%s]})"
              "\n",
              name.c_str(), unit.c_str(), goal.c_str(), absl::StrJoin(values, ", ").c_str());
  std::fflush(stdout);
}

core::WorkspaceId WorkspaceNumber(int64_t number) {
  return core::WorkspaceId::Trusted(absl::StrCat("bench-", number));
}

// A Redis with a store and a client of their own.
class Site {
 public:
  explicit Site(int together)
      : together_(together),
        server_(Must(support::RedisServer::Start({support::AppendFsync::kEverySecond, {}}))) {
    store::RedisStoreOptions options;
    options.url = server_->url();
    options.limits.outbox_max = 100'000'000;
    options.limits.leads_per_workspace_max = 100'000'000;
    store_ = Must(store::RedisStore::Open(options));
    platform::redis::ClientOptions client_options;
    client_options.url = server_->url();
    client_ = Must(platform::redis::Client::Create(
        client_options, [](platform::redis::Connection&) { return absl::OkStatus(); }));
  }

  store::Store& store() { return *store_; }

  // Leads `begin` to `end` of workspace 0, not qualified.
  void Fill(int64_t begin, int64_t end) {
    for (int64_t from = begin; from < end; from += kBatch) {
      std::vector<core::Plan> plans;
      for (int64_t i = from; i < std::min(end, from + kBatch); ++i) {
        plans.push_back(StoredLead(WorkspaceNumber(0), i));
      }
      Must(store_->Commit(plans));
    }
  }

  // What leads ask from now on, of that many reps.
  void Ask(Form form, int reps) {
    form_ = form;
    reps_ = reps;
  }

  // Microseconds of Redis for one handoff: new leads, spread over `workspaces`.
  double Sample(int64_t workspaces) {
    double used = 0;
    for (int done = 0; done < kHandoffsPerSample; done += together_) {
      std::vector<core::Plan> plans, releases;
      for (int i = 0; i < together_; ++i, ++next_) {
        plans.push_back(Handoff(WorkspaceNumber(next_ % workspaces), next_));
        bench::Ask(form_, reps_, next_, plans.back());
      }
      const double before = UsedMicroseconds(*client_);
      const std::vector<store::CommitResult> results = Must(store_->Commit(plans));
      used += UsedMicroseconds(*client_) - before;
      for (const store::CommitResult& result : results) {
        if (result.record.stage != core::Stage::kOffered) std::exit(1);
        releases.push_back(Release(result.record));
      }
      Must(store_->Commit(releases));
    }
    return used / kHandoffsPerSample;
  }

  std::vector<double> Samples(int count, int64_t workspaces) {
    Sample(workspaces);  // not counted: caches fill
    std::vector<double> samples;
    for (int i = 0; i < count; ++i) samples.push_back(Sample(workspaces));
    return samples;
  }

  double UsedBytes() {
    const auto replies = Must(client_->Run({{"INFO", "memory"}}));
    for (absl::string_view line : absl::StrSplit(replies[0].text, "\r\n")) {
      double bytes = 0;
      if (absl::ConsumePrefix(&line, "used_memory:") && absl::SimpleAtod(line, &bytes)) {
        return bytes;
      }
    }
    return 0;
  }

 private:
  const int together_;
  std::unique_ptr<support::RedisServer> server_;
  std::unique_ptr<store::RedisStore> store_;
  std::unique_ptr<platform::redis::Client> client_;
  int64_t next_ = 500'000'000;  // beyond what Fill makes
  Form form_ = Form::kPlain;
  int reps_ = kReps;
};

// Prints the costs at one size, and their ratio to those at the smallest.
void Compare(const std::string& what, int64_t size, const std::string& goal,
             const std::vector<double>& costs, std::vector<double>& smallest) {
  const std::string name = absl::StrFormat("handoff in the store, %d %s", size, what);
  Print(name, "us of Redis", "", costs);
  if (smallest.empty()) {
    smallest = costs;
    return;
  }
  std::vector<double> ratios;
  for (size_t i = 0; i < costs.size(); ++i) ratios.push_back(costs[i] / smallest[i]);
  Print(absl::StrFormat("  %d : the fewest %s", size, what), "x", goal, ratios);
}

void GrowLeads(const Settings& settings) {
  Site site(settings.together);
  Prepare(site.store(), WorkspaceNumber(0), kReps);
  std::vector<double> smallest;
  int64_t stored = 0;
  for (const int64_t size : settings.leads) {
    const double before = site.UsedBytes();
    site.Fill(stored, size);
    Print(absl::StrFormat("memory of a stored lead, up to %d", size), "bytes", "<= 1024",
          {(site.UsedBytes() - before) / static_cast<double>(size - stored)});
    stored = size;
    Compare("leads", size, "<= 1.1", site.Samples(settings.samples, 1), smallest);
  }
}

void GrowReps(const Settings& settings) {
  std::vector<double> smallest;
  for (const int64_t size : settings.reps) {
    Site site(settings.together);
    Prepare(site.store(), WorkspaceNumber(0), static_cast<int>(size), settings.form);
    site.Ask(settings.form, static_cast<int>(size));
    Compare("reps in the queue", size, "<= 1.5", site.Samples(settings.samples, 1), smallest);
  }
}

void GrowWorkspaces(const Settings& settings) {
  std::vector<double> smallest;
  Site site(settings.together);
  int64_t made = 0;
  for (const int64_t size : settings.workspaces) {
    for (; made < size; ++made) Prepare(site.store(), WorkspaceNumber(made), kReps);
    Compare("workspaces", size, "<= 1.3", site.Samples(settings.samples, size), smallest);
  }
}

}  // namespace
}  // namespace baton::bench

int main(int argc, char** argv) {
  baton::bench::Settings settings;
  CLI::App app("What a handoff costs in Redis as a site grows");
  app.add_option("--leads", settings.leads, "Stored leads, ascending")->delimiter(',');
  app.add_option("--reps", settings.reps, "Reps in a queue, ascending")->delimiter(',');
  app.add_option("--workspaces", settings.workspaces, "Workspaces, ascending")->delimiter(',');
  app.add_option("--together", settings.together, "Handoffs in one commit")
      ->check(CLI::IsMember({1, 5, 10, 50, 500}));
  const std::map<std::string, baton::bench::Form> forms = {
      {"plain", baton::bench::Form::kPlain},
      {"owner", baton::bench::Form::kOwner},
      {"skills", baton::bench::Form::kSkills},
      {"requires", baton::bench::Form::kRequires},
      {"mixed", baton::bench::Form::kMixed}};
  app.add_option("--form", settings.form, "What leads ask of their rep where --reps grow")
      ->transform(CLI::CheckedTransformer(forms));
  app.add_option("--samples", settings.samples, "Samples at each size")->check(CLI::Range(1, 100));
  CLI11_PARSE(app, argc, argv);
  baton::bench::GrowLeads(settings);
  baton::bench::GrowReps(settings);
  baton::bench::GrowWorkspaces(settings);
  return 0;
}
