#include "core/errors.h"

#include <algorithm>
#include <array>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/text.h"

namespace baton::core {
namespace {

// Payloads of a status: one for the reason, one for each variable, one for the retry time.
constexpr absl::string_view kReasonUrl = "baton.dev/reason";
constexpr absl::string_view kVariableUrl = "baton.dev/variable/";
constexpr absl::string_view kRetryUrl = "baton.dev/retry_after_ms";

struct KnownReason {
  std::string_view reason;
  std::string_view hint;
};

// Every reason that Baton gives, with what the caller can do about it. Ordered by reason.
constexpr std::array kCatalogue = {
    KnownReason{"ACCOUNT_EXISTS", "Choose another id, or update the account."},
    KnownReason{"ACCOUNT_NOT_FOUND", "List the accounts of the workspace."},
    KnownReason{"APPROVAL_MISSING", "Let the role that is missing approve the revision first."},
    KnownReason{"APPROVED_FOR_OTHER_ROLE",
                "Another person must approve for this role, or take the first approval back."},
    KnownReason{"BROKER_UNAVAILABLE", "Kafka cannot be reached: send the same events again later."},
    KnownReason{"CHECKPOINT_MOVED", "Between our processes only: read the checkpoints again."},
    KnownReason{"CONTENTION", "The lead changes all the time: try again."},
    KnownReason{"COUNTED_MEANWHILE", "Between our processes only: look again how far is counted."},
    KnownReason{"CREDENTIALS_MISSING", "Send a token, or show a client certificate."},
    KnownReason{"DECISION_NOT_KEPT", "Ask for one of the generations that are named."},
    KnownReason{"DOMAIN_TAKEN", "Take the domain from the account that is named, then try again."},
    KnownReason{"DRAINING", "Call again, on a new connection."},
    KnownReason{"ETAG_MISMATCH", "Somebody changed it meanwhile: read it again, then write."},
    KnownReason{"EVENT_TOO_OLD",
                "Look at the lead: if the action is missing, send it again as a new event."},
    KnownReason{"EXPIRED_TOKEN", "Get a new token from the issuer, then call again."},
    KnownReason{"FORGED_TOKEN", "Pass a token as it was given, to the call that gave it."},
    KnownReason{"HOST_DENIED", "Call it as localhost, or give Baton TLS and tokens."},
    KnownReason{"INSTALLATION_DIFFERS", "Start with the number of shards chosen at installation."},
    KnownReason{"INVALID_FIELD", "Correct the field that is named."},
    KnownReason{"INVALID_POLICY", "Correct the errors that are listed; each names its place."},
    KnownReason{"INVALID_PRINCIPAL", "Correct the metadata that is named."},
    KnownReason{"INVALID_TABLE", "Correct the lines that are listed."},
    KnownReason{"INVALID_TOKEN", "Get a token of the issuer and for the audience of this server."},
    KnownReason{"KEYS_STALE", "See to the file or URL of keys that the server's log names."},
    KnownReason{"LEAD_NOT_FOUND",
                "Check workspace and lead; a lead exists from its first event on."},
    KnownReason{"MALFORMED_TOKEN", "Pass a token as it was given, or none to begin anew."},
    KnownReason{"MESSAGE_TOO_LARGE", "Send less at once; the method says what it takes."},
    KnownReason{"METHOD_DENIED", "Ask somebody whose role may call the method."},
    KnownReason{"MISSING_FIELD", "Give the field that is named."},
    KnownReason{"NOTHING_WAITS", "Watch the queue, or claim again later."},
    KnownReason{"NOT_A_MEMBER", "Name queues of the rep, or none for all of them."},
    KnownReason{"NOT_DECIDED_YET", "The events are stored: read the lead later."},
    KnownReason{"NOT_FOR_REPS", "Name your own rep, or ask somebody with another role."},
    KnownReason{"NOT_PAUSED", "Nothing to do: work on the lead goes on already."},
    KnownReason{"NOT_THE_OWNER", "Look who owns the lead now; the action is not yours to take."},
    KnownReason{"NO_ACTIVE_POLICY", "Activate a policy first, or try the draft by a simulation."},
    KnownReason{"NO_ANSWER_IN_TIME",
                "Repeat the call with the same request id: whether it was done is not known."},
    KnownReason{"OUTBOX_FULL", "See to Kafka; nothing was changed, so try again later."},
    KnownReason{"OVERLOADED", "Try again after the time that is given."},
    KnownReason{"POLICY_NOT_FOUND",
                "List the revisions; a workspace without active policy needs one activated."},
    KnownReason{"PRINCIPAL_MISSING", "Say who calls: --principal, or the metadata that is named."},
    KnownReason{"QUEUE_NOT_FOUND", "List the queues of the workspace."},
    KnownReason{"QUEUE_NOT_PULLED",
                "Leads of this queue come by themselves: name one of mode pull."},
    KnownReason{"RATE_LIMITED", "Call again after the time that is given, and less often."},
    KnownReason{"REDIS_ACCESS_DENIED", "Give the Redis user the commands and keys that are named."},
    KnownReason{"REDIS_FUNCTIONS_MISSING",
                "Run `baton load-functions` of the release as a user that may load functions."},
    KnownReason{"REDIS_LOSES_DATA", "Correct the Redis setting that is named."},
    KnownReason{"REDIS_MODE_UNSUPPORTED",
                "Use one primary with replicas; Sentinels go into a redis+sentinel:// URL."},
    KnownReason{"REDIS_TOO_OLD", "Use Redis 7.0 or newer."},
    KnownReason{"REPORTS_LOADING", "Ask again after the time that is given: loading goes on."},
    KnownReason{"REP_AT_CAPACITY", "Close or reroute a lead first, or raise the capacity."},
    KnownReason{"REP_AT_DAILY_CAP", "Claim again when the rep's day is over, or raise the cap."},
    KnownReason{"REP_EXISTS", "Choose another id, or update the rep."},
    KnownReason{"REP_NOT_FOUND", "List the reps of the workspace."},
    KnownReason{"REP_OWNS_LEADS", "Let the rep close or reroute the open leads first."},
    KnownReason{"REP_UNAVAILABLE", "Set the rep online first."},
    KnownReason{"REQUEST_ID_REUSED", "Use a new request id for a new request."},
    KnownReason{"REVISION_IN_USE", "Withdraw the draft, or activate another revision first."},
    KnownReason{"REVISION_NEVER_ACTIVE", "Let both roles approve it, then activate it."},
    KnownReason{"REVISION_NOT_A_DRAFT",
                "Make a new revision of the text, or roll back to one that was active."},
    KnownReason{"ROLE_MISSING", "Ask somebody who has the role to do it."},
    KnownReason{"SHADOW_NOT_FOUND", "Start a draft in the shadow first."},
    KnownReason{"SHADOW_RUNNING", "Stop the draft that runs; its report stays until then."},
    KnownReason{"SLOW_READER", "Read the stream faster; resume with the last token."},
    KnownReason{"STALE_GENERATION",
                "The assignment is over: read the lead, act on the current one."},
    KnownReason{"STATE_UNREADABLE",
                "Mend or restore what is stored; dead letters can then be sent again."},
    KnownReason{"STORED_POLICY_INVALID", "Activate a policy that this release can read."},
    KnownReason{"TABLE_IN_USE", "Delete the revision that is named first, or keep the table."},
    KnownReason{"TABLE_MISSING", "Upload the table that is named, then try again."},
    KnownReason{"TABLE_NOT_FOUND", "List the tables of the workspace."},
    KnownReason{"TOO_MANY_ACCOUNTS", "The workspace or group is at its cap of accounts."},
    KnownReason{"TOO_MANY_APPROVALS", "The revision has enough approvals: activate it."},
    KnownReason{"TOO_MANY_CALENDARS", "Let reps share zones and calendars."},
    KnownReason{"TOO_MANY_CONNECTIONS",
                "Close connections, share one, or have the limit that is named raised."},
    KnownReason{"TOO_MANY_CYCLES",
                "Raise reports.cycles_max and the memory of dispatch, or lower reports.keep."},
    KnownReason{"TOO_MANY_DRAFTS", "Withdraw drafts that nobody will approve."},
    KnownReason{"TOO_MANY_QUEUES", "Have fewer queues, or have the limit that is named raised."},
    KnownReason{"TOO_MANY_REPS",
                "Remove reps who have left, or have the limit that is named raised."},
    KnownReason{"TOO_MANY_REVISIONS",
                "Delete withdrawn revisions, or superseded ones nobody needs."},
    KnownReason{"TOO_MANY_RULES", "Leave out rules, or have the limit that is named raised."},
    KnownReason{"TOO_MANY_STREAMS", "End streams that nobody reads, or share one."},
    KnownReason{"TOO_MANY_TABLES", "Delete tables that no revision names."},
    KnownReason{"TOO_MANY_WEBHOOKS", "Delete webhooks that nobody needs, or let tools share one."},
    KnownReason{"TOO_MANY_WORKSPACES", "The installation is at its cap of workspaces."},
    KnownReason{"UNEXPECTED_COMMIT_CODE", "A fault of Baton: please report it."},
    KnownReason{"UNKNOWN_CLIENT", "Let the operator add the certificate's name to the clients."},
    KnownReason{"UNKNOWN_KEY",
                "Get a token of the issuer; right after a change of its keys, try again."},
    KnownReason{"UNKNOWN_METHOD", "See the services and methods in the API reference."},
    KnownReason{"UNKNOWN_QUEUE", "Use a queue of the workspace's policy."},
    KnownReason{"UNKNOWN_REASON", "Use a reason code of the class that the action needs."},
    KnownReason{"UNREADABLE_MESSAGE", "Correct what is named; the message says where it is."},
    KnownReason{"UNSUPPORTED_PROTOCOL", "Call it as the message says."},
    KnownReason{"WEBHOOKS_OFF", "Let the operator list the hosts that webhooks may reach."},
    KnownReason{"WEBHOOK_EXISTS", "Choose another id, or update the webhook."},
    KnownReason{"WEBHOOK_NOT_FOUND", "List the webhooks of the workspace."},
    KnownReason{"WORKSPACE_EXISTS", "Choose another id."},
    KnownReason{"WORKSPACE_NOT_FOUND", "Create the workspace first."},
    KnownReason{"WRONG_STAGE", "Read the lead: its stage does not allow this."},
    KnownReason{"ZONES_MISSING", "Install the package tzdata where Baton runs."},
};

}  // namespace

absl::Status Error(absl::StatusCode code, std::string_view reason, std::string_view message,
                   const ErrorMetadata& metadata) {
  absl::Status status(code, ToAbsl(message));
  status.SetPayload(kReasonUrl, absl::Cord(ToAbsl(reason)));
  for (const auto& [name, value] : metadata) {
    status.SetPayload(absl::StrCat(kVariableUrl, name), absl::Cord(value));
  }
  return status;
}

absl::Status FieldError(std::string_view field, std::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, "INVALID_FIELD",
               absl::StrCat(ToAbsl(field), ": ", ToAbsl(message)), {{"field", std::string(field)}});
}

absl::Status QuotaError(std::string_view reason, std::string_view subject, const Cap& cap) {
  const bool fixed = cap.setting.empty();
  ErrorMetadata variables = {{"subject", std::string(subject)},
                             {"count", absl::StrCat(cap.count)},
                             {"cap", absl::StrCat(cap.max)}};
  if (!fixed) variables["setting"] = std::string(cap.setting);
  const std::string allows =
      fixed ? "there may be " : absl::StrCat(ToAbsl(cap.setting), " allows ");
  return Error(absl::StatusCode::kResourceExhausted, reason,
               absl::StrCat(ToAbsl(subject), " has ", cap.count, " ", ToAbsl(cap.what), ": ",
                            allows, cap.max),
               variables);
}

std::string_view ErrorHint(std::string_view reason) {
  const auto* found =
      std::find_if(kCatalogue.begin(), kCatalogue.end(),
                   [&](const KnownReason& known) { return known.reason == reason; });
  return found == kCatalogue.end() ? std::string_view() : found->hint;
}

std::string ErrorReason(const absl::Status& status) {
  return std::string(status.GetPayload(kReasonUrl).value_or(absl::Cord()));
}

ErrorMetadata ErrorVariables(const absl::Status& status) {
  ErrorMetadata variables;
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& value) {
    if (absl::ConsumePrefix(&url, kVariableUrl)) variables[std::string(url)] = std::string(value);
  });
  return variables;
}

absl::Status WithRetryAfter(absl::Status status, absl::Duration delay) {
  status.SetPayload(kRetryUrl, absl::Cord(absl::StrCat(absl::ToInt64Milliseconds(delay))));
  return status;
}

absl::Duration RetryAfter(const absl::Status& status) {
  int64_t delay_ms = 0;
  const std::string text(status.GetPayload(kRetryUrl).value_or(absl::Cord()));
  return absl::SimpleAtoi(text, &delay_ms) ? absl::Milliseconds(delay_ms) : absl::ZeroDuration();
}

}  // namespace baton::core
