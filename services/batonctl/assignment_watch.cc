// batonctl assignment watch
#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "baton/v1/assignment_service.pb.h"
#include "batonctl/assignment_scope.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "core/errors.h"

namespace baton::batonctl {
namespace {

constexpr absl::Duration kPauseFirst = absl::Milliseconds(200);  // before connecting again
constexpr absl::Duration kPauseMax = absl::Seconds(5);

struct WatchArguments {
  AssignmentScope scope;
  std::string resume_token;
};

std::string KindText(const v1::WatchAssignmentsResponse& response) {
  switch (response.kind()) {
    case v1::WatchAssignmentsResponse::KIND_SNAPSHOT:
      return "exists";
    case v1::WatchAssignmentsResponse::KIND_UPDATED:
    case v1::WatchAssignmentsResponse::KIND_REMOVED:
      return response.change();
    default:
      return "";
  }
}

// Prints responses as they come.
class WatchPrinter {
 public:
  explicit WatchPrinter(const Session& session) : session_(session) {}

  void Print(const v1::WatchAssignmentsResponse& response) {
    std::ostream& out = session_.world().out;
    if (session_.options.is_data()) {
      const std::string json = ToJson(response, /*one_line=*/true);
      const bool yaml = session_.options.format == OutputFormat::kYaml;
      out << (yaml ? absl::StrCat("---\n", session_.DataText(json)) : json + "\n") << std::flush;
      return;
    }
    if (!response.has_assignment()) {
      if (response.kind() == v1::WatchAssignmentsResponse::KIND_SNAPSHOT_END) {
        session_.Note("That is all there is now; changes follow. Stop with Ctrl-C.");
      }
      return;
    }
    const v1::Assignment& assignment = response.assignment();
    if (session_.options.format == OutputFormat::kName) {
      out << assignment.name() << "\n" << std::flush;
      return;
    }
    const std::vector<size_t> widths = {14, 28, 12, 12, 9, 3, 6, 20};
    if (!head_printed_ && session_.style().headers) {
      out << Table::RenderRow(
          {"CHANGE", "ASSIGNMENT", "REP", "QUEUE", "STAGE", "FIT", "INTENT", "ACCEPT BY", "REASON"},
          widths);
      head_printed_ = true;
    }
    out << Table::RenderRow(
               {KindText(response), ShortName(assignment.name()), ShortName(assignment.rep()),
                ShortName(assignment.queue()), StageText(assignment.stage()),
                absl::StrCat(assignment.fit()), absl::StrCat(assignment.intent()),
                FormatTime(assignment.accept_deadline()), response.reason()},
               widths)
        << std::flush;
  }

 private:
  const Session& session_;
  bool head_printed_ = false;
};

}  // namespace

absl::Status WatchAssignments(Session& session, const AssignmentScope& scope,
                              const std::string& resume_token) {
  const absl::StatusOr<std::string> parent = ScopeName(session, scope);
  if (!parent.ok()) return parent.status();
  v1::WatchAssignmentsRequest request;
  request.set_parent(*parent);
  request.set_resume_token(resume_token);
  WatchPrinter printer(session);
  bool connected = false;
  absl::Duration pause = kPauseFirst;
  session.world().catch_interrupts();
  while (session.world().out && !session.world().interrupted()) {
    v1::WatchAssignmentsResponse response;
    bool begun = false;
    const absl::Status status = session.server().Stream(request, response, [&] {
      connected = begun = true;
      pause = kPauseFirst;
      if (!response.resume_token().empty()) request.set_resume_token(response.resume_token());
      printer.Print(response);
      return static_cast<bool>(session.world().out);
    });
    if (session.world().interrupted()) break;
    // The token's file may have been renewed since the stream began.
    const bool token_ended = begun && core::ErrorReason(status) == "EXPIRED_TOKEN";
    if ((!IsPassing(status) && !token_ended) || (!connected && !status.ok())) return status;
    if (pause == kPauseFirst) {  // once per outage
      session.Note(absl::StrCat("The stream ended (",
                                status.ok() ? "by the server" : status.message(),
                                "); it is resumed."));
    }
    session.world().sleep(std::max(pause, core::RetryAfter(status)));
    pause = std::min(pause * 2, kPauseMax);
  }
  return session.Written();
}

void AddAssignmentWatch(CLI::App& assignments, Session& session) {
  auto arguments = std::make_shared<WatchArguments>();
  CLI::App& watch = *assignments.add_subcommand(
      "watch", "Shows the current assignments and each change; resumes by itself");
  AddScope(watch, arguments->scope);
  watch.add_option("--resume-token", arguments->resume_token,
                   "go on after an earlier watch's last resumeToken (-o json)");
  OnRun(watch, session, [&session, arguments] {
    return WatchAssignments(session, arguments->scope, arguments->resume_token);
  });
}

}  // namespace baton::batonctl
