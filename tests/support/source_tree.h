// The files of this checkout. Only source_tree.cc knows where it lies, so that what a compiler
// cache holds of the tests serves another checkout too.
#ifndef BATON_TESTS_SUPPORT_SOURCE_TREE_H_
#define BATON_TESTS_SUPPORT_SOURCE_TREE_H_

#include <string>

namespace baton::support {

// The absolute path of "deploy/kafka/topics.yaml" and the like.
std::string SourcePath(const std::string& path);

// What stands in that file; throws std::runtime_error if it cannot be read.
std::string SourceText(const std::string& path);

}  // namespace baton::support

#endif  // BATON_TESTS_SUPPORT_SOURCE_TREE_H_
