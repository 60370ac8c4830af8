#include "batonctl/help_examples.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace baton::batonctl {
namespace {

// The command's words without "batonctl", and a line that shows its use.
constexpr std::pair<const char*, const char*> kExamples[] = {
    {"get", "batonctl get leads --stage OFFERED"},
    {"get", "batonctl get rep ada -o yaml"},
    {"get", "batonctl get policy inbound -o yaml > policy-now.yaml"},
    {"list", "batonctl list queues -o wide"},
    {"watch", "batonctl watch assignments"},
    {"watch", "batonctl watch queues --interval 500ms --no-headers"},
    {"describe", "batonctl describe lead lead-1"},
    {"describe", "batonctl describe queue inbound"},
    {"apply", "batonctl apply -f roster.yaml"},
    {"apply", "batonctl apply -f accounts.yaml --dry-run"},
    {"diff", "batonctl diff -f roster.yaml"},
    {"explain", "batonctl explain lead"},
    {"explain", "batonctl explain rep.absences"},
    {"explain", "batonctl explain lead.stage -o json"},
    {"config view", "batonctl config view --workspace acme"},
    {"config get-contexts", "batonctl config get-contexts -o wide"},
    {"config current-context", "batonctl config current-context"},
    {"config use-context", "batonctl config use-context prod"},
    {"config set-context",
     "batonctl config set-context prod --server baton.acme.example:7400 --workspace acme "
     "--tls-ca ca.pem --token-file token"},
    {"config set-context", "batonctl config set-context prod --principal ''"},
    {"config delete-context", "batonctl config delete-context prod"},
    {"topics apply", "batonctl topics apply --file topics.yaml"},
    {"topics list", "batonctl topics list --file topics.yaml -o json"},
    {"workspace create", "batonctl workspace create acme-eu --display-name 'Acme Europe'"},
    {"workspace get", "batonctl workspace get"},
    {"workspace list", "batonctl workspace list -o name"},
    {"policy apply", "batonctl policy apply --file policy.yaml"},
    {"policy apply", "batonctl policy apply --dry-run --file - < policy.yaml"},
    {"policy get", "batonctl policy get"},
    {"policy get", "batonctl policy get inbound@1"},
    {"policy validate", "batonctl policy validate --file policy.yaml"},
    {"policy test", "batonctl policy test --file policy.yaml"},
    {"policy lint", "batonctl policy lint --file policy.yaml"},
    {"policy diff", "batonctl policy diff --file policy.yaml"},
    {"policy diff", "batonctl policy diff inbound@1 policy.yaml"},
    {"policy approve",
     "batonctl policy approve inbound@2 --as marketing --principal mia@acme.example"},
    {"policy revoke", "batonctl policy revoke inbound@2 --principal mia@acme.example"},
    {"policy activate",
     "batonctl policy activate inbound@2 --as sales --principal sam@acme.example"},
    {"policy rollback",
     "batonctl policy rollback inbound@1 --as sales --principal sam@acme.example "
     "--reason 'leads were lost'"},
    {"policy withdraw", "batonctl policy withdraw inbound@2 --principal mia@acme.example"},
    {"policy delete", "batonctl policy delete inbound@2 --as admin --principal root@acme.example"},
    {"policy list", "batonctl policy list"},
    {"policy history", "batonctl policy history --limit 20"},
    {"policy shadow start",
     "batonctl policy shadow start inbound@2 --as marketing --principal mia@acme.example"},
    {"policy shadow stop",
     "batonctl policy shadow stop --as marketing --principal mia@acme.example"},
    {"policy shadow report", "batonctl policy shadow report -o csv"},
    {"policy simulate", "batonctl policy simulate --file policy.yaml --since 30d"},
    {"lead get", "batonctl lead get lead-1"},
    {"lead list", "batonctl lead list --stage QUEUED --limit 50"},
    {"lead list", "batonctl lead list --watch -o json"},
    {"lead journey", "batonctl lead journey lead-1 --type activity"},
    {"lead explain", "batonctl lead explain lead-1"},
    {"lead recompute", "batonctl lead recompute lead-1 --generation 1"},
    {"lead erase", "batonctl lead erase --email ada@acme.example --dry-run"},
    {"lead erase", "batonctl lead erase lead-1 --request-id TICKET-7 --yes"},
    {"lead submit",
     "batonctl lead submit --lead lead-2 --type captured --activity demo_request "
     "-a country=DE -a employees=300 -a email=ann@acme.example --wait"},
    {"lead submit", "batonctl lead submit --file events.ndjson --dry-run"},
    {"assignment list", "batonctl assignment list --rep ada"},
    {"assignment get", "batonctl assignment get lead-1.1 -o yaml"},
    {"assignment watch", "batonctl assignment watch --queue inbound -o json"},
    {"assignment claim", "batonctl assignment claim ada --queue pulled"},
    {"assignment accept", "batonctl assignment accept lead-1.1"},
    {"assignment decline", "batonctl assignment decline lead-1.1 --reason AT_CAPACITY"},
    {"assignment touch",
     "batonctl assignment touch lead-1.1 --channel call --direction outbound --outcome connected"},
    {"assignment reject", "batonctl assignment reject lead-1.1 --reason WRONG_PERSONA"},
    {"assignment recycle",
     "batonctl assignment recycle lead-1.1 --reason BAD_TIMING --note 'new budget next year'"},
    {"assignment reroute", "batonctl assignment reroute lead-1.1 --reason WRONG_TERRITORY"},
    {"assignment reassign", "batonctl assignment reassign lead-1.1 --to ben"},
    {"assignment release", "batonctl assignment release lead-1.1 --reason CONFLICT_OF_INTEREST"},
    {"assignment pause", "batonctl assignment pause lead-1.1 --note 'on holiday'"},
    {"assignment resume", "batonctl assignment resume lead-1.1"},
    {"assignment outcome", "batonctl assignment outcome lead-1.1 sql"},
    {"rep list", "batonctl rep list -o wide"},
    {"rep get", "batonctl rep get ada"},
    {"rep apply", "batonctl rep apply cora --queue inbound --weight 2 --capacity 20"},
    {"rep apply", "batonctl rep apply --file roster.yaml"},
    {"rep set-presence", "batonctl rep set-presence ada away"},
    {"rep reassign", "batonctl rep reassign ada --preview"},
    {"rep offboard", "batonctl rep offboard ada --to ben"},
    {"rep delete", "batonctl rep delete ben"},
    {"queue list", "batonctl queue list --watch"},
    {"queue get", "batonctl queue get inbound"},
    {"queue apply", "batonctl queue apply inbound --display-name 'Inbound, all countries'"},
    {"queue pause", "batonctl queue pause inbound"},
    {"queue resume", "batonctl queue resume inbound"},
    {"account list", "batonctl account list"},
    {"account get", "batonctl account get acme -o yaml"},
    {"account apply", "batonctl account apply --file accounts.yaml"},
    {"account import", "batonctl account import --file accounts.csv"},
    {"account delete", "batonctl account delete acme"},
    {"account match", "batonctl account match ann@acme.example"},
    {"table apply", "batonctl table apply postcodes --file postcodes.csv"},
    {"table list", "batonctl table list -o wide"},
    {"table get", "batonctl table get postcodes"},
    {"table delete", "batonctl table delete $(basename $(batonctl table list -o name))"},
    {"webhook create",
     "batonctl webhook create crm --url https://hooks.acme.example/baton --type assigned"},
    {"webhook get", "batonctl webhook get crm"},
    {"webhook list", "batonctl webhook list"},
    {"webhook update", "batonctl webhook update crm --type rejected --type won"},
    {"webhook delete", "batonctl webhook delete crm"},
    {"webhook rotate-secret", "batonctl webhook rotate-secret crm"},
    {"webhook test", "batonctl webhook test crm"},
    {"webhook replay", "batonctl webhook replay crm --from 2026-03-31"},
    {"report", "batonctl report all --since 30d"},
    {"report", "batonctl report acceptance --since 30d --by source -o csv"},
    {"report leads", "batonctl report leads acceptance/acceptance --since 30d -o name"},
    {"report alignment", "batonctl report alignment --since 7d -o html --out week.html"},
    {"dlq list", "batonctl dlq list --since 24h --class unknown_workspace"},
    {"dlq list", "batonctl dlq list -A --filter 'attempts > 1 && size < 1024' -o json"},
    {"dlq show", "batonctl dlq show lead-events/0/0"},
    {"dlq show", "batonctl dlq show lead-events/0/0 --raw > record.bin"},
    {"dlq replay", "batonctl dlq replay --class unknown_workspace --since 24h --dry-run"},
    {"dlq replay", "batonctl dlq replay lead-events/0/0 --rate 10 --yes"},
    {"mapping test", "batonctl mapping test salesforce.yaml < event.json"},
    {"dev-identity", "batonctl dev-identity identity --hosts localhost,baton.internal"},
    {"verify", "batonctl verify --wait 30s"},
    {"health", "batonctl health --service baton.v1.LeadService"},
    {"health", "batonctl health --http 127.0.0.1:7401"},
    {"completion", "source <(batonctl completion bash)"},
    {"completion", "batonctl completion zsh > _batonctl"},
    {"completion", "batonctl completion fish > batonctl.fish"},
    {"man", "batonctl man > batonctl.1"},
};

// The sections of reports share their examples.
std::string ExamplesPath(const std::string& path) {
  if (!path.starts_with("report ") || path == "report leads" || path == "report alignment") {
    return path;
  }
  return "report";
}

std::vector<std::string> ExamplesOf(const std::string& path) {
  std::vector<std::string> lines;
  for (const auto& [command, line] : kExamples) {
    if (ExamplesPath(path) == command) lines.emplace_back(line);
  }
  return lines;
}

void Walk(const CLI::App& app, const std::string& path, std::vector<CommandHelp>& commands) {
  for (const CLI::App* next : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (next->get_group().empty()) continue;
    const std::string name =
        path.empty() ? next->get_name() : absl::StrCat(path, " ", next->get_name());
    const bool is_group = !next->get_subcommands([](const CLI::App*) { return true; }).empty();
    if (!is_group) commands.push_back({name, next->get_description(), ExamplesOf(name)});
    Walk(*next, name, commands);
  }
}

void AddBelow(CLI::App& app, const std::string& path) {
  for (CLI::App* next : app.get_subcommands([](CLI::App*) { return true; })) {
    const std::string name =
        path.empty() ? next->get_name() : absl::StrCat(path, " ", next->get_name());
    AddBelow(*next, name);
    std::string text;
    for (const std::string& line : ExamplesOf(name)) absl::StrAppend(&text, "\n  ", line);
    if (text.empty()) continue;
    const std::string footer = next->get_footer();
    next->footer(absl::StrCat(footer, footer.empty() ? "" : "\n\n", "Examples:", text));
  }
}

}  // namespace

std::vector<CommandHelp> AllCommands(const CLI::App& app) {
  std::vector<CommandHelp> commands;
  Walk(app, "", commands);
  return commands;
}

void AddExamples(CLI::App& app) {
  AddBelow(app, "");
}

}  // namespace baton::batonctl
