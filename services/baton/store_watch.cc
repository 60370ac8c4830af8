#include "baton/store_watch.h"

namespace baton {
namespace {

constexpr absl::Duration kWhileWell = absl::Seconds(30);
constexpr absl::Duration kWhileNot = absl::Seconds(1);

}  // namespace

StoreWatch::StoreWatch(store::StoreHealth& health) : health_(health), ready_("store") {}

StoreWatch::~StoreWatch() {
  Stop(absl::ZeroDuration());
}

absl::Status StoreWatch::Start() {
  worker_.Start([this] { Watch(); });
  return absl::OkStatus();
}

void StoreWatch::Stop(absl::Duration grace) {
  worker_.Stop(grace);
}

void StoreWatch::Watch() {
  do {
    ready_.Set(health_.CheckReady());
  } while (!worker_.StopsWithin(ready_.Get().ok() ? kWhileWell : kWhileNot));
}

}  // namespace baton
