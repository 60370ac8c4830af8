// batonctl lead erase
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "baton/v1/lead_service.pb.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"

namespace baton::batonctl {
namespace {

struct EraseArguments {
  std::string lead;
  std::string email;
  std::string request_id;
  bool dry_run = false;
  bool yes = false;
};

Table ErasedTable(const v1::EraseLeadResponse& response) {
  Table table({"LEAD", "ERASED", "STAGE", "REP", "ATTRIBUTES", "JOURNEY", "CYCLES"});
  for (const v1::ErasedLead& lead : response.leads()) {
    const bool counts = !lead.already_erased();
    table.AddRow({ShortName(lead.name()),
                  lead.has_erase_time() ? FormatTime(lead.erase_time()) : "would be",
                  counts ? StageText(lead.stage()) : "(before)", ShortName(lead.rep()),
                  counts ? absl::StrCat(lead.attribute_count()) : "",
                  counts ? absl::StrCat(lead.journey_entry_count()) : "",
                  counts ? absl::StrCat(lead.cycle_count()) : ""});
  }
  return table;
}

absl::StatusOr<v1::EraseLeadRequest> RequestOf(Session& session, const EraseArguments& arguments) {
  if (!arguments.yes && !arguments.dry_run) {
    return UsageError(
        "nothing was erased: say --yes to erase for good, or --dry-run to see what would be");
  }
  if (arguments.lead.empty() == arguments.email.empty()) {
    return UsageError("say whom to erase: either LEAD or --email");
  }
  if (absl::Status one = session.TakeRequestId("--request-id", arguments.request_id); !one.ok()) {
    return one;
  }
  const absl::StatusOr<std::string> name =
      arguments.email.empty() ? session.Name("leads", arguments.lead) : session.Workspace();
  if (!name.ok()) return name.status();
  v1::EraseLeadRequest request;
  request.set_name(*name);
  request.set_email(arguments.email);
  request.set_validate_only(arguments.dry_run);
  if (!session.options.request_id.empty()) request.set_request_id(session.RequestId());
  return request;
}

// Of an address until no lead has it.
absl::Status Erase(Session& session, const EraseArguments& arguments) {
  const absl::StatusOr<v1::EraseLeadRequest> request = RequestOf(session, arguments);
  if (!request.ok()) return request.status();
  v1::EraseLeadResponse all;
  do {
    const auto response = Ask<v1::EraseLeadResponse>(session.server(), *request);
    if (!response.ok()) return response.status();
    all.MergeFrom(*response);
    all.set_more(response->more());
  } while (all.more() && !arguments.dry_run);
  std::vector<std::string> names;
  for (const v1::ErasedLead& lead : all.leads()) names.push_back(lead.name());
  if (all.leads().empty()) session.Note("No lead has this address.");
  if (all.more()) session.Note("There are more leads of this address.");
  if (arguments.dry_run) session.Note("Nothing was erased.");
  return session.Print(all, ErasedTable(all), names);
}

}  // namespace

void AddLeadErase(CLI::App& leads, Session& session) {
  auto arguments = std::make_shared<EraseArguments>();
  CLI::App& erase = *leads.add_subcommand(
      "erase", "Erases a person for good: record, journey, decisions; reports keep the numbers");
  erase.add_option("LEAD", arguments->lead, "id of the lead");
  erase.add_option("--email", arguments->email, "all leads with this e-mail address");
  erase.add_option("--request-id", arguments->request_id,
                   "of the demand, such as a ticket; named as cause by the events");
  erase.add_flag("--dry-run", arguments->dry_run, "say only what would be erased");
  erase.add_flag("--yes", arguments->yes, "erase; there is no way back");
  OnChange(erase, session, [&session, arguments] { return Erase(session, *arguments); });
}

}  // namespace baton::batonctl
