#include "batonctl/document_status.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "batonctl/exit_codes.h"

namespace baton::batonctl {

absl::Status DocumentStatus(const std::string& file_name, policy::ErrorList errors) {
  std::string message = absl::StrCat(file_name, " is not valid");
  for (const policy::DocumentError& error : std::move(errors).Take()) {
    absl::StrAppend(&message, "\n", policy::ToString(error));
  }
  return FileError(message);
}

}  // namespace baton::batonctl
