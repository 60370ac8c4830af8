// A mapping file: what a CRM's own JSON means as actions of reps. YAML, with CEL over the record.
//
// The record's JSON is the variable `event`; `spec.let` names parts of it, in order, and
// `spec.tables` are maps from text to text. A rule whose `when` holds is one action, on each of
// `leads`; `when` is false also where it cannot be decided, because such events carry only what has
// changed. A record for which no rule holds concerns no lead. Immutable; thread-safe.
#ifndef BATON_VENDORS_SALES_MAPPING_H_
#define BATON_VENDORS_SALES_MAPPING_H_

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "core/sales_event.h"
#include "events/lead_event_codec.h"
#include "events/sales_actions.h"
#include "expression/environment.h"
#include "expression/program.h"
#include "platform/kafka/kafka.h"
#include "policy/document_error.h"

namespace baton::vendors {

inline constexpr size_t kMappingRulesMax = 64;
inline constexpr size_t kMappingLetsMax = 32;
inline constexpr size_t kMappingTablesMax = 16;
inline constexpr size_t kMappingRowsMax = 1000;      // of a table
inline constexpr size_t kActionsPerRecordMax = 256;  // rules that hold, for each lead

// The actions of a record, none, or why it is refused.
using MappedActions = std::variant<std::vector<core::SalesEvent>, events::DeadLetter>;

class SalesMapping {
 public:
  // All errors of the document at once, or the mapping.
  static std::variant<std::shared_ptr<const SalesMapping>, std::vector<policy::DocumentError>>
  Parse(std::string_view yaml, std::string_view file_name);

  // What a record that is no CloudEvent asks for. The id of an action is the record's and the
  // rule's name. Caps are those of CloudEvents.
  MappedActions Map(const platform::kafka::Record& record) const;

 private:
  friend class MappingParser;

  struct Formula {
    std::string path;  // "actions[2].fields.reason"
    std::shared_ptr<const expression::Program> program;
  };
  struct Let {
    int slot = 0;
    Formula is;
  };
  struct Refusal {
    Formula when;
    std::string reason;
  };
  struct Rule {
    std::string name;
    const events::SalesAction* action = nullptr;
    bool implied = false;
    Formula when;
    std::vector<std::pair<const events::SalesField*, Formula>> fields;
  };
  class Reading;

  SalesMapping() = default;

  expression::Environment environment_;
  int event_slot_ = 0;
  // Variables that are the same for each record, by slot; what tables consist of.
  std::vector<std::pair<int, expression::Value>> constants_;
  std::deque<std::string> texts_;
  std::deque<expression::MapValue> rows_;
  std::vector<Let> lets_;
  std::optional<Formula> accepts_;
  std::vector<Refusal> refusals_;
  std::map<std::string, Formula> heads_;  // workspace, source, id, time, leads, rep, generation
  std::vector<Rule> rules_;
};

// The mapping of a file; nullptr for none (""). NOT_FOUND, or INVALID_ARGUMENT with all errors, a
// line each.
absl::StatusOr<std::shared_ptr<const SalesMapping>> ReadSalesMapping(const std::string& path);

// CloudEvents as they are, all else by `mapping` (nullptr: refused).
MappedActions DecodeSalesRecord(const platform::kafka::Record& record, const SalesMapping* mapping);

}  // namespace baton::vendors

#endif  // BATON_VENDORS_SALES_MAPPING_H_
