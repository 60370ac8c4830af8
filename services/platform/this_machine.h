// Which addresses mean this machine and no other.
#ifndef BATON_PLATFORM_THIS_MACHINE_H_
#define BATON_PLATFORM_THIS_MACHINE_H_

#include "absl/strings/string_view.h"

namespace baton::platform {

// `address` is HOST or HOST:PORT. True of localhost and of what is written as an address of
// 127.0.0.0/8 or, in brackets, as ::1. Nothing is looked up: any other name may lead anywhere,
// also one that begins like an address (127.evil.example).
bool IsThisMachine(absl::string_view address);

}  // namespace baton::platform

#endif  // BATON_PLATFORM_THIS_MACHINE_H_
