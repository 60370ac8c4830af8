// batonctl assignment claim|accept|decline|touch|reject|recycle|reroute|reassign|
// release|pause|resume|outcome (list,
// get: assignment_list.cc; watch: assignment_watch.cc)
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "baton/v1/assignment_service.pb.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/lead_view.h"

namespace baton::batonctl {
namespace {

struct AssignmentArguments {
  std::string assignment, reason, note, channel, direction, touch_outcome, time, revisit, queue,
      outcome, to;
  std::string currency, close_date, until;
  int64_t amount_minor = 0;
  std::string rep;
  std::vector<std::string> queues;
};

// What every action has: the assignment and the request id.
template <typename Request>
absl::Status Start(Session& session, const AssignmentArguments& arguments, Request& request) {
  const absl::StatusOr<std::string> name = session.Name("assignments", arguments.assignment);
  if (!name.ok()) return name.status();
  request.set_name(*name);
  request.set_request_id(session.RequestId());
  return absl::OkStatus();
}

template <typename Request>
absl::Status StartWithReason(Session& session, const AssignmentArguments& arguments,
                             Request& request) {
  request.set_reason(arguments.reason);
  request.set_note(arguments.note);
  return Start(session, arguments, request);
}

// Sets `field` to the time that an option gives, if it was given.
absl::Status SetTime(const std::string& option, const std::string& text,
                     google::protobuf::Timestamp& field) {
  const absl::StatusOr<google::protobuf::Timestamp> time = ParseTime(option, text);
  if (!time.ok()) return time.status();
  field = *time;
  return absl::OkStatus();
}

// Sends the request and prints the assignment after the change.
template <typename Response>
absl::Status FinishWithAssignment(Session& session, const google::protobuf::Message& request) {
  const auto response = Ask<Response>(session.server(), request);
  if (!response.ok()) return response.status();
  const v1::Assignment& assignment = response->assignment();
  return session.Print(assignment, AssignmentsTable({assignment}), {assignment.name()});
}

// Likewise the lead after the change.
template <typename Response>
absl::Status FinishWithLead(Session& session, const google::protobuf::Message& request) {
  const auto response = Ask<Response>(session.server(), request);
  if (!response.ok()) return response.status();
  return session.Print(response->lead(), LeadsTable({response->lead()}), {response->lead().name()});
}

absl::Status Claim(Session& session, const AssignmentArguments& arguments) {
  v1::ClaimNextLeadRequest request;
  const absl::StatusOr<std::string> rep = session.Name("reps", arguments.rep);
  if (!rep.ok()) return rep.status();
  request.set_rep(*rep);
  for (const std::string& queue : arguments.queues) {
    const absl::StatusOr<std::string> name = session.Name("queues", queue);
    if (!name.ok()) return name.status();
    request.add_queues(*name);
  }
  request.set_request_id(session.RequestId());
  return FinishWithAssignment<v1::ClaimNextLeadResponse>(session, request);
}

absl::Status Accept(Session& session, const AssignmentArguments& arguments) {
  v1::AcceptAssignmentRequest request;
  if (absl::Status status = Start(session, arguments, request); !status.ok()) return status;
  return FinishWithAssignment<v1::AcceptAssignmentResponse>(session, request);
}

absl::Status Decline(Session& session, const AssignmentArguments& arguments) {
  v1::DeclineAssignmentRequest request;
  if (absl::Status status = StartWithReason(session, arguments, request); !status.ok())
    return status;
  return FinishWithLead<v1::DeclineAssignmentResponse>(session, request);
}

absl::Status Touch(Session& session, const AssignmentArguments& arguments) {
  v1::LogTouchRequest request;
  request.set_channel(arguments.channel);
  request.set_direction(arguments.direction);
  request.set_outcome(arguments.touch_outcome);
  request.set_note(arguments.note);
  if (!arguments.time.empty()) {
    absl::Status status = SetTime("--time", arguments.time, *request.mutable_touch_time());
    if (!status.ok()) return status;
  }
  if (absl::Status status = Start(session, arguments, request); !status.ok()) return status;
  return FinishWithAssignment<v1::LogTouchResponse>(session, request);
}

absl::Status Reject(Session& session, const AssignmentArguments& arguments) {
  v1::RejectLeadRequest request;
  if (absl::Status status = StartWithReason(session, arguments, request); !status.ok())
    return status;
  return FinishWithLead<v1::RejectLeadResponse>(session, request);
}

absl::Status Recycle(Session& session, const AssignmentArguments& arguments) {
  v1::RecycleLeadRequest request;
  if (!arguments.revisit.empty()) {
    absl::Status status = SetTime("--revisit", arguments.revisit, *request.mutable_revisit_time());
    if (!status.ok()) return status;
  }
  if (absl::Status status = StartWithReason(session, arguments, request); !status.ok())
    return status;
  return FinishWithLead<v1::RecycleLeadResponse>(session, request);
}

absl::Status Reroute(Session& session, const AssignmentArguments& arguments) {
  v1::RerouteLeadRequest request;
  if (!arguments.queue.empty()) {
    const absl::StatusOr<std::string> queue = session.Name("queues", arguments.queue);
    if (!queue.ok()) return queue.status();
    request.set_queue(*queue);
  }
  if (absl::Status status = StartWithReason(session, arguments, request); !status.ok())
    return status;
  return FinishWithLead<v1::RerouteLeadResponse>(session, request);
}

absl::Status Reassign(Session& session, const AssignmentArguments& arguments) {
  v1::ReassignLeadRequest request;
  if (!arguments.queue.empty()) {
    const absl::StatusOr<std::string> queue = session.Name("queues", arguments.queue);
    if (!queue.ok()) return queue.status();
    request.set_queue(*queue);
  }
  if (!arguments.to.empty()) {
    const absl::StatusOr<std::string> rep = session.Name("reps", arguments.to);
    if (!rep.ok()) return rep.status();
    request.set_rep(*rep);
  }
  if (absl::Status status = StartWithReason(session, arguments, request); !status.ok())
    return status;
  return FinishWithLead<v1::ReassignLeadResponse>(session, request);
}

absl::Status Release(Session& session, const AssignmentArguments& arguments) {
  v1::ReleaseLeadRequest request;
  if (absl::Status status = StartWithReason(session, arguments, request); !status.ok())
    return status;
  return FinishWithLead<v1::ReleaseLeadResponse>(session, request);
}

absl::Status Pause(Session& session, const AssignmentArguments& arguments) {
  v1::PauseLeadRequest request;
  request.set_note(arguments.note);
  if (!arguments.until.empty()) {
    absl::Status status = SetTime("--until", arguments.until, *request.mutable_resume_time());
    if (!status.ok()) return status;
  }
  if (absl::Status status = Start(session, arguments, request); !status.ok()) return status;
  return FinishWithLead<v1::PauseLeadResponse>(session, request);
}

absl::Status Resume(Session& session, const AssignmentArguments& arguments) {
  v1::ResumeLeadRequest request;
  request.set_note(arguments.note);
  if (absl::Status status = Start(session, arguments, request); !status.ok()) return status;
  return FinishWithLead<v1::ResumeLeadResponse>(session, request);
}

absl::Status Outcome(Session& session, const AssignmentArguments& arguments) {
  v1::ReportOutcomeRequest request;
  const absl::StatusOr<v1::Stage> stage = ParseStage("the outcome", arguments.outcome);
  if (!stage.ok()) return stage.status();
  request.set_outcome(*stage);
  request.set_amount_minor(arguments.amount_minor);
  request.set_currency(absl::AsciiStrToUpper(arguments.currency));
  if (!arguments.close_date.empty()) {
    absl::Status status =
        SetTime("--close-date", arguments.close_date, *request.mutable_close_time());
    if (!status.ok()) return status;
  }
  if (absl::Status status = StartWithReason(session, arguments, request); !status.ok())
    return status;
  return FinishWithLead<v1::ReportOutcomeResponse>(session, request);
}

using Act = absl::Status (*)(Session&, const AssignmentArguments&);
using SharedArguments = std::shared_ptr<AssignmentArguments>;

CLI::App& AddAction(CLI::App& group, Session& session, const SharedArguments& arguments,
                    const std::string& name, const std::string& about, Act run) {
  CLI::App& command = *group.add_subcommand(name, about);
  command.add_option("ASSIGNMENT", arguments->assignment, "LEAD.GENERATION")->required();
  OnChange(command, session, [&session, arguments, run] { return run(session, *arguments); });
  return command;
}

// `codes` are the usual ones; a policy may add others.
void AddReason(CLI::App& command, const SharedArguments& arguments, const std::string& codes,
               bool required) {
  command.add_option("--reason", arguments->reason, "code, such as " + codes)->required(required);
  command.add_option("--note", arguments->note, "free text");
}

}  // namespace

void AddAssignmentCommands(CLI::App& app, Session& session) {
  CLI::App& group = AddGroup(app, "assignment", "Assignments: one lead with one rep");
  auto arguments = std::make_shared<AssignmentArguments>();

  AddAssignmentList(group, session);
  AddAssignmentWatch(group, session);

  CLI::App& claim =
      *group.add_subcommand("claim", "Takes the next lead that waits in queues of mode pull");
  claim.add_option("REP", arguments->rep, "who takes it")->required();
  claim.add_option("--queue", arguments->queues, "a queue, repeatable; default: all of the rep's");
  OnChange(claim, session, [&session, arguments] { return Claim(session, *arguments); });

  AddAction(group, session, arguments, "accept", "Accepts an offered lead", Accept);
  AddReason(AddAction(group, session, arguments, "decline", "Gives an offered lead back", Decline),
            arguments, "AT_CAPACITY, AWAY", true);

  CLI::App& touch =
      AddAction(group, session, arguments, "touch", "Logs an attempt to reach the lead", Touch);
  touch.add_option("--channel", arguments->channel, "call, email, meeting ...")->required();
  touch.add_option("--direction", arguments->direction, "outbound or inbound");
  touch.add_option("--outcome", arguments->touch_outcome, "connected, no_answer ...");
  touch.add_option("--time", arguments->time, "when; default: now");
  touch.add_option("--note", arguments->note, "free text");

  AddReason(
      AddAction(group, session, arguments, "reject", "Closes a lead: never sales-ready", Reject),
      arguments, "WRONG_PERSONA, NO_NEED, DUPLICATE", true);

  CLI::App& recycle = AddAction(group, session, arguments, "recycle",
                                "Returns a lead to marketing: not now", Recycle);
  AddReason(recycle, arguments, "BAD_TIMING, NO_BUDGET, NO_RESPONSE", true);
  recycle.add_option("--revisit", arguments->revisit,
                     "not before; default: the reason's cool-down");

  CLI::App& reroute = AddAction(group, session, arguments, "reroute",
                                "Returns a lead to a queue: wrong rep", Reroute);
  AddReason(reroute, arguments, "WRONG_TERRITORY, WRONG_LANGUAGE", true);
  reroute.add_option("--queue", arguments->queue, "another queue; default: the same");

  CLI::App& reassign = AddAction(group, session, arguments, "reassign",
                                 "Takes a lead from its rep, as a manager", Reassign);
  AddReason(reassign, arguments, "REASSIGNED, WRONG_TERRITORY", false);
  reassign.add_option("--queue", arguments->queue, "another queue; default: the same");
  reassign.add_option("--to", arguments->to, "a rep who gets it if able to take it");

  AddReason(AddAction(group, session, arguments, "release",
                      "Gives an accepted lead back to its queue", Release),
            arguments, "RELEASED, CONFLICT_OF_INTEREST", false);
  CLI::App& pause = AddAction(group, session, arguments, "pause",
                              "The lead waits on the customer: its clocks stand still", Pause);
  pause.add_option("--until", arguments->until, "it goes on by itself then; default: in 30 days");
  pause.add_option("--note", arguments->note, "free text");
  AddAction(group, session, arguments, "resume", "Work on a paused lead goes on", Resume)
      .add_option("--note", arguments->note, "free text");

  CLI::App& outcome =
      AddAction(group, session, arguments, "outcome", "Reports SQL, SQO, WON or LOST", Outcome);
  outcome.add_option("OUTCOME", arguments->outcome, "sql, sqo, won or lost")->required();
  AddReason(outcome, arguments, "PRICE, NO_DECISION (lost)", false);
  outcome.add_option("--amount-minor", arguments->amount_minor,
                     "amount in minor units: 125050 is 1,250.50");
  outcome.add_option("--currency", arguments->currency, "ISO 4217 code, such as EUR");
  outcome.add_option("--close-date", arguments->close_date, "sqo: expected date");
}

}  // namespace baton::batonctl
