// The sections of a policy's spec, each read into the core::Policy being built. What one section
// needs of another (declared attributes, queues, reasons) must have been read into `policy` before.
#ifndef BATON_POLICY_RULES_PARSER_H_
#define BATON_POLICY_RULES_PARSER_H_

#include "core/policy.h"
#include "policy/document_error.h"
#include "policy/given_tables.h"
#include "policy/yaml_tree.h"

namespace baton::policy {

void ParseReasons(const YamlNode& node, core::Policy& policy, ErrorList& errors);

// Needs attributes.
void ParseScoring(const YamlNode& node, core::Policy& policy, ErrorList& errors);

// Needs attributes and reasons.
void ParseDefinition(const YamlNode& node, core::Policy& policy, ErrorList& errors);

// Needs the database of time zones on this machine.
void ParseCalendars(const YamlNode& node, core::Policy& policy, ErrorList& errors);

// Of the tables at hand those that the section names by name and content; one that is not at hand
// is an error, and declared as nullptr so that its uses are not errors too.
void ParseTables(const YamlNode& node, const GivenTables& given, core::Policy& policy,
                 ErrorList& errors);

// Needs calendars.
void ParseQueues(const YamlNode& node, core::Policy& policy, ErrorList& errors);

// Needs reasons.
void ParseRecycle(const YamlNode& node, core::Policy& policy, ErrorList& errors);

void ParseRetention(const YamlNode& node, core::Policy& policy, ErrorList& errors);

// Needs attributes, calendars and queues.
void ParseSlas(const YamlNode& node, core::Policy& policy, ErrorList& errors);

// Needs attributes and queues.
void ParseRouting(const YamlNode& node, core::Policy& policy, ErrorList& errors);

}  // namespace baton::policy

#endif  // BATON_POLICY_RULES_PARSER_H_
