// What is published with each change: origin and scores.
#include <utility>

#include "baton/store/v1/record.pb.h"
#include "store/redis/parse_blob.h"
#include "store/redis/record_codec.h"
#include "store/redis/text.h"

namespace baton::store::redis {

std::string EncodeOrigin(const core::Facts& facts) {
  v1::Published out;
  for (const auto& [name, attribution] : facts.attribution) {
    v1::Attribution& stored = *out.add_attribution();
    stored.set_name(name);
    stored.set_value(attribution.value);
    stored.mutable_writer()->set_occurred_at_ms(attribution.writer.occurred_at_ms);
    stored.mutable_writer()->set_event_id(attribution.writer.event_id);
  }
  for (const core::SourceRef& source : facts.sources) {
    v1::Source& stored = *out.add_sources();
    stored.set_occurred_at_ms(source.occurred_at_ms);
    stored.set_source(source.source);
    stored.set_id(source.id);
  }
  return out.SerializeAsString();
}

std::string EncodeScores(const core::Judgment& judgment) {
  v1::Published out;
  out.set_policy_revision(judgment.policy_revision);
  out.set_fit(judgment.fit);
  out.set_intent(judgment.intent);
  for (const core::Factor& factor : judgment.factors) {
    v1::Factor& stored = *out.add_factors();
    stored.set_is_fit(factor.kind == core::FactorKind::kFit);
    stored.set_rule(factor.rule);
    stored.set_points(factor.points);
    stored.set_occurrences(factor.occurrences);
  }
  return out.SerializeAsString();
}

absl::Status DecodePublished(absl::string_view blob, core::Facts& facts, core::Judgment& judgment) {
  v1::Published stored;
  if (!Parse(blob, stored)) return Unreadable("what is published of a lead");
  for (const v1::Attribution& attribution : stored.attribution()) {
    facts.attribution[attribution.name()] = {
        attribution.value(),
        {attribution.writer().occurred_at_ms(), attribution.writer().event_id()}};
  }
  for (const v1::Source& source : stored.sources()) {
    facts.sources.push_back({source.occurred_at_ms(), source.source(), source.id()});
  }
  judgment.policy_revision = stored.policy_revision();
  judgment.fit = stored.fit();
  judgment.intent = stored.intent();
  for (const v1::Factor& factor : stored.factors()) {
    judgment.factors.push_back(
        {factor.is_fit() ? core::FactorKind::kFit : core::FactorKind::kIntent, factor.rule(),
         factor.points(), factor.occurrences()});
  }
  return absl::OkStatus();
}

absl::Status DecodePublished(absl::string_view blob, OutboxEntry& entry) {
  core::Facts facts;
  core::Judgment judgment;
  if (absl::Status status = DecodePublished(blob, facts, judgment); !status.ok()) return status;
  for (auto& [name, attribution] : facts.attribution) {
    entry.attribution[name] = std::move(attribution.value);
  }
  entry.sources = std::move(facts.sources);
  entry.policy_revision = judgment.policy_revision;
  entry.fit = judgment.fit;
  entry.intent = judgment.intent;
  entry.factors = std::move(judgment.factors);
  return absl::OkStatus();
}

}  // namespace baton::store::redis
