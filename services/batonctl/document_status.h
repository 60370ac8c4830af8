// All errors of a document as one error of a file.
#ifndef BATON_BATONCTL_DOCUMENT_STATUS_H_
#define BATON_BATONCTL_DOCUMENT_STATUS_H_

#include <string>

#include "absl/status/status.h"
#include "policy/document_error.h"

namespace baton::batonctl {

// A line each.
absl::Status DocumentStatus(const std::string& file_name, policy::ErrorList errors);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_DOCUMENT_STATUS_H_
