// Escape sequences of a terminal (ECMA-48), for output that people read.
#ifndef BATON_BATONCTL_COLOURS_H_
#define BATON_BATONCTL_COLOURS_H_

namespace baton::batonctl {

inline constexpr char kBold[] = "\x1b[1m";
inline constexpr char kRed[] = "\x1b[31m";
inline constexpr char kPlain[] = "\x1b[0m";  // ends what the others began

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_COLOURS_H_
