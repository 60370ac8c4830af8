// A Redis store on a server of the test's own, for tests of what surrounds the state port.
#ifndef BATON_CONTRACT_REDIS_FUNCTIONS_STORE_FIXTURE_H_
#define BATON_CONTRACT_REDIS_FUNCTIONS_STORE_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "platform/redis/client.h"
#include "store/redis/redis_store.h"
#include "support/redis_server.h"

namespace baton::contract {

// Fails the test and returns null if the server does not start.
std::unique_ptr<support::RedisServer> StartServer(const std::vector<std::string>& arguments);

// Its replicas are served at once, not only when several may have come.
std::unique_ptr<support::RedisServer> StartPrimary();

// Makes `replica` follow `primary` and waits until it has caught up.
void Follow(const support::RedisServer& replica, const support::RedisServer& primary);

store::RedisStoreOptions OptionsFor(const support::RedisServer& server);
std::unique_ptr<store::RedisStore> OpenStore(const support::RedisServer& server);

// One command on the server, past the store; UNAVAILABLE if the server cuts the connection, as one
// does that Sentinels make a replica of another.
absl::StatusOr<platform::redis::Reply> AskOf(const support::RedisServer& server,
                                             const platform::redis::Command& command);

// The same of a server that nobody disturbs: no answer and an error reply fail the test.
platform::redis::Reply RunOn(const support::RedisServer& server,
                             const platform::redis::Command& command);

core::WorkspaceId Acme();
core::LeadKey AcmeLead(const std::string& lead);
void CreateWorkspace(store::Store& store);
// A new lead that publishes one change and is placed nowhere.
absl::StatusOr<store::CommitCode> CommitLead(store::Store& store, const std::string& lead);

}  // namespace baton::contract

#endif  // BATON_CONTRACT_REDIS_FUNCTIONS_STORE_FIXTURE_H_
