#include "expression/environment.h"

#include <utility>

namespace baton::expression {

int Environment::AddVariable(std::string name, Type type) {
  const int slot = static_cast<int>(types_.size());
  slots_[name] = slot;
  names_.push_back(std::move(name));
  types_.push_back(std::move(type));
  return slot;
}

void Environment::AddFunction(Function function) {
  functions_.push_back(std::move(function));
}

std::optional<int> Environment::SlotOf(std::string_view name) const {
  const auto found = slots_.find(name);
  if (found == slots_.end()) return std::nullopt;
  return found->second;
}

bool Environment::IsObject(std::string_view name) const {
  const std::string prefix = std::string(name) + ".";
  const auto first = slots_.lower_bound(prefix);
  return first != slots_.end() && first->first.compare(0, prefix.size(), prefix) == 0;
}

std::vector<std::string_view> Environment::NamesIn(std::string_view object) const {
  std::vector<std::string_view> names;
  const size_t prefix = object.empty() ? 0 : object.size() + 1;
  for (const auto& [name, slot] : slots_) {
    const std::string_view view = name;
    if (prefix > 0 && (view.size() <= prefix || view[prefix - 1] != '.' ||
                       view.substr(0, prefix - 1) != object)) {
      continue;
    }
    const std::string_view rest = view.substr(prefix);
    const std::string_view first = rest.substr(0, rest.find('.'));
    if (names.empty() || names.back() != first) names.push_back(first);
  }
  return names;
}

std::vector<const Function*> Environment::Find(std::string_view name, bool is_member,
                                               size_t args) const {
  std::vector<const Function*> found;
  const auto look = [&](const auto& functions) {
    for (const Function& function : functions) {
      if (function.name == name && function.is_member == is_member &&
          function.params.size() == args) {
        found.push_back(&function);
      }
    }
  };
  look(StandardFunctions());
  look(functions_);
  return found;
}

std::vector<std::string_view> Environment::FunctionNames() const {
  std::vector<std::string_view> names;
  for (const Function& function : StandardFunctions()) names.push_back(function.name);
  for (const Function& function : functions_) names.push_back(function.name);
  return names;
}

}  // namespace baton::expression
