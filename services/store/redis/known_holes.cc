#include "store/redis/known_holes.h"

#include <algorithm>
#include <array>
#include <compare>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "store/redis/session.h"

namespace baton::store::redis {
namespace {

// CVE-2025-49844, CVE-2025-46817, CVE-2025-46818 and CVE-2025-46819 were mended together.
constexpr char kHoles[] = "CVE-2025-49844, CVE-2025-46817, CVE-2025-46818, CVE-2025-46819";

struct Version {
  int major = 0;
  int minor = 0;
  int patch = 0;
  auto operator<=>(const Version&) const = default;
};

// The first mended version of each line, ascending. Lines before and between them were not mended;
// those after the last began without the holes.
constexpr std::array kRedis = {Version{7, 2, 11}, Version{7, 4, 6}, Version{8, 0, 4},
                               Version{8, 2, 2}};
constexpr std::array kValkey = {Version{7, 2, 11}, Version{8, 0, 6}, Version{8, 1, 4}};

bool Parse(const std::string& text, Version& version) {
  const std::vector<std::string> parts = absl::StrSplit(text, '.');
  return parts.size() == 3 && absl::SimpleAtoi(parts[0], &version.major) &&
         absl::SimpleAtoi(parts[1], &version.minor) && absl::SimpleAtoi(parts[2], &version.patch);
}

bool IsMended(const Version& version, absl::Span<const Version> mended) {
  if (version >= mended.back()) return true;
  return std::any_of(mended.begin(), mended.end(), [&](const Version& first) {
    return first.major == version.major && first.minor == version.minor && version >= first;
  });
}

}  // namespace

std::string KnownHoles(const std::string& info) {
  // Valkey says a redis_version as well, for clients that look at nothing else.
  std::string text = InfoValue(info, "valkey_version");
  const bool is_valkey = !text.empty();
  if (!is_valkey) text = InfoValue(info, "redis_version");
  const absl::Span<const Version> mended =
      is_valkey ? absl::MakeConstSpan(kValkey) : absl::MakeConstSpan(kRedis);
  Version version;
  if (!Parse(text, version) || IsMended(version, mended)) return "";
  const auto print = [](std::string* out, const Version& one) {
    absl::StrAppend(out, one.major, ".", one.minor, ".", one.patch);
  };
  return absl::StrCat(is_valkey ? "Valkey " : "Redis ", text, " as its makers released it has ",
                      kHoles, ": see that your distribution mended its package, or use one of ",
                      absl::StrJoin(mended, ", ", print), " or newer");
}

}  // namespace baton::store::redis
