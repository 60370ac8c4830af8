#include "verify/decision_check.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "absl/numeric/int128.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "baton/store/v1/record.pb.h"
#include "core/text.h"
#include "verify/store_reader.h"

namespace baton::verify {
namespace {

using core::Candidate;
using core::CandidateReason;
using core::ToAbsl;

constexpr int64_t kNano = 1'000'000'000;
constexpr size_t kAssignmentItems = 8;  // functions/past.lua
constexpr size_t kQualificationItems = 3;

int64_t NumberIn(std::string_view text) {
  int64_t number = -1;
  return absl::SimpleAtoi(ToAbsl(text), &number) ? number : -1;
}

bool CouldHaveIt(const Candidate& candidate) {
  return candidate.reason != CandidateReason::kPassed;
}

// The owner who comes first of those who could have it.
const Candidate* OwnerServed(const std::vector<std::string>& owners,
                             const std::vector<Candidate>& candidates) {
  for (const std::string& owner : owners) {
    for (const Candidate& candidate : candidates) {
      if (candidate.rep.str() == owner && CouldHaveIt(candidate)) return &candidate;
    }
  }
  return nullptr;
}

// A delegate, whom the lead does not name: asked behind the owner who is on leave, so not before
// the first one.
bool StandsIn(const Candidate& chosen, const std::vector<std::string>& owners,
              const std::vector<Candidate>& candidates) {
  if (owners.empty() || chosen.open >= chosen.capacity) return false;
  if (std::find(owners.begin(), owners.end(), chosen.rep.str()) != owners.end()) return false;
  return OwnerServed({owners.front()}, candidates) == nullptr;
}

// Of those with a share the one who was owed most.
const Candidate* MostOwed(const std::vector<Candidate>& candidates) {
  const Candidate* winner = nullptr;
  int64_t winner_claim = 0;
  for (const Candidate& candidate : candidates) {
    if (candidate.share_nano == 0) continue;
    const int64_t claim = candidate.deviation_nano + candidate.share_nano;
    const bool first = winner == nullptr || claim > winner_claim ||
                       (claim == winner_claim && candidate.rep < winner->rep);
    if (!first) continue;
    winner = &candidate;
    winner_claim = claim;
  }
  return winner;
}

// Who took the lead of its own accord: nobody else was looked at, and the ledger has no share in
// it.
const Candidate* Claimer(const std::vector<Candidate>& candidates) {
  const bool is_sound = candidates.size() == 1 && CouldHaveIt(candidates.front()) &&
                        candidates.front().share_nano == 0 &&
                        candidates.front().open < candidates.front().capacity;
  return is_sound ? &candidates.front() : nullptr;
}

// Divided and rounded up.
int64_t Upwards(absl::uint128 number, int64_t by) {
  return static_cast<int64_t>((number + (by - 1)) / by);
}

void AppendNumber(int64_t value, std::string& out) {
  const auto bits = static_cast<uint64_t>(value);
  for (int byte = 7; byte >= 0; --byte) out += static_cast<char>(bits >> (8 * byte) & 0xff);
}

void AppendText(const std::string& text, std::string& out) {
  AppendNumber(static_cast<int64_t>(text.size()), out);
  out += text;
}

void AppendValue(const store::v1::Value& value, std::string& out) {
  out += static_cast<char>(value.kind_case() - store::v1::Value::kBoolValue);
  switch (value.kind_case()) {
    case store::v1::Value::kBoolValue:
      out += static_cast<char>(value.bool_value());
      break;
    case store::v1::Value::kIntValue:
      AppendNumber(value.int_value(), out);
      break;
    case store::v1::Value::kDoubleValue: {
      int64_t bits = 0;
      const double number = value.double_value();
      std::memcpy(&bits, &number, sizeof(bits));
      AppendNumber(bits, out);
      break;
    }
    case store::v1::Value::kStringValue:
      AppendText(value.string_value(), out);
      break;
    case store::v1::Value::kListValue:
      AppendNumber(value.list_value().values_size(), out);
      for (const std::string& text : value.list_value().values()) AppendText(text, out);
      break;
    case store::v1::Value::KIND_NOT_SET:
      break;
  }
}

void AppendAttributes(const google::protobuf::RepeatedPtrField<store::v1::Attribute>& attributes,
                      std::string& out) {
  AppendNumber(attributes.size(), out);
  for (const store::v1::Attribute& attribute : attributes) {
    AppendText(attribute.name(), out);
    AppendValue(attribute.value(), out);
  }
}

void AppendOccasions(const store::v1::Inputs& inputs, std::string& out) {
  const auto has_some = [](const store::v1::Activity& activity) {
    return activity.occasions_size() > 0;
  };
  const auto& activities = inputs.activities();
  AppendNumber(std::count_if(activities.begin(), activities.end(), has_some), out);
  for (const store::v1::Activity& activity : activities) {
    if (!has_some(activity)) continue;
    AppendText(activity.type(), out);
    AppendNumber(activity.occasions_size(), out);
    for (const store::v1::Occasion& occasion : activity.occasions()) {
      AppendNumber(occasion.day(), out);
      AppendAttributes(occasion.properties(), out);
      AppendNumber(occasion.count(), out);
    }
  }
}

// The canonical encoding of core/inputs.h, from the record, where everything is in order already.
std::string HashOfInputs(const store::v1::Inputs& inputs) {
  std::string bytes;
  const bool has_occasions = std::any_of(
      inputs.activities().begin(), inputs.activities().end(),
      [](const store::v1::Activity& activity) { return activity.occasions_size() > 0; });
  AppendText(has_occasions ? "baton/inputs/2" : "baton/inputs/1", bytes);
  AppendAttributes(inputs.attributes(), bytes);
  bytes += static_cast<char>(inputs.consent());
  AppendNumber(inputs.activities_size(), bytes);
  for (const store::v1::Activity& activity : inputs.activities()) {
    AppendText(activity.type(), bytes);
    AppendNumber(activity.days_size(), bytes);
    int64_t day = 0;
    for (int i = 0; i < activity.days_size() && i < activity.counts_size(); ++i) {
      AppendNumber(day += activity.days(i), bytes);
      AppendNumber(activity.counts(i), bytes);
    }
  }
  if (has_occasions || inputs.account_size() > 0) AppendAttributes(inputs.account(), bytes);
  if (has_occasions) AppendOccasions(inputs, bytes);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), hash.data());
  return {hash.begin(), hash.end()};
}

}  // namespace

void DecisionCheck::Fault(const std::string& of, const std::string& what) {
  findings_.Violation(Check::kDecisions, absl::StrCat(of, ": ", what));
}

void DecisionCheck::CheckShares(const Choice& choice) {
  const int64_t all = choice.made.weights;
  int64_t weights = 0;   // all weights together are at least that
  int64_t greatest = 0;  // and at most that
  for (const Candidate& candidate : *choice.candidates) {
    if (candidate.share_nano == 0) continue;
    // The smallest weight whose share is not below; it must give that share.
    const int64_t weight = Upwards(absl::uint128(candidate.share_nano) * all, kNano);
    weights += weight;
    greatest += Upwards(absl::uint128(candidate.share_nano + 1) * all, kNano) - 1;
    if (all != 0 && absl::uint128(weight) * kNano / all == candidate.share_nano) continue;
    Fault(choice.of, absl::StrCat("rep ", candidate.rep.str(), " has a share of ",
                                  candidate.share_nano, ", no weight of ", all, " gives that"));
  }
  if (weights <= all && (!choice.is_whole || all <= greatest)) return;
  Fault(choice.of, absl::StrCat("the weights sum to ", weights, ", not to ", all));
}

void DecisionCheck::CheckChoice(const Choice& choice) {
  findings_.LookedAt(Check::kDecisions);
  CheckShares(choice);
  const Candidate* chosen = nullptr;
  for (const Candidate& candidate : *choice.candidates) {
    if (candidate.reason == CandidateReason::kChosen) chosen = &candidate;
  }
  const Candidate* winner = nullptr;
  if (choice.made.basis == "claimed") {
    winner = Claimer(*choice.candidates);
  } else if (choice.made.basis == "owner" && chosen != nullptr &&
             StandsIn(*chosen, choice.owners, *choice.candidates)) {
    winner = chosen;
  } else {
    winner = OwnerServed(choice.owners, *choice.candidates);
  }
  if (winner == nullptr) winner = MostOwed(*choice.candidates);
  if (chosen != winner) {
    const auto name = [](const Candidate* candidate) {
      return candidate == nullptr ? std::string("nobody") : candidate->rep.str();
    };
    return Fault(choice.of, absl::StrCat("computed again ", name(winner), " wins, recorded is ",
                                         name(chosen)));
  }
  if (choice.made.basis != "least_loaded" || winner == nullptr) return;
  for (const Candidate& candidate : *choice.candidates) {
    if (!CouldHaveIt(candidate) || candidate.open >= winner->open) continue;
    return Fault(choice.of, absl::StrCat("rep ", candidate.rep.str(), " had fewer open leads than ",
                                         winner->rep.str(), ", who got it"));
  }
}

void DecisionCheck::CheckJudgment(const std::string& of, std::string_view scores,
                                  std::string_view judgment) {
  store::v1::Published published;
  store::v1::Judgment stored;
  if (!published.ParseFromArray(scores.data(), static_cast<int>(scores.size())) ||
      !stored.ParseFromArray(judgment.data(), static_cast<int>(judgment.size()))) {
    return Fault(of, "the judgment is not readable");
  }
  if (!stored.qualified()) return;
  findings_.LookedAt(Check::kDecisions);
  int64_t fit = 0;
  int64_t intent = 0;
  for (const store::v1::Factor& factor : published.factors()) {
    (factor.is_fit() ? fit : intent) += factor.points();
  }
  if (fit != published.fit() || intent != published.intent()) {
    Fault(of, absl::StrCat("the factors sum to fit ", fit, " and intent ", intent,
                           ", recorded are ", published.fit(), " and ", published.intent()));
  }
  if (!stored.inputs_hash().empty() && HashOfInputs(stored.inputs()) != stored.inputs_hash()) {
    Fault(of, "the inputs have another hash than the one recorded");
  }
}

void DecisionCheck::CheckPastChoice(const StoredLead& lead,
                                    const std::vector<std::string_view>& items,
                                    std::string_view candidates) {
  const std::string of = absl::StrCat("lead ", lead.key(), ", generation ", ToAbsl(items[2]));
  std::vector<Candidate> kept;
  const std::optional<StoredChoice> made = ParseChoice(items[4]);
  const std::optional<bool> all = ReadCandidates(candidates, kept);
  if (!all) return Fault(of, "the candidates are not readable");
  if (!made.has_value()) return;  // an earlier release made it
  CheckChoice({of, *made, *all, absl::StrSplit(ToAbsl(items[7]), ',', absl::SkipEmpty()), &kept});
}

void DecisionCheck::CheckPast(const StoredLead& lead, std::string_view element) {
  const size_t end = element.find('\n');
  const std::string of = absl::StrCat("lead ", lead.key());
  if (end == std::string_view::npos) return Fault(of, "a past decision is not readable");
  std::vector<std::string_view> items;
  for (const absl::string_view item : absl::StrSplit(ToAbsl(element.substr(0, end)), '|')) {
    items.emplace_back(item.data(), item.size());
  }
  const std::string_view blobs = element.substr(end + 1);
  if (items[0] == "A" && items.size() >= kAssignmentItems) {
    return CheckPastChoice(lead, items, blobs);
  }
  const int64_t scores = items.size() >= kQualificationItems ? NumberIn(items[2]) : -1;
  if (items[0] != "Q" || scores < 0 || static_cast<size_t>(scores) > blobs.size()) {
    return Fault(of, "a past decision is not readable");
  }
  const auto size = static_cast<size_t>(scores);
  CheckJudgment(absl::StrCat(of, ", cycle ", ToAbsl(items[1])), blobs.substr(0, size),
                blobs.substr(size));
}

void DecisionCheck::CheckLead(const StoredLead& lead) {
  if (lead.choice.has_value()) {
    CheckChoice({absl::StrCat("lead ", lead.key(), ", generation ", lead.generation), *lead.choice,
                 lead.all_candidates, lead.owners, &lead.candidates});
  }
  CheckJudgment(absl::StrCat("lead ", lead.key(), ", cycle ", lead.cycle), lead.scores,
                lead.judgment);
  for (const std::string& element : lead.past) CheckPast(lead, element);
}

}  // namespace baton::verify
