// Whoever withdraws consent is left alone: nobody is offered such a lead.
#ifndef BATON_CORE_SUPPRESSION_H_
#define BATON_CORE_SUPPRESSION_H_

#include <string>

#include "core/plan.h"

namespace baton::core {

// plan.after, whoever has it, is closed: REJECTED with reason DO_NOT_CONTACT, placement kRelease,
// and a last change kRejected of actor "policy".
void Suppress(const std::string& cause, TimeMs now_ms, Plan& plan);

// Suppress, if the plan would offer a lead whose consent is withdrawn.
void SuppressOffer(const std::string& cause, TimeMs now_ms, Plan& plan);

}  // namespace baton::core

#endif  // BATON_CORE_SUPPRESSION_H_
