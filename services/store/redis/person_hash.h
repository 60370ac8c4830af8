// What the store keeps of people by whom it must recognise them, without knowing them: keyed hashes
// (HMAC-SHA-256 with the installation's secret, of which the first 128 bits stay). Pure functions.
#ifndef BATON_STORE_REDIS_PERSON_HASH_H_
#define BATON_STORE_REDIS_PERSON_HASH_H_

#include <string>
#include <string_view>

#include "core/facts.h"
#include "core/plan.h"

namespace baton::store::redis {

// Of a lead's id: 32 hexadecimal digits.
std::string MarkOf(std::string_view secret, const core::LeadKey& key);
// Of an address in its normal spelling, likewise; empty for an empty one.
std::string EmailHash(std::string_view secret, const core::WorkspaceId& workspace,
                      const std::string& email);
// Of a word of a request to erase, which may name the person: its id, or its fingerprint. Likewise.
std::string ErasureHash(std::string_view secret, const core::WorkspaceId& workspace,
                        const std::string& word);

// "mark|email" of the plan for functions/remains.lua: the mark where the lead is new, erased or was
// once erased, the address where facts change.
std::string HashesOf(std::string_view secret, const core::Plan& plan);

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_PERSON_HASH_H_
