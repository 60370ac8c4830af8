#include "support/describe.h"

#include <array>
#include <type_traits>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace baton::support {
namespace {

// One value as text. Within one class, so that each overload sees all others.
struct Texts {
  // Values that stand alone.
  static std::string Text(const std::string& value) { return absl::StrCat("'", value, "'"); }
  static std::string Text(bool value) { return value ? "yes" : "no"; }
  static std::string Text(double value) { return absl::StrFormat("%.17g", value); }
  template <typename Number>
  requires std::is_arithmetic_v<Number>
  static std::string Text(Number value) { return absl::StrCat(value); }
  template <typename Enum>
  requires std::is_enum_v<Enum>
  static std::string Text(Enum value) { return absl::StrCat("#", static_cast<int>(value)); }
  template <typename Tag>
  static std::string Text(const core::Id<Tag>& id) {
    return id.str();
  }
  static std::string Text(const core::LeadKey& key) {
    return absl::StrCat(key.workspace.str(), "/", key.lead.str());
  }
  static std::string Text(const core::Writer& writer) {
    return absl::StrCat(writer.occurred_at_ms, "@", writer.event_id);
  }

  static std::string Text(const core::AttributeValue& value) {
    // The alternative's number tells 1 from 1.0 and from true.
    return absl::StrCat(value.index(), ":",
                        std::visit([](const auto& held) { return Text(held); }, value));
  }
  static std::string Text(const core::Attribute& attribute) {
    return absl::StrCat(Text(attribute.value), "@", Text(attribute.writer));
  }
  static std::string Text(const core::AttributionValue& value) {
    return absl::StrCat(value.value, "@", Text(value.writer));
  }
  static std::string Text(const core::SourceRef& ref) {
    return absl::StrCat(ref.occurred_at_ms, "@", ref.source, "#", ref.id);
  }
  static std::string Text(const core::Factor& factor) {
    return absl::StrCat(Text(factor.kind), factor.rule, factor.points >= 0 ? "+" : "",
                        factor.points, "*", factor.occurrences);
  }
  static std::string Text(const core::ConditionError& error) {
    return absl::StrCat(Text(error.section), error.rule, ": ", error.error);
  }
  static std::string Text(const core::ConditionResult& result) {
    return absl::StrCat(result.condition, "?", result.found, "=", Text(result.held), result.error);
  }

  static std::string Text(const core::SlaClock& clock) {
    return absl::StrCat(clock.sla, Text(clock.state), "g", clock.generation, " ", clock.started_ms,
                        "+", clock.from_ms, "+", clock.spent_ms, ">", clock.due_ms, " ",
                        clock.announced, "% ", clock.touches_before);
  }

  static std::string Text(const store::Approval& approval) {
    return absl::StrCat(approval.principal, Text(approval.role), "@", approval.at_ms);
  }
  static std::string Text(const store::Activation& activation) {
    return absl::StrCat(activation.number, activation.rollback ? " back " : " ",
                        activation.principal, "@", activation.at_ms, " ", activation.reason);
  }

  // "name=value" pairs.
  class Fields {
   public:
    template <typename Value>
    Fields& Add(absl::string_view name, const Value& value) {
      return AddText(name, Text(value));
    }
    Fields& AddText(absl::string_view name, absl::string_view text) {
      absl::StrAppend(&text_, text_.empty() ? "" : " ", name, "=", text);
      return *this;
    }
    const std::string& text() const { return text_; }

   private:
    std::string text_;
  };

  static std::string Text(const core::RuleStep& step) {
    return absl::StrCat(step.rule, "=", Text(step.matched), Text(step.conditions));
  }
  static std::string Text(const core::AccountFinding& finding) {
    std::string text =
        absl::StrCat(finding.account.str(), "@", finding.revision, " by ", finding.domain);
    for (const core::Owner& owner : finding.owners) {
      absl::StrAppend(&text, ";", owner.rep.str(), ":", static_cast<int>(owner.rank), ":",
                      owner.account.str());
    }
    return text;
  }
  static std::string Text(const core::Route& route) {
    return absl::StrCat(route.rule, ">", route.queue.str(), "^", route.priority, Text(route.skills),
                        Text(route.owners), "+", route.owner_wait_ms);
  }
  static std::string Text(const core::QueueShare& share) {
    return absl::StrCat(share.active, "/", share.shadow);
  }
  static std::string Text(const core::ShadowVerdict& verdict) {
    return Fields()
        .Add("revision", verdict.policy_revision)
        .Add("at", verdict.judged_at_ms)
        .Add("fit", verdict.fit)
        .Add("intent", verdict.intent)
        .Add("qualified", verdict.qualified)
        .Add("disqualified", verdict.disqualified_reason)
        .Add("route", verdict.route)
        .text();
  }
  static std::string Text(const core::ShadowNote& note) {
    return absl::StrCat(note.run, ":", note.cycle, Text(note.standing),
                        note.would_be ? Text(*note.would_be) : "");
  }
  static std::string Text(const core::Candidate& candidate) {
    return Fields()
        .Add("rep", candidate.rep)
        .Add("reason", candidate.reason)
        .Add("deviation", candidate.deviation_nano)
        .Add("share", candidate.share_nano)
        .Add("open", candidate.open)
        .Add("capacity", candidate.capacity)
        .text();
  }
  static std::string Text(const core::Absence& absence) {
    return absl::StrCat(absence.from_ms, "-", absence.until_ms, ">", absence.delegate.str());
  }
  static std::string Text(const core::WorkRules& work) {
    return absl::StrCat(work.daily_cap, "/", core::HoursName(work), "/", Text(work.absences), "/",
                        work.ramp.start_ms, "+", work.ramp.days, "*", work.ramp.from_percent);
  }
  static std::string Text(const core::ChoiceNote& choice) {
    return Fields()
        .Add("policy_revision", choice.policy_revision)
        .Add("at", choice.at_ms)
        .Add("weights", choice.weights)
        .Add("basis", choice.basis)
        .Add("tie", choice.tie)
        .text();
  }
  static std::string Text(const core::Inputs& inputs) {
    return Fields()
        .Add("attributes", inputs.attributes)
        .Add("consent", inputs.consent)
        .Add("activities", inputs.activities)
        .Add("occasions", inputs.occasions)
        .Add("account", inputs.account)
        .text();
  }
  static std::string Text(const core::AnsweredRequest& answer) {
    return Fields()
        .Add("id", answer.request_id)
        .Add("fingerprint", answer.fingerprint)
        .Add("stage", answer.stage)
        .Add("rep", answer.rep)
        .Add("generation", answer.generation)
        .Add("version", answer.version)
        .Add("actor", answer.actor)
        .text();
  }
  static std::string Text(const core::SalesMark& mark) {
    return Fields()
        .Add("event", mark.event)
        .Add("body", mark.body)
        .Add("occurred_at", mark.occurred_at_ms)
        .Add("log", mark.log)
        .Add("offset", mark.offset)
        .text();
  }
  static std::string Text(const core::Widening& widening) {
    return absl::StrCat(widening.after_ms, ">", widening.to.str());
  }
  static std::string Text(const core::QueuePolicy& policy) {
    return Fields()
        .Add("id", policy.id)
        .Add("mode", policy.mode)
        .Add("accept_within", policy.accept_within_ms)
        .Add("retry_after", policy.retry_after_ms)
        .Add("skills", policy.skills)
        .Add("strategy", policy.strategy)
        .Add("count_owned", policy.count_owned)
        .Add("widen", policy.widen)
        .Add("max_wait", policy.max_wait_ms)
        .Add("escalate_to", policy.escalate_to)
        .Add("credit_returned", policy.credit_returned)
        .AddText("age", absl::StrCat(policy.age.every_ms, "/", policy.age.by, "<", policy.age.max))
        .text();
  }

  static std::string Text(const std::array<int64_t, core::kShadowCounts>& counts) {
    return Text(std::vector<int64_t>(counts.begin(), counts.end()));
  }

  template <typename Item>
  static std::string Text(const std::vector<Item>& items) {
    std::string text = "[";
    for (const auto& item : items) absl::StrAppend(&text, text.size() > 1 ? ", " : "", Text(item));
    return text + "]";
  }

  static std::string Text(const core::DayCounts& counts) {
    return Text(std::map<int32_t, int64_t>(counts.begin(), counts.end()));
  }
  static std::string Text(const core::Occasion& occasion) {
    return absl::StrCat(occasion.day, Text(occasion.properties));
  }

  template <typename Key, typename Value, typename Order>
  static std::string Text(const std::map<Key, Value, Order>& values) {
    std::string text = "{";
    for (const auto& [key, value] : values) {
      absl::StrAppend(&text, text.size() > 1 ? ", " : "", Text(key), ":", Text(value));
    }
    return text + "}";
  }
};

using Fields = Texts::Fields;

}  // namespace

std::string Describe(const core::Facts& facts) {
  return Fields()
      .Add("attributes", facts.attributes)
      .Add("consent", facts.consent)
      .Add("consent_writer", facts.consent_writer)
      .Add("activities", facts.activities)
      .Add("occasions", facts.occasions)
      .Add("attribution", facts.attribution)
      .Add("sources", facts.sources)
      .Add("first_event", facts.first_event_at_ms)
      .Add("last_event", facts.last_event_at_ms)
      .Add("offsets", facts.applied_offsets)
      .Add("recent", facts.recent_events)
      .text();
}

std::string Describe(const core::Judgment& judgment) {
  return Fields()
      .Add("policy_revision", judgment.policy_revision)
      .Add("judged_at", judgment.judged_at_ms)
      .Add("fit", judgment.fit)
      .Add("intent", judgment.intent)
      .Add("factors", judgment.factors)
      .Add("definition", judgment.definition)
      .Add("disqualified_by", judgment.disqualified_by)
      .Add("disqualified_reason", judgment.disqualified_reason)
      .Add("qualified", judgment.qualified)
      .Add("route", judgment.route)
      .Add("route_path", judgment.route_path)
      .Add("route_left_out", judgment.route_left_out)
      .Add("slas", judgment.slas)
      .Add("account", judgment.account)
      .Add("errors", judgment.errors)
      .Add("inputs", judgment.inputs)
      .Add("inputs_hash", judgment.inputs_hash)
      .text();
}

std::string Describe(const core::LeadRecord& record) {
  return Fields()
      .Add("key", record.key)
      .Add("revision", record.revision)
      .Add("version", record.version)
      .Add("stage", record.stage)
      .Add("cycle", record.cycle)
      .Add("queue", record.queue)
      .Add("rep", record.rep)
      .Add("generation", record.generation)
      .Add("queued_at", record.queued_at_ms)
      .Add("offered_at", record.offered_at_ms)
      .Add("due_at", record.due_at_ms)
      .Add("timer", record.timer)
      .Add("passed", record.passed)
      .Add("candidates", record.pool.candidates)
      .Add("counts", record.pool.counts)
      .Add("paid", record.pool.paid_nano)
      .Add("choice", record.choice)
      .Add("chosen_by", record.chosen_by)
      .Add("owners", record.owners)
      .Add("owners_only", record.owners_only)
      .Add("wait_until", record.wait_until_ms)
      .Add("requirement", record.requirement)
      .Add("home", record.home)
      .Add("home_since", record.home_since_ms)
      .Add("widened", record.widened)
      .Add("escalated", record.escalated)
      .Add("last_owner", record.last_owner)
      .Add("clock_at", record.clock_at_ms)
      .Add("rep_hours", record.rep_hours)
      .Add("paused_at", record.paused_at_ms)
      .Add("paused_until", record.paused_until_ms)
      .Add("clocks", record.clocks)
      .AddText("facts", absl::StrCat("(", Describe(record.facts), ")"))
      .AddText("judgment", absl::StrCat("(", Describe(record.judgment), ")"))
      .Add("accepted_at", record.accepted_at_ms)
      .Add("first_touch_at", record.first_touch_at_ms)
      .Add("last_touch_at", record.last_touch_at_ms)
      .Add("touches", record.touches)
      .Add("reason", record.reason)
      .Add("revisit_at", record.revisit_at_ms)
      .Add("amount", record.amount_minor)
      .Add("currency", record.currency)
      .Add("close_date", record.close_date_ms)
      .Add("closed_at", record.closed_at_ms)
      .Add("erased_at", record.erased_at_ms)
      .Add("traceparent", record.traceparent)
      .Add("answered", record.answered)
      .Add("sales_events", record.sales_events)
      .Add("sales_forgotten", record.sales_forgotten_ms)
      .Add("shadow", record.shadow)
      .text();
}

std::string Describe(const core::AssignmentDecision& decision) {
  return Fields()
      .Add("cycle", decision.cycle)
      .Add("generation", decision.generation)
      .Add("queue", decision.queue)
      .Add("choice", decision.choice)
      .Add("passed", decision.passed)
      .Add("skills", decision.skills)
      .Add("owners", decision.owners)
      .Add("candidates", decision.pool.candidates)
      .Add("counts", decision.pool.counts)
      .Add("paid", decision.pool.paid_nano)
      .text();
}

std::string Describe(const core::PastDecisions& past) {
  std::string text;
  for (const core::AssignmentDecision& decision : past.assignments) {
    absl::StrAppend(&text, "assignment (", Describe(decision), ") ");
  }
  for (const core::QualificationDecision& decision : past.qualifications) {
    absl::StrAppend(&text, "qualification ", decision.cycle, " (", Describe(decision.judgment),
                    ") ");
  }
  return text;
}

std::string Describe(const core::Change& change) {
  return Fields()
      .Add("type", change.type)
      .Add("stage", change.stage)
      .Add("queue", change.queue)
      .Add("rep", change.rep)
      .Add("generation", change.generation)
      .Add("reason", change.reason)
      .Add("actor", change.actor)
      .Add("cause", change.cause)
      .Add("details", change.details)
      .text();
}

std::string Describe(const core::Rep& rep) {
  return Fields()
      .Add("id", rep.id)
      .Add("display_name", rep.display_name)
      .Add("queues", rep.queues)
      .Add("weight", rep.weight)
      .Add("capacity", rep.capacity)
      .Add("skills", rep.skills)
      .Add("presence", rep.presence)
      .Add("work", rep.work)
      .Add("attributes", rep.attributes)
      .Add("revision", rep.revision)
      .text();
}

std::string Describe(const core::QueueSettings& settings) {
  return Fields()
      .Add("id", settings.id)
      .Add("display_name", settings.display_name)
      .Add("paused", settings.paused)
      .Add("revision", settings.revision)
      .text();
}

std::string Describe(const store::RepState& rep) {
  return Fields().AddText("rep", Describe(rep.rep)).Add("open", rep.open).text();
}

std::string Describe(const store::WaitingOutlook& outlook) {
  return Fields()
      .Add("waits", outlook.waits)
      .Add("mode", static_cast<int>(outlook.mode))
      .Add("paused", outlook.paused)
      .Add("for_owners", outlook.for_owners)
      .Add("candidates", outlook.pool.candidates)
      .Add("counts", outlook.pool.counts)
      .Add("paid", outlook.pool.paid_nano)
      .Add("waits_turn", outlook.waits_turn)
      .text();
}

std::string Describe(const store::QueueState& queue) {
  return Fields()
      .AddText("settings", Describe(queue.settings))
      .Add("policy", queue.policy)
      .Add("waiting", queue.waiting)
      .Add("oldest", queue.oldest_queued_at_ms)
      .Add("members", queue.members)
      .Add("owed", queue.owed_nano)
      .text();
}

std::string Describe(const store::JourneyEntry& entry) {
  return Fields()
      .Add("at", entry.at_ms)
      .Add("type", entry.type)
      .Add("is_change", entry.is_change)
      .Add("source", entry.source)
      .Add("id", entry.id)
      .AddText("change", absl::StrCat("(", Describe(entry.change), ")"))
      .Add("version", entry.version)
      .text();
}

std::string Describe(const store::CommitResult& result) {
  return Fields()
      .Add("code", result.code)
      .AddText("record", Describe(result.record))
      .Add("waits_turn", result.waits_turn)
      .text();
}

std::string Describe(const store::OutboxEntry& entry) {
  return Fields()
      .Add("sequence", entry.sequence)
      .Add("key", entry.key)
      .Add("epoch", entry.epoch)
      .Add("version", entry.version)
      .Add("at", entry.at_ms)
      .Add("due_at", entry.due_at_ms)
      .Add("cycle", entry.cycle)
      .AddText("change", absl::StrCat("(", Describe(entry.change), ")"))
      .Add("policy_revision", entry.policy_revision)
      .Add("fit", entry.fit)
      .Add("intent", entry.intent)
      .Add("factors", entry.factors)
      .Add("attribution", entry.attribution)
      .Add("sources", entry.sources)
      .Add("traceparent", entry.traceparent)
      .text();
}

std::string Describe(const store::OutboxBounds& bounds) {
  return Fields()
      .Add("epoch", bounds.epoch)
      .Add("first", bounds.first_sequence)
      .Add("last", bounds.last_sequence)
      .Add("newest", bounds.newest_sequence)
      .Add("entries", bounds.entries)
      .text();
}

std::string Describe(const store::Workspace& workspace) {
  return Fields()
      .Add("id", workspace.id)
      .Add("display_name", workspace.display_name)
      .Add("created_at", workspace.created_at_ms)
      .Add("policy_revision", workspace.policy_revision)
      .text();
}

std::string Describe(const store::PolicyDocument& document) {
  return Fields().Add("revision", document.revision).Add("yaml", document.yaml).text();
}

std::string Describe(const store::PolicyRevision& revision) {
  return Fields()
      .Add("revision", revision.revision)
      .Add("name", revision.name)
      .Add("state", revision.state)
      .Add("creator", revision.creator)
      .Add("created_at", revision.created_at_ms)
      .Add("approvals", revision.approvals)
      .Add("activations", revision.activations)
      .Add("superseded_at", revision.superseded_at_ms)
      .Add("withdrawn_at", revision.withdrawn_at_ms)
      .Add("withdrawn_by", revision.withdrawn_by)
      .Add("latest_activation", revision.latest_activation)
      .text();
}

std::string Describe(const store::ShadowRun& run) {
  return Fields()
      .Add("run", run.run)
      .Add("revision", run.revision)
      .Add("name", run.name)
      .Add("principal", run.principal)
      .Add("started_at", run.started_at_ms)
      .Add("beside", run.beside)
      .Add("end", run.end)
      .Add("ended_at", run.ended_at_ms)
      .Add("ended_by", run.ended_by)
      .Add("counts", run.counts.counts)
      .Add("queues", run.counts.queues)
      .text();
}

std::string Describe(const core::ShadowDifference& difference) {
  return Fields()
      .Add("lead", difference.lead)
      .Add("cycle", difference.cycle)
      .Add("standing", difference.standing)
      .Add("at", difference.at_ms)
      .Add("active", difference.active)
      .Add("shadow", difference.shadow)
      .text();
}

std::string Describe(const store::InputCounters& counters) {
  return Fields()
      .Add("input", counters.input)
      .Add("applied", counters.applied)
      .Add("duplicates", counters.duplicates)
      .Add("dead_lettered", counters.dead_lettered)
      .Add("ignored", counters.ignored)
      .text();
}

}  // namespace baton::support
