// page_size and page_token (AIP-158).
#ifndef BATON_DISPATCH_PAGES_H_
#define BATON_DISPATCH_PAGES_H_

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dispatch/token_sealer.h"

namespace baton::dispatch {

inline constexpr int kPageSizeDefault = 100;
// A page ends early when its messages reach this, so that a reader's default limit of 4 MiB holds.
inline constexpr size_t kPageBytesMax = 2 * 1024 * 1024;

// 0: the default; too big: store::kPageSizeMax; negative: INVALID_ARGUMENT.
absl::StatusOr<int> PageSize(int32_t requested);

// Tokens are bound to a context: the method with its parent and filter.
std::string MakePageToken(const TokenSealer& sealer, absl::string_view context,
                          absl::string_view position);
// The position; empty for an empty token. INVALID_ARGUMENT about page_token if it is not of
// `context`.
absl::StatusOr<std::string> OpenPageToken(const TokenSealer& sealer, absl::string_view context,
                                          absl::string_view token);

// One page of what the store gives as a whole, ordered by id. `id_of(item)` is an item's position,
// `add(item)` puts it into the response and gives its size in bytes. Returns the position to go on
// from; empty: that was the last page.
template <typename Item, typename IdOf, typename Add>
std::string Paginate(const std::vector<Item>& items, int page_size, const std::string& after,
                     IdOf id_of, Add add) {
  auto next = std::upper_bound(
      items.begin(), items.end(), after,
      [&](const std::string& position, const Item& item) { return position < id_of(item); });
  size_t bytes = 0;
  for (int i = 0; i < page_size && next != items.end() && bytes < kPageBytesMax; ++i, ++next) {
    bytes += add(*next);
  }
  return next == items.end() ? std::string() : id_of(*std::prev(next));
}

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_PAGES_H_
