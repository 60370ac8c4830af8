// Names of time zones that may be looked up. The time zone library takes a name for a file's, also
// one outside its database, and remembers each that it was asked for.
#ifndef BATON_EXPRESSION_ZONE_NAME_H_
#define BATON_EXPRESSION_ZONE_NAME_H_

#include <cstddef>
#include <string_view>

namespace baton::expression {

inline constexpr size_t kZoneBytesMax = 64;

// Europe/Berlin, America/Argentina/Buenos_Aires, Etc/GMT+5: what the database calls a zone. Its
// copies with leap seconds (right/) and files elsewhere begin otherwise. Whether there is such a
// zone is another question.
bool IsZoneName(std::string_view name);

}  // namespace baton::expression

#endif  // BATON_EXPRESSION_ZONE_NAME_H_
