// Exit codes of batonctl; part of its interface, scripts rely on them.
#ifndef BATON_BATONCTL_EXIT_CODES_H_
#define BATON_BATONCTL_EXIT_CODES_H_

#include <string>

#include "absl/status/status.h"

namespace baton::batonctl {

inline constexpr int kExitOk = 0;
inline constexpr int kExitDiffers = 1;   // diff: the answer is yes
inline constexpr int kExitFindings = 1;  // lint: there are some
inline constexpr int kExitRefused = 1;   // the server (or Kafka) was asked and said no
inline constexpr int kExitUsage = 2;  // the command line or a file given is wrong; nothing was sent
inline constexpr int kExitNotChecked = 2;  // verify: nothing is known, for whatever reason
// No answer, an answer cut off, or not now: the same command may work later.
inline constexpr int kExitUnreachable = 3;

// The command line is wrong.
absl::Status UsageError(const std::string& message);
// A file given is wrong or cannot be read. `message` names it.
absl::Status FileError(const std::string& message);

// verify could not check; `status` says why.
absl::Status NotChecked(const absl::Status& status);

// `status` for a command whose exit code 1 is an answer: its errors have greater ones.
absl::Status NotAnAnswer(const absl::Status& status);

// `status` with the same code, reason and variables, and more text around its message.
absl::Status WithContext(const absl::Status& status, const std::string& before,
                         const std::string& after);

// Whether another attempt can succeed: the server or the connection ended, nothing was refused.
bool IsPassing(const absl::Status& status);

int ExitCode(const absl::Status& status);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_EXIT_CODES_H_
