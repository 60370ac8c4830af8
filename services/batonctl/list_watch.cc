#include "batonctl/list_watch.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/str_cat.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "core/errors.h"

namespace baton::batonctl {
namespace {

constexpr absl::Duration kIntervalMin = absl::Milliseconds(500);
constexpr absl::Duration kIntervalMax = absl::Minutes(10);

// Remembers what was printed.
class ListPrinter {
 public:
  explicit ListPrinter(const Session& session) : session_(session) {}

  void Print(const Listing& listing) {
    const bool wide = session_.style().wide;
    std::vector<size_t> widths = listing.table.Widths(wide);
    widths.resize(std::max(widths.size(), widths_.size()));
    for (size_t i = 0; i < widths_.size(); ++i) widths[i] = std::max(widths[i], widths_[i]);
    widths_ = widths;
    std::ostream& out = session_.world().out;
    std::set<std::string> present;
    for (size_t i = 0; i < listing.names.size(); ++i) {
      present.insert(listing.names[i]);
      std::string& known = known_[listing.names[i]];
      if (known == listing.json_lines[i]) continue;
      known = listing.json_lines[i];
      out << Row(listing, i, wide);
    }
    std::erase_if(known_, [&](const auto& entry) {
      const bool gone = !present.contains(entry.first);
      if (gone) session_.Note(absl::StrCat(ShortName(entry.first), " is gone from the list."));
      return gone;
    });
    out.flush();
  }

 private:
  std::string Row(const Listing& listing, size_t row, bool wide) {
    switch (session_.options.format) {
      case OutputFormat::kJson:
        return listing.json_lines[row] + "\n";
      case OutputFormat::kYaml:
        return absl::StrCat("---\n", session_.DataText(listing.json_lines[row]));
      case OutputFormat::kName:
        return listing.names[row] + "\n";
      case OutputFormat::kTable:
      case OutputFormat::kWide:
        break;
    }
    std::string head = head_printed_ ? "" : listing.table.RenderHead(session_.style(), widths_);
    head_printed_ = true;
    return head + listing.table.RenderRow(row, wide, widths_);
  }

  const Session& session_;
  std::map<std::string, std::string> known_;  // name -> JSON
  std::vector<size_t> widths_;
  bool head_printed_ = false;
};

}  // namespace

void AddWatch(CLI::App& command, WatchOptions& options) {
  command.add_flag("--watch", options.watch, "then show what is new or changed, until Ctrl-C");
  command.add_option("--interval", options.interval, "with --watch: ask so often, 500ms to 10m")
      ->capture_default_str();
}

absl::Status WatchList(Session& session, const WatchOptions& options,
                       const std::function<absl::StatusOr<Listing>()>& list) {
  absl::Duration interval;
  if (!absl::ParseDuration(options.interval, &interval) || interval < kIntervalMin ||
      interval > kIntervalMax) {
    return UsageError(
        absl::StrCat("--interval is a time of 500ms to 10m, this is '", options.interval, "'"));
  }
  const Surroundings& world = session.world();
  world.catch_interrupts();
  ListPrinter printer(session);
  bool answered = false, away = false;
  while (!world.interrupted() && world.out) {
    const absl::StatusOr<Listing> listing = list();
    if (listing.ok()) {
      printer.Print(*listing);
      if (away) session.Note("The server answers again.");
      answered = true;
      away = false;
    } else if (!answered || !IsPassing(listing.status())) {
      return listing.status();
    } else if (!away) {
      away = true;
      session.Note(absl::StrCat(listing.status().message(), "; it is asked again."));
    }
    world.sleep(std::max(interval, core::RetryAfter(listing.status())));
  }
  return session.Written();
}

}  // namespace baton::batonctl
