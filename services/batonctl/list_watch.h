// Lists that stay: all resources, then each that is new or has changed, until somebody stops it.
#ifndef BATON_BATONCTL_LIST_WATCH_H_
#define BATON_BATONCTL_LIST_WATCH_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "batonctl/session.h"
#include "batonctl/table.h"

namespace baton::batonctl {

// What a list shows at one time: a row, a name and a JSON object each, in the same order.
struct Listing {
  Table table;
  std::vector<std::string> names;
  std::vector<std::string> json_lines;
};

// One object a line.
template <typename Resource>
Listing ListingOf(Table table, const std::vector<Resource>& resources) {
  Listing listing{std::move(table), {}, {}};
  for (const Resource& resource : resources) {
    listing.names.push_back(resource.name());
    listing.json_lines.push_back(ToJson(resource, /*one_line=*/true));
  }
  return listing;
}

struct WatchOptions {
  bool watch = false;
  std::string interval = "2s";
};
// --watch and --interval.
void AddWatch(CLI::App& command, WatchOptions& options);

// Asks `list` every interval and prints what is new or has changed. A server that does not answer
// for a while is asked again; what it refuses is an error. With JSON an object a line, with YAML a
// document each. Ends well once interrupted.
absl::Status WatchList(Session& session, const WatchOptions& options,
                       const std::function<absl::StatusOr<Listing>()>& list);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_LIST_WATCH_H_
