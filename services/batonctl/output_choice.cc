#include "batonctl/output_choice.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "batonctl/exit_codes.h"

namespace baton::batonctl {

void OutputChoice::AddTo(CLI::App& command) {
  command.add_option("--output,-o", own_, absl::StrJoin(formats_, ", "))
      ->check(CLI::IsMember(formats_));
}

absl::StatusOr<std::string> OutputChoice::Take(Session& session) const {
  OutputFormat& chosen = session.options.format;
  for (const auto& [word, format] : kOutputFormats) {
    if (own_ == word) chosen = format;
    if (own_ == word || (own_.empty() && chosen == format &&
                         std::find(formats_.begin(), formats_.end(), word) != formats_.end())) {
      return "";
    }
  }
  if (!own_.empty()) return own_;
  return UsageError(absl::StrCat("this command cannot make what -o says; it makes ",
                                 absl::StrJoin(formats_, ", ")));
}

}  // namespace baton::batonctl
