#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "baton/store/v1/record.pb.h"
#include "core/text.h"
#include "verify/store_reader.h"

namespace baton::verify {
namespace {

using core::CandidateReason;

constexpr size_t kItems = 24;      // of the line, with the sizes of the blobs
constexpr size_t kWaiting = 24;    // item: owners, owners_only, wait_until, chosen_by
constexpr size_t kFirstSize = 18;  // item
constexpr size_t kBlobs = 6;       // candidates, origin, scores, facts, judgment, rest
constexpr size_t kScoresBlob = 2;
constexpr size_t kFactsBlob = 3;
constexpr size_t kJudgmentBlob = 4;
constexpr size_t kCandidateItems = 6;
constexpr char kRankedPool = '\xc1';  // functions/ranked_pool.lua

int64_t NumberOrMinusOne(absl::string_view text) {
  int64_t number = -1;
  return absl::SimpleAtoi(text, &number) ? number : -1;
}

std::optional<core::TimerKind> ParseTimer(absl::string_view text) {
  if (text == "none") return core::TimerKind::kNone;
  if (text == "offer_expiry") return core::TimerKind::kOfferExpiry;
  if (text == "retry") return core::TimerKind::kRetry;
  if (text == "wait") return core::TimerKind::kWait;
  return std::nullopt;
}

bool ReadLine(const std::vector<absl::string_view>& items, StoredLead& lead) {
  const auto stage = core::ParseStage({items[3].data(), items[3].size()});
  const auto timer = ParseTimer(items[11]);
  if (!stage || !timer) return false;
  lead.version = NumberOrMinusOne(items[2]);
  lead.stage = *stage;
  lead.cycle = static_cast<int32_t>(NumberOrMinusOne(items[4]));
  lead.queue = std::string(items[5]);
  lead.rep = std::string(items[6]);
  lead.generation = NumberOrMinusOne(items[7]);
  lead.queued_at_ms = NumberOrMinusOne(items[8]);
  lead.due_at_ms = NumberOrMinusOne(items[10]);
  lead.timer = *timer;
  lead.priority = static_cast<int32_t>(NumberOrMinusOne(items[12]));
  // The journey counts inputs applied and changes; of these there are as many as versions.
  lead.applied = NumberOrMinusOne(items[14]) - lead.version;
  lead.passed = absl::StrSplit(items[15], ',', absl::SkipEmpty());
  lead.skills = std::string(items[16]);
  for (const absl::string_view word : absl::StrSplit(items[16], ',', absl::SkipEmpty())) {
    if (word.front() != kRequirementSign) continue;
    lead.requirement = PercentDecoded({word.data() + 1, word.size() - 1});
  }
  if (items.size() >= kWaiting + 4) {
    lead.wait_until_ms = NumberOrMinusOne(items[kWaiting + 2]);
    lead.to_owner = items[kWaiting + 3] == "owner";
    lead.owners = absl::StrSplit(items[kWaiting], ',', absl::SkipEmpty());
  }
  if (items.size() > kWaiting + 4) {
    lead.choice = ParseChoice({items[kWaiting + 4].data(), items[kWaiting + 4].size()});
  }
  if (items.size() > kWaiting + 5) lead.clock_at_ms = NumberOrMinusOne(items[kWaiting + 5]);
  return true;
}

// Those who could not have had the lead are not told apart.
CandidateReason ReasonOf(int number) {
  switch (number) {
    case 1:
      return CandidateReason::kChosen;
    case 2:
      return CandidateReason::kFairness;
    case 11:
      return CandidateReason::kNotOwner;
    case 12:
      return CandidateReason::kBusier;
    case 13:
      return CandidateReason::kLessIdle;
    default:
      return CandidateReason::kPassed;
  }
}

// Of a choice among ranks: the rep chosen, the sum of all shares, the number of groups; of each
// group reason, gain, share and number kept; the number of reasons, and each with the number of
// those who have it; rep, base, open and capacity of each kept.
std::optional<bool> ReadRanked(const nlohmann::json& list,
                               std::vector<core::Candidate>& candidates) {
  constexpr size_t kFirst = 3;  // group
  constexpr size_t kGroupItems = 4;
  for (size_t at = 0; at < list.size(); ++at) {
    if (!list[at].is_number() && !list[at].is_string()) return std::nullopt;
  }
  const auto number = [&list](size_t at) {
    return at < list.size() && list[at].is_number() ? list[at].get<int64_t>() : int64_t{-1};
  };
  const auto items = static_cast<int64_t>(list.size());
  if (number(2) < 0 || number(2) > items) return std::nullopt;
  const size_t end = kFirst + static_cast<size_t>(number(2)) * kGroupItems;
  if (number(end) < 0 || number(end) > items) return std::nullopt;
  size_t at = end + 1 + static_cast<size_t>(number(end)) * 2;
  for (size_t group = kFirst; group < end; group += kGroupItems) {
    for (int64_t i = 0; i < number(group + 3); ++i, at += 4) {
      if (at + 3 >= list.size() || !list[at].is_string()) return std::nullopt;
      const auto rep = list[at].get<std::string>();
      const int number_of_reason = list[0] == rep ? 1 : static_cast<int>(number(group));
      candidates.push_back({core::RepId::Trusted(rep), ReasonOf(number_of_reason),
                            number(at + 1) + number(group + 1), number(group + 2),
                            static_cast<int32_t>(number(at + 2)),
                            static_cast<int32_t>(number(at + 3))});
    }
  }
  if (at != list.size()) return std::nullopt;
  std::sort(candidates.begin(), candidates.end(),
            [](const auto& one, const auto& other) { return one.rep < other.rep; });
  return false;
}

}  // namespace

std::string PercentDecoded(std::string_view text) {
  const absl::string_view all = core::ToAbsl(text);
  std::string decoded;
  for (size_t at = 0; at < all.size(); ++at) {
    int byte = 0;
    if (all[at] == '%' && absl::SimpleHexAtoi(all.substr(at + 1, 2), &byte)) {
      decoded += static_cast<char>(byte);
      at += 2;
    } else {
      decoded += all[at];
    }
  }
  return decoded;
}

std::optional<bool> ReadCandidates(std::string_view blob,
                                   std::vector<core::Candidate>& candidates) {
  if (blob.empty()) return true;
  const bool ranked = blob.front() == kRankedPool;
  if (ranked) blob.remove_prefix(1);
  const nlohmann::json list = nlohmann::json::from_msgpack(blob.begin(), blob.end(), true, false);
  if (list.is_object() && list.empty()) return true;
  if (!list.is_array()) return std::nullopt;
  if (ranked) return ReadRanked(list, candidates);
  const size_t others = list.size() % kCandidateItems;
  if (others > 1 || (others == 1 && !list.back().is_array())) return std::nullopt;
  for (size_t at = 0; at + others < list.size(); at += kCandidateItems) {
    if (!list[at].is_string()) return std::nullopt;
    for (size_t i = 1; i < kCandidateItems; ++i) {
      if (!list[at + i].is_number()) return std::nullopt;
    }
    candidates.push_back({core::RepId::Trusted(list[at].get_ref<const std::string&>()),
                          ReasonOf(list[at + 1].get<int>()), list[at + 2].get<int64_t>(),
                          list[at + 3].get<int64_t>(), list[at + 4].get<int32_t>(),
                          list[at + 5].get<int32_t>()});
  }
  return others == 0;
}

std::optional<StoredChoice> ParseChoice(std::string_view text) {
  const std::vector<std::string> items = absl::StrSplit(core::ToAbsl(text), ',');
  StoredChoice choice;
  if (items.size() < 5 || !absl::SimpleAtoi(items[2], &choice.weights)) return std::nullopt;
  choice.basis = items[3];
  return choice;
}

absl::StatusOr<StoredLead> ParseStoredLead(const std::string& workspace, const std::string& lead,
                                           const std::string& value) {
  const absl::Status unreadable = absl::InternalError(
      absl::StrCat("lead ", workspace, "/", lead, " is not readable in the store"));
  StoredLead stored;
  stored.workspace = workspace;
  stored.lead = lead;
  const absl::string_view text = value;
  const size_t end = text.find('\n');
  if (end == absl::string_view::npos) return unreadable;
  const std::vector<absl::string_view> items = absl::StrSplit(text.substr(0, end), '|');
  if (items.size() < kItems || items[0] != "1" || !ReadLine(items, stored)) return unreadable;
  std::array<absl::string_view, kBlobs> blobs;
  size_t at = end + 1;
  for (size_t i = 0; i < kBlobs; ++i) {
    const int64_t size = NumberOrMinusOne(items[kFirstSize + i]);
    if (size < 0 || static_cast<size_t>(size) > text.size() - at) return unreadable;
    blobs[i] = text.substr(at, static_cast<size_t>(size));
    at += static_cast<size_t>(size);
  }
  store::v1::Facts facts;
  const absl::string_view encoded = blobs[kFactsBlob];
  const std::optional<bool> all =
      ReadCandidates({blobs[0].data(), blobs[0].size()}, stored.candidates);
  if (!facts.ParseFromArray(encoded.data(), static_cast<int>(encoded.size())) || !all) {
    return unreadable;
  }
  stored.all_candidates = *all;
  stored.scores = std::string(blobs[kScoresBlob]);
  stored.judgment = std::string(blobs[kJudgmentBlob]);
  stored.recent_events.assign(facts.recent_events().begin(), facts.recent_events().end());
  return stored;
}

// "1|revision|exists|group|domains|applied" and a blob behind the line.
absl::StatusOr<StoredAccount> ParseStoredAccount(const std::string& workspace,
                                                 const std::string& account,
                                                 const std::string& value) {
  constexpr size_t kAccountItems = 6;
  const absl::string_view text = value;
  const size_t end = text.find('\n');
  const std::vector<absl::string_view> items = absl::StrSplit(text.substr(0, end), '|');
  StoredAccount stored{workspace, account, 0, {}};
  store::v1::Account blob;
  if (end == absl::string_view::npos || items.size() < kAccountItems || items[0] != "1" ||
      !absl::SimpleAtoi(items[kAccountItems - 1], &stored.applied) ||
      !blob.ParseFromArray(text.data() + end + 1, static_cast<int>(text.size() - end - 1))) {
    return absl::InternalError(
        absl::StrCat("account ", workspace, "/", account, " is not readable in the store"));
  }
  stored.recent_events.assign(blob.recent_events().begin(), blob.recent_events().end());
  return stored;
}

}  // namespace baton::verify
