// Sets of leads as unions of cubes: what conditions are proven with (condition_space.h).
#ifndef BATON_POLICY_CUBES_H_
#define BATON_POLICY_CUBES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "expression/syntax.h"
#include "policy/value_set.h"

namespace baton::policy {

inline constexpr uint8_t kIsTrue = 1, kIsFalse = 2, kIsError = 4;

// The leads that satisfy all of it; never empty.
struct Cube {
  std::map<int, ValueSet> variables;       // by slot; one that is not there: anything
  std::map<std::string, uint8_t> unknown;  // what is not understood: kIsTrue | kIsFalse | kIsError
};

using Cubes = std::vector<Cube>;          // no cube: no lead
using MaybeCubes = std::optional<Cubes>;  // nullopt: more than kCubesMax, too much to look at

inline constexpr size_t kCubesMax = 256;

// Proven to be no lead.
inline bool IsNothing(const MaybeCubes& cubes) {
  return cubes.has_value() && cubes->empty();
}

MaybeCubes Both(const MaybeCubes& one, const MaybeCubes& other);
MaybeCubes Either(const MaybeCubes& one, const MaybeCubes& other);
bool AreDisjoint(const Cubes& one, const Cubes& other);

enum class Outcome { kTrue, kFalse, kNotTrue, kNotFalse };

// The leads for which the whole expression, which is true or false, has the outcome. `any`: what
// each variable may be, by slot.
MaybeCubes CubesOf(const expression::Syntax& syntax, const std::vector<ValueSet>& any,
                   Outcome outcome);

}  // namespace baton::policy

#endif  // BATON_POLICY_CUBES_H_
