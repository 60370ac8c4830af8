#include "batonctl/output_choice.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "batonctl/exit_codes.h"
#include "policy/document_error.h"

namespace baton::batonctl {

void OutputChoice::AddTo(CLI::App& command) {
  command.add_option("--output,-o", own_, absl::StrJoin(formats_, ", "));
}

absl::StatusOr<std::string> OutputChoice::Take(Session& session) const {
  const std::string& chosen = own_.empty() ? session.options.output : own_;
  if (std::find(formats_.begin(), formats_.end(), chosen) == formats_.end()) {
    return UsageError(absl::StrCat("this command cannot make ", policy::Quoted(chosen),
                                   " (-o); it makes ", absl::StrJoin(formats_, ", ")));
  }
  for (const auto& [word, format] : kOutputFormats) {
    if (chosen != word) continue;
    session.options.format = format;
    return "";
  }
  return chosen;
}

}  // namespace baton::batonctl
