#include "policy/cubes.h"

#include <algorithm>

namespace baton::policy {
namespace {

std::optional<Cube> Meet(const Cube& one, const Cube& other) {
  Cube both = one;
  for (const auto& [key, states] : other.unknown) {
    const auto [entry, is_new] = both.unknown.try_emplace(key, states);
    if (is_new) continue;
    entry->second &= states;
    if (entry->second == 0) return std::nullopt;
  }
  for (const auto& [slot, values] : other.variables) {
    const auto [entry, is_new] = both.variables.try_emplace(slot, values);
    if (is_new) continue;
    entry->second.Intersect(values);
    if (entry->second.IsEmpty()) return std::nullopt;
  }
  return both;
}

bool AreDisjoint(const Cube& one, const Cube& other) {
  for (const auto& [key, states] : other.unknown) {
    const auto found = one.unknown.find(key);
    if (found != one.unknown.end() && (found->second & states) == 0) return true;
  }
  return std::any_of(other.variables.begin(), other.variables.end(), [&](const auto& variable) {
    const auto found = one.variables.find(variable.first);
    if (found == one.variables.end()) return false;
    ValueSet both = found->second;
    both.Intersect(variable.second);
    return both.IsEmpty();
  });
}

}  // namespace

MaybeCubes Both(const MaybeCubes& one, const MaybeCubes& other) {
  // Nothing and anything is nothing, however much anything is.
  if ((one && one->empty()) || (other && other->empty())) return Cubes();
  if (!one || !other) return std::nullopt;
  Cubes both;
  for (const Cube& left : *one) {
    for (const Cube& right : *other) {
      std::optional<Cube> cube = Meet(left, right);
      if (!cube.has_value()) continue;
      if (both.size() >= kCubesMax) return std::nullopt;
      both.push_back(*std::move(cube));
    }
  }
  return both;
}

MaybeCubes Either(const MaybeCubes& one, const MaybeCubes& other) {
  if (!one || !other || one->size() + other->size() > kCubesMax) return std::nullopt;
  Cubes either = *one;
  either.insert(either.end(), other->begin(), other->end());
  return either;
}

bool AreDisjoint(const Cubes& one, const Cubes& other) {
  return std::all_of(one.begin(), one.end(), [&](const Cube& left) {
    return std::all_of(other.begin(), other.end(),
                       [&](const Cube& right) { return AreDisjoint(left, right); });
  });
}

}  // namespace baton::policy
