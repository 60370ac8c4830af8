// batonctl lead submit
#include <fstream>
#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "baton/v1/lead_service.pb.h"
#include "batonctl/commands.h"
#include "batonctl/event_input.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/lead_view.h"
#include "events/event_fields.h"
#include "events/lead_event_codec.h"
#include "policy/document_error.h"

namespace baton::batonctl {
namespace {

constexpr int kBatchEvents = 500;  // the API's cap per request
// A request has at most 256 KiB; an event more than this alone is refused by the server anyway.
constexpr size_t kBatchBytes = 192 * 1024;

struct SubmitArguments {
  EventFlags flags;
  std::string file;
  bool wait = false;
  bool dry_run = false;
};

// Sends events in batches and keeps what the server answered.
class Submission {
 public:
  Submission(Session& session, const SubmitArguments& arguments)
      : session_(session), arguments_(arguments) {}

  // `line` is where it stands in a file, 0 if it does not.
  absl::Status Add(v1::LeadEvent event, size_t line) {
    const size_t bytes = event.ByteSizeLong();
    if (batch_.events_size() > 0 && bytes_ + bytes > kBatchBytes) {
      if (absl::Status status = Flush(); !status.ok()) return status;
    }
    if (batch_.events_size() == 0) first_line_ = line;
    last_line_ = line;
    *batch_.add_events() = std::move(event);
    bytes_ += bytes;
    return batch_.events_size() < kBatchEvents ? absl::OkStatus() : Flush();
  }

  // Sends what is not sent yet.
  absl::Status Flush() {
    if (batch_.events_size() == 0) return absl::OkStatus();
    const absl::StatusOr<std::string> parent = session_.Workspace();
    if (!parent.ok()) return parent.status();
    batch_.set_parent(*parent);
    batch_.set_wait_for_decision(arguments_.wait);
    batch_.set_validate_only(arguments_.dry_run);
    const auto response = Ask<v1::SubmitLeadEventsResponse>(session_.server(), batch_);
    if (!response.ok()) return response.status();
    all_.set_accepted_count(all_.accepted_count() + response->accepted_count());
    all_.mutable_leads()->MergeFrom(response->leads());
    batch_.Clear();
    bytes_ = 0;
    return absl::OkStatus();
  }

  const v1::SubmitLeadEventsResponse& all() const { return all_; }
  // Of the batch that is being collected or was refused: events[0] stands in the first one.
  size_t first_line() const { return first_line_; }
  size_t last_line() const { return last_line_; }

 private:
  Session& session_;
  const SubmitArguments& arguments_;
  v1::SubmitLeadEventsRequest batch_;
  size_t bytes_ = 0;
  size_t first_line_ = 0;
  size_t last_line_ = 0;
  v1::SubmitLeadEventsResponse all_;
};

// An error in a file of which earlier lines may have been sent. `where`: "events.ndjson:7".
absl::Status FileRefused(const absl::Status& error, const std::string& where,
                         const Submission& submission) {
  return WithContext(
      error, where + ": ",
      absl::StrCat("\naccepted before it: ", Counted(submission.all().accepted_count(), "event"),
                   "; sending the same events again does no harm"));
}

absl::Status TakeWorkspace(Session& session, const std::string& workspace) {
  std::string& chosen = session.options.workspace;
  if (chosen.empty()) chosen = workspace;
  if (chosen == workspace) return absl::OkStatus();
  return UsageError(
      absl::StrCat("the event is of workspace ", policy::Quoted(workspace), ", not ", chosen));
}

absl::Status SubmitLines(Session& session, const std::string& name, std::istream& lines,
                         Submission& submission) {
  std::string line;
  size_t number = 0;
  const auto refused = [&](const absl::Status& error) {
    return FileRefused(error, absl::StrCat(name, ":", number), submission);
  };
  const auto batch_refused = [&](const absl::Status& error) {
    return FileRefused(error,
                       absl::StrCat(name, ", events of lines ", submission.first_line(), " to ",
                                    submission.last_line()),
                       submission);
  };
  while (std::getline(lines, line)) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    absl::StatusOr<FileEvent> event = EventOfLine(line, session.world().now());
    if (!event.ok()) return refused(event.status());
    const absl::Status same = TakeWorkspace(session, event->workspace);
    if (!same.ok()) return refused(same);
    absl::Status status = submission.Add(std::move(event->event), number);
    if (!status.ok()) return batch_refused(status);
  }
  if (lines.bad()) return FileError(absl::StrCat("cannot read ", name));
  if (submission.last_line() == 0) return FileError(absl::StrCat(name, " holds no event"));
  const absl::Status status = submission.Flush();
  return status.ok() ? status : batch_refused(status);
}

absl::Status SubmitFile(Session& session, const std::string& path, Submission& submission) {
  if (path == "-") return SubmitLines(session, "standard input", std::cin, submission);
  std::ifstream file(path, std::ios::binary);
  if (!file) return FileError(absl::StrCat("cannot read ", path));
  return SubmitLines(session, path, file, submission);
}

// The event's id is that of the request: with the same one again it has no effect.
absl::Status SetEventId(Session& session, EventFlags& flags) {
  if (absl::Status one = session.TakeRequestId("--id", flags.id); !one.ok()) return one;
  flags.id = session.RequestId();
  if (events::IsPrintableText(flags.id, events::kEventIdBytesMax)) return absl::OkStatus();
  return UsageError(absl::StrCat("the id of an event is 1 to ", events::kEventIdBytesMax,
                                 " printable bytes; this is ", policy::Quoted(flags.id)));
}

absl::Status SubmitFlags(Session& session, EventFlags flags, Submission& submission) {
  if (absl::Status status = SetEventId(session, flags); !status.ok()) return status;
  absl::StatusOr<v1::LeadEvent> event = EventOfFlags(flags);
  if (!event.ok()) return event.status();
  if (absl::Status status = submission.Add(*std::move(event), /*line=*/0); !status.ok())
    return status;
  return submission.Flush();
}

absl::Status Submit(Session& session, const SubmitArguments& arguments) {
  if (arguments.file.empty() == arguments.flags.lead.empty()) {
    return UsageError("give either --lead with the event's options, or --file");
  }
  if (!arguments.file.empty() && !session.options.request_id.empty()) {
    return UsageError("the events of --file have ids of their own: leave --request-id out");
  }
  Submission submission(session, arguments);
  const absl::Status status = arguments.file.empty()
                                  ? SubmitFlags(session, arguments.flags, submission)
                                  : SubmitFile(session, arguments.file, submission);
  if (!status.ok()) return status;
  const v1::SubmitLeadEventsResponse& all = submission.all();
  if (arguments.dry_run) {
    session.Note("The events are valid; none was sent.");
  } else {
    session.Note(absl::StrCat("Accepted: ", Counted(all.accepted_count(), "event"), "."));
  }
  if (!arguments.wait && session.options.is_text()) return absl::OkStatus();
  std::vector<std::string> names;
  for (const v1::Lead& lead : all.leads()) names.push_back(lead.name());
  return session.Print(all, LeadsTable({all.leads().begin(), all.leads().end()}), names);
}

}  // namespace

void AddLeadSubmit(CLI::App& leads, Session& session) {
  auto arguments = std::make_shared<SubmitArguments>();
  EventFlags& flags = arguments->flags;
  CLI::App& submit = *leads.add_subcommand("submit", "Submits events of leads, as marketing would");
  CLI::Option* file = submit.add_option("--file,-f", arguments->file,
                                        "structured CloudEvents, one a line; - is standard input");
  const auto flag = [file](CLI::Option* option) { option->excludes(file); };
  flag(submit.add_option("--lead", flags.lead, "id of the lead"));
  flag(submit.add_option("--type", flags.type, "captured, updated, activity or consent")
           ->capture_default_str());
  flag(submit
           .add_option("--attribute,-a", flags.attributes,
                       "NAME=VALUE, the value as in JSON or plain text; repeat for more")
           ->allow_extra_args(false));
  flag(submit.add_option("--activity", flags.activity,
                         "what the prospect did, such as demo_request"));
  flag(submit
           .add_option("--property", flags.properties,
                       "NAME=VALUE of the activity, such as path=/pricing; repeat for more")
           ->allow_extra_args(false));
  flag(submit.add_option("--count", flags.count, "how often; default: once")
           ->check(CLI::Range(1, 1000)));
  flag(submit.add_option("--consent", flags.consent, "granted or withdrawn"));
  flag(submit
           .add_option("--attribution", flags.attribution,
                       "NAME=VALUE, such as campaign=spring; repeat for more")
           ->allow_extra_args(false));
  flag(submit.add_option("--id", flags.id, "id of the event, as --request-id; default: a new one"));
  flag(submit.add_option("--source", flags.source, "the system that saw it"));
  flag(submit.add_option("--time", flags.time, "when it happened; default: now"));
  submit.add_flag("--wait", arguments->wait, "wait until the leads are decided and show them");
  submit.add_flag("--dry-run", arguments->dry_run, "let the server check them only");
  OnChange(submit, session, [&session, arguments] { return Submit(session, *arguments); });
}

}  // namespace baton::batonctl
