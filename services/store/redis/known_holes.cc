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

// Those in Lua of October 2025 (CVE-2025-49844, 46817, 46818, 46819), those of May 2026, among them
// one in blocking commands and one in Lua, and what Redis mended out of turn in July 2026: each
// lets somebody who may use Redis run code of his own in it.
constexpr char kHoles[] = "CVE-2025-49844, CVE-2026-23479, CVE-2026-23631 or what came after them";

struct Version {
  int major = 0;
  int minor = 0;
  int patch = 0;
  auto operator<=>(const Version&) const = default;
};

// The first version of each line without any of them, ascending (the releases of
// github.com/redis/redis of July 2026 and of github.com/valkey-io/valkey of May 2026). Lines before
// and between them were not mended; those after the last began without the holes.
constexpr std::array kRedis = {Version{7, 2, 15}, Version{7, 4, 10}, Version{8, 2, 8},
                               Version{8, 4, 5},  Version{8, 6, 5},  Version{8, 8, 1}};
constexpr std::array kValkey = {Version{7, 2, 13}, Version{8, 0, 8}, Version{8, 1, 7},
                                Version{9, 0, 4}};

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
