#include "store/redis/function_library.h"

#include <xxhash.h>

#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/lifecycle.h"
#include "core/policy.h"
#include "core/text.h"
#include "store/redis/names.h"
#include "store/redis/record_codec.h"
#include "store/store.h"

namespace baton::store::redis {
namespace {

constexpr int64_t kNumberMax = (int64_t{1} << 53) - 1;  // exact in Lua
constexpr int64_t kClockMax = (int64_t{1} << 45) - 1;   // functions/backlog.lua
constexpr int64_t kBatchMax = 100'000;                  // events, changes in one plan
constexpr int64_t kInt32Max = 2'147'483'647;
constexpr int64_t kStreamNodeMax = 100;  // entries: Redis' default of stream-node-max-entries

// A Lua string; every byte but letters, digits and a few marks as an escape.
std::string Quoted(absl::string_view text) {
  std::string quoted = "'";
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    const bool plain = absl::ascii_isalnum(byte) || character == '_' || character == '-';
    if (plain) {
      quoted += character;
    } else {
      absl::StrAppendFormat(&quoted, "\\%03d", byte);
    }
  }
  return quoted + "'";
}

void AddTable(absl::string_view name, const std::string& items, std::string& out) {
  absl::StrAppend(&out, "baton.", name, " = {", items, "}\n");
}

// {word = 'word', ...}
template <typename Enum, size_t kSize>
void AddWords(absl::string_view name, const NameTable<Enum, kSize>& table, std::string& out) {
  std::string items;
  for (const auto& [value, word] : table) absl::StrAppend(&items, word, "=", Quoted(word), ",");
  AddTable(name, items, out);
}

// {word = number, ...}
template <typename Enum, size_t kSize>
void AddNumbers(absl::string_view name, const NameTable<Enum, kSize>& table, std::string& out) {
  std::string items;
  for (const auto& [value, word] : table) {
    absl::StrAppend(&items, word, "=", static_cast<int>(value), ",");
  }
  AddTable(name, items, out);
}

// Words that core gives to an enumeration whose last value is `last`.
template <typename Enum, typename NameOf>
void AddCoreWords(absl::string_view name, Enum last, NameOf name_of, std::string& out) {
  std::string items;
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    const absl::string_view word = core::ToAbsl(name_of(static_cast<Enum>(i)));
    absl::StrAppend(&items, word, "=", Quoted(word), ",");
  }
  AddTable(name, items, out);
}

void AddReasons(std::string& out) {
  std::string items;
  for (const auto& [reason, number] : kReasonNumbers) {
    absl::StrAppend(&items, core::ToAbsl(core::CandidateReasonName(reason)), "=", number, ",");
  }
  AddTable("REASON", items, out);
}

void AddDetails(std::string& out) {
  core::Change own;
  own.actor = "baton";
  core::Change silent = own;
  silent.details["why"] = "silent";
  core::Change uncharged;
  uncharged.details["charged"] = "false";
  std::string items = absl::StrCat("own=", Quoted(EncodeChangeDetails(own)),
                                   ",silent=", Quoted(EncodeChangeDetails(silent)),
                                   ",uncharged=", Quoted(EncodeChangeDetails(uncharged)), ",");
  for (const auto& [mode, word] : kModeNames) {
    core::Change assignment;
    assignment.details["mode"] = std::string(word);
    absl::StrAppend(&items, word, "=", Quoted(EncodeChangeDetails(assignment)), ",");
  }
  const auto add_words = [&items](const char* name, const auto& table) {
    for (const auto& [value, word] : table) {
      core::Change assignment;
      assignment.details[name] = std::string(word);
      absl::StrAppend(&items, name, "_", word, "=", Quoted(EncodeChangeDetails(assignment)), ",");
    }
  };
  add_words("strategy", kBasisNames);
  add_words("tie", kTieNames);
  AddTable("DETAILS", items, out);
}

void AddLimits(std::string& out) {
  AddTable("LIMIT",
           absl::StrCat(
               "number=", kNumberMax, ",clock=", kClockMax, ",batch=", kBatchMax,
               ",cycle=", kInt32Max, ",priority=", core::kPriorityMax, ",partition=", kInt32Max,
               ",page=", kPageSizeMax, ",journey=", kJourneyMax, ",drain=", kDrainMax,
               ",claims=", kClaimsRemembered, ",weight=", core::kWeightMax,
               ",capacity=", core::kCapacityMax, ",daily_cap=", core::kDailyCapMax,
               ",ramp_days=", core::kRampDaysMax, ",absences=", core::kAbsencesMax,
               ",hours=", core::kHoursMax, ",queues_per_rep=", core::kQueuesPerRepMax,
               ",reps=", kRepsMax, ",profiles=", kRepsMax + 1, ",requirements=", kRequirementsMax,
               ",reps_per_queue=", core::kRepsPerQueueMax, ",queues=", kQueuesMax,
               ",drafts=", kDraftsMax, ",revisions=", kRevisionsMax, ",approvals=", kApprovalsMax,
               ",activations=", kActivationsMax, ",candidates=", core::kCandidatesKeptMax,
               ",decisions=", core::kPastDecisionsMax, ",domains=", core::kDomainsPerAccountMax,
               ",tables=", kStoredTablesMax, ",table_bytes=", kStoredTableBytesMax, ",webhooks=",
               kWebhooksMax, ",webhook_reported=", kWebhookReportedMax, ",erased=", kErasedMarksMax,
               ",stream_node=", kStreamNodeMax, ",accounts_per_group=", core::kAccountsPerGroupMax,
               ",shadow_queues=", core::kShadowQueuesMax, ",shadow_differences=",
               core::kShadowDifferencesMax, ",erasure_requests=", kErasureRequestsMax),
           out);
  const core::QueuePolicy defaults;
  AddTable("QUEUE_DEFAULTS",
           absl::StrCat("mode=", Quoted(NameIn(kModeNames, defaults.mode)), ",accept_within=",
                        defaults.accept_within_ms, ",retry_after=", defaults.retry_after_ms,
                        ",strategy=", Quoted(NameIn(kStrategyNames, defaults.strategy)),
                        ",count_owned=", defaults.count_owned ? "true" : "false",
                        ",age_every=", defaults.age.every_ms),
           out);
}

std::string Prelude() {
  std::string out = "local baton = {}\n";
  AddNumbers("CODE", kCommitCodeNames, out);
  AddNumbers("OUTCOME", kOutcomeNames, out);
  AddCoreWords("STAGE", core::Stage::kErased, core::StageName, out);
  AddCoreWords("CHANGE", core::ChangeType::kErased, core::ChangeTypeName, out);
  AddReasons(out);
  AddWords("TIMER", kTimerNames, out);
  AddWords("PRESENCE", kPresenceNames, out);
  AddWords("MODE", kModeNames, out);
  AddWords("STRATEGY", kStrategyNames, out);
  AddWords("BASIS", kBasisNames, out);
  AddWords("TIE", kTieNames, out);
  AddWords("PLACEMENT", kPlacementNames, out);
  AddWords("ROLE", kRoleNames, out);
  AddWords("SHADOW_END", kShadowEndNames, out);
  AddCoreWords("SHADOW_COUNT", core::ShadowCount::kFailed, core::ShadowCountName, out);
  AddDetails(out);
  AddLimits(out);
  return out;
}

// How a file makes its function known to Redis.
std::string Registration(absl::string_view suffix) {
  return absl::StrCat("function baton.register(name, callback, flags)\n",
                      "  redis.register_function{function_name = name .. ", Quoted(suffix),
                      ", callback = callback, flags = flags or {}}\n", "end\n");
}

}  // namespace

FunctionLibrary::FunctionLibrary() {
  std::string files;
  for (const FunctionSource& source : FunctionSources()) {
    absl::StrAppend(&files, "do -- ", source.name, "\n", source.text, "end\n");
  }
  const std::string prelude = Prelude();
  const std::string content = prelude + files;
  const uint64_t hash = XXH3_64bits(content.data(), content.size());
  suffix_ = absl::StrFormat("_%08x", static_cast<uint32_t>(hash));
  name_ = absl::StrCat("baton", suffix_);
  text_ = absl::StrCat("#!lua name=", name_, "\n", prelude, Registration(suffix_), files);
}

platform::redis::Command FunctionLibrary::Call(absl::string_view function,
                                               std::vector<std::string> keys,
                                               std::vector<std::string> args) const {
  platform::redis::Command command;
  command.reserve(3 + keys.size() + args.size());
  command.push_back("FCALL");
  command.push_back(absl::StrCat(function, suffix_));
  command.push_back(absl::StrCat(keys.size()));
  std::move(keys.begin(), keys.end(), std::back_inserter(command));
  std::move(args.begin(), args.end(), std::back_inserter(command));
  return command;
}

}  // namespace baton::store::redis
