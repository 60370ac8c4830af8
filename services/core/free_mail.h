// Domains at which anybody can have an address: such an address says nothing of the company.
#ifndef BATON_CORE_FREE_MAIL_H_
#define BATON_CORE_FREE_MAIL_H_

#include <string_view>

namespace baton::core {

// Whether `domain` is that of a mail provider for everybody (or a throw-away one), such as
// gmail.com. `domain` in lower case, as domain.h gives it. The list holds what carries nearly all
// private mail; a company's domain that were in it by mistake would lose its account, so it names
// no doubtful ones.
bool IsFreeMail(std::string_view domain);

// Whether `domain` is such a domain or lies below one, as mail.gmail.com does.
bool IsBelowFreeMail(std::string_view domain);

}  // namespace baton::core

#endif  // BATON_CORE_FREE_MAIL_H_
