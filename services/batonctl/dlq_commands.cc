// batonctl dlq list|show|replay
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/str_cat.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/kafka_options.h"
#include "batonctl/letter_replay.h"
#include "batonctl/letters.h"
#include "core/errors.h"

namespace baton::batonctl {
namespace {

using nlohmann::ordered_json;

constexpr int kRateDefault = 100;
constexpr int kRateMax = 10'000;
constexpr int kReplayDefault = 1000;
constexpr int kReplayMax = 100'000;
constexpr size_t kHeldBytesMax = 256 * 1024 * 1024;  // of letters that wait to be sent

struct DlqArguments {
  KafkaArguments kafka;
  LetterChoice choice;
  std::string letter, topic, since, until;
  bool all_workspaces = false, raw = false, dry_run = false, yes = false;
  int limit = kListLimitDefault, replay_max = kReplayDefault, rate = kRateDefault;
  int32_t partition = 0;
  int64_t offset = 0;
  CLI::Option *partition_option = nullptr, *offset_option = nullptr;
};

// The choice with what options said in words.
absl::StatusOr<LetterChoice> ChoiceOf(const Session& session, const DlqArguments& arguments) {
  LetterChoice choice = arguments.choice;
  if (!arguments.all_workspaces) choice.workspace = session.options.workspace;
  const core::TimeMs now_ms = absl::ToUnixMillis(session.world().now());
  if (!arguments.since.empty()) {
    const auto since = ParseSince("--since", arguments.since, now_ms);
    if (!since.ok()) return since.status();
    choice.since_ms = *since;
  }
  if (!arguments.until.empty()) {
    const auto until = ParseSince("--until", arguments.until, now_ms);
    if (!until.ok()) return until.status();
    choice.until_ms = *until;
  }
  if (arguments.partition_option->count() > 0) choice.partition = arguments.partition;
  if (arguments.offset_option->count() > 0) choice.offset = arguments.offset;
  return choice;
}

struct Found {
  std::vector<Letter> letters;  // the oldest of each partition first
  bool more = false;            // there are others
  int64_t replaced = 0;         // left out as such
};

using TakeLetter = std::function<void(const std::string& word, const platform::kafka::Record&)>;

// All letters of one topic; of one partition or offset only if `choice` says so.
absl::Status ReadTopic(const Session& session, const platform::kafka::KafkaConfig& config,
                       const std::string& prefix, const std::string& word,
                       const LetterChoice& choice, const TakeLetter& take) {
  const std::string topic = absl::StrCat(prefix, ".", word, ".v1.dlq");
  const absl::Duration patience = session.options.timeout;
  auto spans = session.world().topic_spans(config, topic, /*read_committed=*/true, patience);
  if (!spans.ok()) return spans.status();
  if (choice.partition) {
    std::erase_if(*spans, [&](const auto& span) { return span.partition != *choice.partition; });
  }
  if (choice.offset) {
    for (auto& span : *spans) {
      span.first = std::max(span.first, *choice.offset);
      span.next = std::min(span.next, *choice.offset + 1);
    }
  }
  std::erase_if(*spans, [](const auto& span) { return span.first >= span.next; });
  return session.world().read_topic(
      config, topic, *spans, /*read_committed=*/true, patience,
      [&](const platform::kafka::Record& record, const platform::kafka::PartitionSpan&) {
        take(word, record);
      });
}

// The same of the topics that the arguments name.
absl::Status ReadTopics(const Session& session, const DlqArguments& arguments,
                        const LetterChoice& choice, const TakeLetter& take) {
  const auto config = ConfigOf(arguments.kafka);
  if (!config.ok()) return config.status();
  for (const char* word : kLetterTopics) {
    if (!arguments.topic.empty() && arguments.topic != word) continue;
    absl::Status status = ReadTopic(session, *config, arguments.kafka.prefix, word, choice, take);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// The letters that `choice` takes and that are not `replaced`, until there are `max`.
absl::StatusOr<Found> FindLetters(const Session& session, const DlqArguments& arguments,
                                  const LetterChoice& choice, size_t max,
                                  const ReplacedLetters& replaced = {}) {
  const absl::StatusOr<LetterFilter> filter = LetterFilter::Make(choice);
  if (!filter.ok()) return filter.status();
  Found found;
  absl::Status failed;
  size_t held = 0;
  absl::Status read =
      ReadTopics(session, arguments, choice,
                 [&](const std::string& word, const platform::kafka::Record& record) {
                   if (!failed.ok()) return;
                   Letter letter = MakeLetter(word, record);
                   const absl::StatusOr<bool> takes = filter->Takes(letter);
                   if (!takes.ok()) failed = takes.status();
                   if (!takes.ok() || !*takes) return;
                   if (replaced.Has(record)) {
                     ++found.replaced;
                     return;
                   }
                   held += letter.record.value.size();
                   if (found.letters.size() >= max || held > kHeldBytesMax) {
                     found.more = true;
                     return;
                   }
                   found.letters.push_back(std::move(letter));
                 });
  read.Update(failed);
  if (!read.ok()) return read;
  return found;
}

// What to send again: letters that are named as they are; of others not those that a newer one has
// replaced, or each round would send the same ones again, and once more for each round before.
absl::StatusOr<Found> FindSendable(const Session& session, const DlqArguments& arguments,
                                   const LetterChoice& choice) {
  ReplacedLetters replaced;
  if (choice.names.empty()) {
    absl::Status read = ReadTopics(
        session, arguments, LetterChoice(),
        [&](const std::string&, const platform::kafka::Record& record) { replaced.Note(record); });
    if (!read.ok()) return read;
  }
  return FindLetters(session, arguments, choice, static_cast<size_t>(arguments.replay_max),
                     replaced);
}

absl::Status PrintLetters(const Session& session, const std::vector<Letter>& letters) {
  ordered_json list = ordered_json::array();
  std::vector<std::string> names;
  for (const Letter& letter : letters) {
    list.push_back(LetterJson(letter));
    names.push_back(letter.name);
  }
  return session.Print(ordered_json{{"letters", list}}, LettersTable(letters), names);
}

absl::Status ListLetters(const Session& session, const DlqArguments& arguments) {
  const auto choice = ChoiceOf(session, arguments);
  if (!choice.ok()) return choice.status();
  const absl::StatusOr<Found> found =
      FindLetters(session, arguments, *choice, static_cast<size_t>(arguments.limit));
  if (!found.ok()) return found.status();
  if (found->more) session.Note("There are more; see them with a higher --limit.");
  return PrintLetters(session, found->letters);
}

absl::Status ShowLetter(const Session& session, DlqArguments arguments) {
  const absl::StatusOr<LetterPlace> place = ParseLetterName(arguments.letter);
  if (!place.ok()) return place.status();
  arguments.topic = place->topic;
  LetterChoice choice;
  choice.partition = place->partition;
  choice.offset = place->offset;
  const absl::StatusOr<Found> found = FindLetters(session, arguments, choice, 1);
  if (!found.ok()) return found.status();
  if (found->letters.empty()) {
    return absl::NotFoundError(absl::StrCat("there is no letter ", arguments.letter,
                                            ": it was never there, or is gone by retention"));
  }
  const Letter& letter = found->letters.front();
  std::ostream& out = session.world().out;
  if (arguments.raw) {
    out << letter.record.value << std::flush;
    return absl::OkStatus();
  }
  const std::string body = MaskedBody(letter);
  if (!session.options.is_text()) {
    ordered_json json = LetterJson(letter);
    json["maskedBody"] = body.empty() ? ordered_json() : ordered_json::parse(body);
    return session.Print(json, Table({}), {letter.name});
  }
  out << LetterDetails(letter).Render(session.style()) << "\n"
      << (body.empty() ? "The bytes are no JSON; --raw prints them." : body) << "\n"
      << std::flush;
  return absl::OkStatus();
}

absl::Status Confirm(const Session& session, const DlqArguments& arguments, size_t letters) {
  if (arguments.yes) return absl::OkStatus();
  const std::optional<std::string> answer = session.world().ask(
      absl::StrCat("Send ", Counted(static_cast<int64_t>(letters), "letter"), " again? [y/N] "));
  if (!answer.has_value()) {
    return UsageError("nobody can be asked here: add --yes (or --dry-run to see what it would do)");
  }
  if (*answer == "y" || *answer == "yes") return absl::OkStatus();
  return UsageError("nothing was sent");
}

// Sends them, once whoever is there has agreed.
absl::Status SendSurely(const Session& session, const DlqArguments& arguments,
                        const std::vector<Letter>& letters) {
  if (absl::Status sure = Confirm(session, arguments, letters.size()); !sure.ok()) return sure;
  const auto config = ConfigOf(arguments.kafka);
  if (!config.ok()) return config.status();
  return SendAgain(session, *config, letters, arguments.rate);
}

// What ChoiceOf says; letters that are named are so in each workspace, as for `show`.
absl::StatusOr<LetterChoice> ReplayChoiceOf(const Session& session, const DlqArguments& arguments) {
  absl::StatusOr<LetterChoice> choice = ChoiceOf(session, arguments);
  if (!choice.ok() || choice->names.empty()) return choice;
  choice->workspace.clear();
  std::set<std::string> names;
  for (const std::string& text : choice->names) {
    const absl::StatusOr<LetterPlace> place = ParseLetterName(text);
    if (!place.ok()) return place.status();
    names.insert(place->name());
  }
  if (names.size() > static_cast<size_t>(arguments.replay_max)) {
    return UsageError(absl::StrCat(names.size(), " letters are named, --max lets ",
                                   arguments.replay_max, " go at once"));
  }
  choice->names.assign(names.begin(), names.end());
  return choice;
}

absl::Status ReplayLetters(const Session& session, const DlqArguments& arguments) {
  const auto choice = ReplayChoiceOf(session, arguments);
  if (!choice.ok()) return choice.status();
  absl::StatusOr<Found> found = FindSendable(session, arguments, *choice);
  if (!found.ok()) return found.status();
  if (found->replaced > 0) {
    session.Note(absl::StrCat(Counted(found->replaced, "letter"),
                              " left out: sent before and refused again, as a newer letter"));
  }
  if (found->more) {
    session.Note("There are more than these; --max lets more go at once, --since begins later.");
  }
  const bool named = !choice->names.empty();
  const LettersToSend replay = SortOut(std::move(found->letters), choice->names, found->more);
  if (!named) {
    for (const std::string& sentence : replay.refused) session.Note(sentence);
  }
  if (arguments.dry_run || replay.letters.empty()) {
    session.Note(replay.letters.empty() ? "There is nothing to send." : "Would be sent:");
  } else {
    absl::Status sent = SendSurely(session, arguments, replay.letters);
    if (!sent.ok()) return sent;
  }
  if (absl::Status told = PrintLetters(session, replay.letters); !told.ok()) return told;
  return named ? AllAreSent(replay, arguments.dry_run) : absl::OkStatus();
}

void AddTopic(CLI::App& command, DlqArguments& arguments) {
  command.add_option("--topic", arguments.topic, "lead-events or sales-events; default: both")
      ->check(CLI::IsMember({"lead-events", "sales-events"}));
}

void AddChoice(CLI::App& command, DlqArguments& arguments) {
  LetterChoice& choice = arguments.choice;
  AddKafkaOptions(command, arguments.kafka);
  AddTopic(command, arguments);
  command
      .add_option("--class", choice.classes,
                  "only of this class, such as unknown_workspace or bad_value; repeat for more")
      ->allow_extra_args(false);
  command.add_option("--reason", choice.reason, "only those whose reason contains this");
  command.add_option("--lead", choice.lead, "only of this lead");
  command.add_option("--since", arguments.since,
                     "only letters since then: 24h, 7d, 2026-03-31 or 2026-03-31T09:30:00Z");
  command.add_option("--until", arguments.until, "only letters before then");
  arguments.partition_option =
      command.add_option("--partition", arguments.partition, "only of this partition")
          ->check(CLI::NonNegativeNumber);
  arguments.offset_option = command.add_option("--offset", arguments.offset, "only at this offset")
                                ->check(CLI::NonNegativeNumber);
  command.add_option("--filter", choice.expression,
                     "only those for which this CEL expression is true");
  command.add_flag("--all-workspaces,-A", arguments.all_workspaces,
                   "of all workspaces, and what names none");
  command.footer(absl::StrCat("Variables of --filter: ", kLetterVariables, ".\n",
                              "Letters of other workspaces than --workspace (or the context's) ",
                              "are left out, unless -A is given or replay names them."));
}

}  // namespace

void AddDlqCommands(CLI::App& app, Session& session) {
  CLI::App& group = AddGroup(app, "dlq", "Dead letters: input that could not be applied, and why");
  auto listed = std::make_shared<DlqArguments>();
  CLI::App& list = *group.add_subcommand("list", "Lists dead letters");
  AddChoice(list, *listed);
  AddLimit(list, listed->limit);
  OnRun(list, session, [&session, listed] { return ListLetters(session, *listed); });

  auto shown = std::make_shared<DlqArguments>();
  CLI::App& show = *group.add_subcommand("show", "Shows one, with personal data masked");
  show.add_option("LETTER", shown->letter, "TOPIC/PARTITION/OFFSET, as list shows it")->required();
  AddKafkaOptions(show, shown->kafka);
  show.add_flag("--raw", shown->raw, "the bytes as they are, personal data included");
  OnRun(show, session, [&session, shown] { return ShowLetter(session, *shown); });

  auto sent = std::make_shared<DlqArguments>();
  CLI::App& replay = *group.add_subcommand(
      "replay", "Sends letters again to the topic that they came from, once their cause is mended");
  replay.add_option(
      "LETTER", sent->choice.names,
      "only these, whatever the workspace: TOPIC/PARTITION/OFFSET; exit code 1 unless all "
      "of them are sent");
  AddChoice(replay, *sent);
  replay.add_option("--rate", sent->rate, "at most so many a second")
      ->check(CLI::Range(1, kRateMax))
      ->capture_default_str();
  replay.add_option("--max", sent->replay_max, "at most so many")
      ->check(CLI::Range(1, kReplayMax))
      ->capture_default_str();
  CLI::Option* dry = replay.add_flag("--dry-run", sent->dry_run, "only say which");
  replay.add_flag("--yes,-y", sent->yes, "do not ask")->excludes(dry);
  OnRun(replay, session, [&session, sent] { return ReplayLetters(session, *sent); });
}

}  // namespace baton::batonctl
