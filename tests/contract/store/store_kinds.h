// The stores that the contract is checked on, each made fresh and empty.
#ifndef BATON_CONTRACT_STORE_STORE_KINDS_H_
#define BATON_CONTRACT_STORE_STORE_KINDS_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "store/store.h"

namespace baton::contract {

struct StoreSetup {
  int shards = 1;
  store::StoreLimits limits;
  std::function<core::TimeMs()> clock;
};

struct StoreKind {
  std::string name;
  // Replaces the store made before by this kind: two of one kind do not live side by side.
  std::function<absl::StatusOr<std::unique_ptr<store::Store>>(const StoreSetup&)> make;
};

std::vector<StoreKind> StoreKinds();  // Memory; Redis on a redis-server of this process

}  // namespace baton::contract

#endif  // BATON_CONTRACT_STORE_STORE_KINDS_H_
