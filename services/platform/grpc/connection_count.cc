#include "platform/grpc/connection_count.h"

#include <sys/stat.h>

#include <iterator>
#include <utility>

#include "absl/strings/str_replace.h"

namespace baton::platform::rpc {
namespace {

// Of a descriptor; 0 if it is closed. No two open sockets have the same.
ino_t InodeOf(int fd) {
  struct stat about = {};
  return fstat(fd, &about) == 0 ? about.st_ino : 0;
}

// "ipv4:10.0.0.7:4711" -> "ipv4:10.0.0.7"
std::string AddressOf(const std::string& peer) {
  return peer.substr(0, peer.rfind(':'));
}

int Of(const std::map<std::string, int>& counts, const std::string& who) {
  const auto found = counts.find(who);
  return found == counts.end() ? 0 : found->second;
}

void OneLess(std::map<std::string, int>& counts, const std::string& who) {
  if (--counts[who] <= 0) counts.erase(who);
}

}  // namespace

ConnectionCount::Connections::iterator ConnectionCount::Forget(Connections::iterator gone) {
  OneLess(by_address_, gone->second.address);
  for (const std::string& principal : gone->second.principals) OneLess(by_principal_, principal);
  return open_.erase(gone);
}

void ConnectionCount::Look(absl::Time now) {
  const bool set_back = now < looked_at_;  // the machine's clock
  if (!set_back && now < looked_at_ + kLookInterval) return;
  looked_at_ = now;
  for (auto each = open_.begin(); each != open_.end();) {
    const bool is_open = InodeOf(each->second.fd) == each->second.inode;
    each = is_open ? std::next(each) : Forget(each);
  }
}

bool ConnectionCount::HasRoom(const std::string& address) const {
  return static_cast<int>(open_.size()) < limits_.all_max &&
         Of(by_address_, address) < limits_.per_address_max;
}

bool ConnectionCount::Adds(const std::string& peer, const std::string& principal) const {
  const auto used = open_.find(peer);
  return used != open_.end() && !used->second.principals.contains(principal) &&
         used->second.principals.size() < kPrincipalsMax;
}

bool ConnectionCount::Enter(int fd, const std::string& peer, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  // Two that are open have different peers, so one of this peer has ended.
  if (const auto before = open_.find(peer); before != open_.end()) Forget(before);
  const std::string address = AddressOf(peer);
  if (!HasRoom(address)) Look(now);
  if (!HasRoom(address)) return false;
  ++by_address_[address];
  open_[peer] = {fd, InodeOf(fd), address, {}};
  return true;
}

bool ConnectionCount::Use(const std::string& peer, const std::string& principal, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  const std::string name = absl::StrReplaceAll(peer, {{"%5B", "["}, {"%5D", "]"}});
  if (!Adds(name, principal)) return true;
  if (Of(by_principal_, principal) >= limits_.per_principal_max) Look(now);
  if (!Adds(name, principal)) return true;  // looking may have found that it ended
  if (Of(by_principal_, principal) >= limits_.per_principal_max) return false;
  open_[name].principals.insert(principal);
  ++by_principal_[principal];
  return true;
}

int ConnectionCount::open(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  Look(now);
  return static_cast<int>(open_.size());
}

}  // namespace baton::platform::rpc
