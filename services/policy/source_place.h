// Where a byte of a scalar's text stands in the document it was read from.
#ifndef BATON_POLICY_SOURCE_PLACE_H_
#define BATON_POLICY_SOURCE_PLACE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "expression/problem.h"
#include "policy/document_error.h"
#include "policy/yaml_tree.h"

namespace baton::policy {

struct SourcePlace {
  int line = 1;
  int column = 1;
};

// For all ways of writing a scalar: plain, quoted with escapes, folded and literal blocks. Where
// the text was folded it is the place of what follows. The document must still exist.
SourcePlace PlaceIn(const YamlNode& scalar, size_t offset);

// Errors about an expression that the scalar is, each with its line marked.
void AddProblems(const YamlNode& scalar, const std::string& path,
                 const std::vector<expression::Problem>& problems, ErrorList& errors);

}  // namespace baton::policy

#endif  // BATON_POLICY_SOURCE_PLACE_H_
