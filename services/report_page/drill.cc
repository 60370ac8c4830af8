#include "report_page/drill.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "core/text.h"
#include "policy/values.h"

namespace baton::report_page {
namespace {

constexpr char kWorkspaces[] = "workspaces/";
constexpr int64_t kNanosOfMs = 1'000'000;

bool IsPlainCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         std::string("_-./:@%+=,").find(c) != std::string::npos;
}

// One word of a command, for a POSIX shell.
std::string ShellWord(const std::string& word) {
  if (!word.empty() && std::all_of(word.begin(), word.end(), IsPlainCharacter)) return word;
  return absl::StrCat("'", absl::StrReplaceAll(word, {{"'", "'\\''"}}), "'");
}

class Command {
 public:
  explicit Command(const std::string& parent) {
    const std::string workspace =
        parent.starts_with(kWorkspaces) ? parent.substr(sizeof(kWorkspaces) - 1) : parent;
    words_ = {"batonctl", "-w", ShellWord(workspace), "report"};
  }

  void Add(const std::string& word) { words_.push_back(ShellWord(word)); }
  void AddOption(const char* option, const std::string& value) {
    if (value.empty()) return;
    words_.emplace_back(option);
    Add(value);
  }
  // A value that looks like an option is one word with it.
  void AddName(const char* option, const std::string& value) {
    if (!value.empty()) words_.push_back(absl::StrCat(option, "=", ShellWord(value)));
  }
  std::string Text() const { return absl::StrJoin(words_, " "); }

 private:
  std::vector<std::string> words_;
};

std::string PeriodOption(const google::protobuf::Duration& duration) {
  if (duration.seconds() == 0) return "";
  return policy::FormatDuration(duration.seconds() * core::kSecondMs);
}

void AddScopeOf(const v1::Report& report, Command& command) {
  const v1::ReportScope& scope = report.scope();
  command.AddOption("--since", TimeText(scope.start_time()));
  command.AddOption("--until", TimeText(scope.end_time()));
  if (scope.view() == v1::REPORT_VIEW_PERIOD) command.AddOption("--view", "period");
  command.AddName("--source", scope.source());
  command.AddName("--campaign", scope.campaign());
  command.AddName("--queue", scope.queue());
  command.AddName("--rep", scope.rep());
  if (scope.policy_revision() != 0) {
    command.AddOption("--revision", absl::StrCat(scope.policy_revision()));
  }
  command.AddOption("--feedback-after", PeriodOption(scope.feedback_after()));
  command.AddOption("--leak-after", PeriodOption(scope.leak_after()));
  command.AddOption("--horizon", PeriodOption(scope.conversion_horizon()));
}

}  // namespace

std::string TimeText(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0 && time.nanos() == 0) return "";
  return core::FormatTime(time.seconds() * core::kSecondMs + time.nanos() / kNanosOfMs);
}

std::string DimensionText(v1::ReportDimension dimension) {
  switch (dimension) {
    case v1::REPORT_DIMENSION_SOURCE:
      return "source";
    case v1::REPORT_DIMENSION_CAMPAIGN:
      return "campaign";
    case v1::REPORT_DIMENSION_QUEUE:
      return "queue";
    case v1::REPORT_DIMENSION_REP:
      return "rep";
    case v1::REPORT_DIMENSION_POLICY_REVISION:
      return "revision";
    case v1::REPORT_DIMENSION_WEEK:
      return "week";
    default:
      return "";
  }
}

std::string LeadsCommand(const v1::Report& report, const std::string& section,
                         const v1::ReportFigure& figure, const std::string& part) {
  Command command(report.parent());
  command.Add("leads");
  command.Add(absl::StrCat(section, "/", figure.id(),
                           figure.item().empty() ? "" : absl::StrCat("/", figure.item())));
  command.AddOption("--part", part);
  AddScopeOf(report, command);
  if (const std::string by = DimensionText(report.group_by()); !by.empty()) {
    command.AddOption("--by", by);
    command.Add(absl::StrCat("--group=", figure.group()));
  }
  command.AddOption("--at", TimeText(report.read_time()));
  return command.Text();
}

std::string SectionCommand(const v1::Report& report, const std::string& section) {
  Command command(report.parent());
  command.Add(section);
  AddScopeOf(report, command);
  command.AddOption("--by", DimensionText(report.group_by()));
  return command.Text();
}

}  // namespace baton::report_page
