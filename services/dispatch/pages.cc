#include "dispatch/pages.h"

#include <algorithm>

#include "core/errors.h"
#include "store/lead_store.h"

namespace baton::dispatch {

absl::StatusOr<int> PageSize(int32_t requested) {
  if (requested < 0) return core::FieldError("page_size", "must not be negative");
  if (requested == 0) return kPageSizeDefault;
  return std::min<int>(requested, store::kPageSizeMax);
}

std::string MakePageToken(const TokenSealer& sealer, absl::string_view context,
                          absl::string_view position) {
  return sealer.Seal(context, position);
}

absl::StatusOr<std::string> OpenPageToken(const TokenSealer& sealer, absl::string_view context,
                                          absl::string_view token) {
  if (token.empty()) return std::string();
  auto position = sealer.Open(context, token);
  if (!position.ok()) {
    return core::FieldError(
        "page_token", "must be the next_page_token of a call with the same parent and filter");
  }
  return position;
}

}  // namespace baton::dispatch
