// Versions of Redis and Valkey that are known to let their users run code of their own in them.
// Pure function.
#ifndef BATON_STORE_REDIS_KNOWN_HOLES_H_
#define BATON_STORE_REDIS_KNOWN_HOLES_H_

#include <string>

namespace baton::store::redis {

// What is known against the server whose answer to INFO server this is, and what to do, a sentence;
// empty: nothing. A distribution may have mended its package and kept the number, which no server
// says: this is a reason to look, and to refuse only where the operator says so.
std::string KnownHoles(const std::string& info);

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_KNOWN_HOLES_H_
