#include "verify/verifier.h"

#include <algorithm>
#include <map>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "platform/kafka/topic_reader.h"
#include "platform/kafka/topic_settings.h"
#include "store/pipe_store.h"
#include "verify/change_history.h"
#include "verify/decision_check.h"
#include "verify/lead_states.h"
#include "verify/notes.h"
#include "verify/order_check.h"
#include "verify/record_parser.h"
#include "verify/sales_history.h"
#include "verify/store_check.h"
#include "verify/store_reader.h"

namespace baton::verify {
namespace {

using platform::kafka::PartitionSpan;
using platform::kafka::Record;
using Spans = std::vector<PartitionSpan>;

constexpr absl::Duration kLookAgain = absl::Milliseconds(500);
constexpr int64_t kCountedMax =
    10'000;  // unread input beyond this is not looked at record by record

struct Topics {
  std::vector<std::string> inputs, sales;             // in the order of the options
  std::vector<std::string> input_names, sales_names;  // by which the store knows them
  std::string feedback, assignments, state, shards;
};

std::string LettersOf(const std::string& topic) {
  return topic + ".dlq";
}

std::vector<InputOption> InputsOf(const Options& options) {
  if (!options.inputs.empty()) return options.inputs;
  return {{options.topic_prefix}};
}

Topics TopicsOf(const Options& options) {
  const std::string& prefix = options.topic_prefix;
  Topics topics;
  for (const InputOption& input : InputsOf(options)) {
    topics.inputs.push_back(input.prefix + ".lead-events.v1");
    topics.sales.push_back(input.prefix + ".sales-events.v1");
    topics.input_names.push_back(store::InputName(topics.inputs.back(), input.generation));
    topics.sales_names.push_back(store::InputName(topics.sales.back(), input.sales_generation));
  }
  topics.feedback = prefix + ".feedback.v1";
  topics.assignments = prefix + ".assignments.v1";
  topics.state = prefix + ".lead-state.v1";
  topics.shards = prefix + ".shards.v1";
  return topics;
}

absl::Status NotAtRest(const std::string& why) {
  return absl::FailedPreconditionError(absl::StrCat("not at rest: ", why));
}

Begins BeginsOf(const Spans& spans) {
  Begins begins;
  for (const PartitionSpan& span : spans) begins[span.partition] = span.first;
  return begins;
}

// Everything read in one attempt.
class Attempt {
 public:
  Attempt(const Options& options, StoreReader& store)
      : options_(options), topics_(TopicsOf(options)), store_(store) {}

  absl::StatusOr<Report> Run() {
    absl::StatusOr<StoreState> before = store_.State(topics_.input_names, topics_.sales_names);
    if (!before.ok()) return before.status();
    state_ = *std::move(before);
    absl::Status status = FindSpans({topics_.shards});
    if (status.ok()) status = FindInputs(topics_.inputs, state_.checkpoints);
    if (status.ok()) status = FindInputs(topics_.sales, state_.sales_checkpoints);
    // Once before the relay's offsets, which nobody is told while its transaction is open; and once
    // when all changes are published, or the end that is found may be before the last of them.
    if (status.ok()) status = FindOutputs();
    if (status.ok()) status = CheckPublished();
    if (status.ok()) status = FindOutputs();
    if (status.ok()) FindRetention();
    if (status.ok()) status = ReadTopics();
    if (status.ok()) status = ReadStore();
    if (status.ok()) status = CheckNothingMoved();
    if (!status.ok()) return status;
    return MakeReport();
  }

 private:
  absl::Status FindSpans(const std::vector<std::string>& topics) {
    for (const std::string& topic : topics) {
      absl::StatusOr<Spans> spans = SpansOf(topic, /*read_committed=*/false);
      if (!spans.ok()) return spans.status();
      spans_[topic] = *std::move(spans);
    }
    return absl::OkStatus();
  }

  // NotAtRest unless all of them have been read.
  absl::Status FindInputs(const std::vector<std::string>& topics,
                          const std::vector<std::map<int32_t, int64_t>>& checkpoints) {
    for (size_t i = 0; i < topics.size(); ++i) {
      absl::Status status = FindSpans({topics[i], LettersOf(topics[i])});
      if (status.ok()) status = CheckInputRead(topics[i], checkpoints[i]);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Spans> SpansOf(const std::string& topic, bool read_committed) const {
    return platform::kafka::TopicSpans(options_.kafka, topic, read_committed, options_.patience);
  }

  // Behind an open transaction nothing is read, also what others have committed meanwhile.
  absl::Status FindOutputs() {
    const std::vector<std::string> topics = {topics_.feedback, topics_.assignments, topics_.state};
    absl::Status found = FindSpans(topics);
    if (!found.ok()) return found;
    for (const std::string& topic : topics) {
      const absl::StatusOr<Spans> stable = SpansOf(topic, /*read_committed=*/true);
      if (!stable.ok()) return stable.status();
      for (const PartitionSpan& span : spans_[topic]) {
        const auto at = static_cast<size_t>(span.partition);
        if (at < stable->size() && (*stable)[at].next >= span.next) continue;
        return NotAtRest(absl::StrCat("a transaction in ", topic, " is open; where a relay died, ",
                                      "Kafka ends it after its timeout"));
      }
    }
    return absl::OkStatus();
  }

  // Nothing behind the checkpoints but, perhaps, markers of transactions.
  absl::Status CheckInputRead(const std::string& topic,
                              const std::map<int32_t, int64_t>& checkpoints) {
    Spans behind;
    int64_t offsets = 0;
    for (PartitionSpan span : spans_[topic]) {
      const auto checkpoint = checkpoints.find(span.partition);
      if (checkpoint != checkpoints.end()) {
        span.first = std::max(span.first, checkpoint->second);
      }
      if (span.first >= span.next) continue;
      offsets += span.next - span.first;
      behind.push_back(span);
    }
    std::map<int32_t, int64_t> unread;  // partition -> records
    if (offsets > kCountedMax) {
      for (const PartitionSpan& span : behind) unread[span.partition] = span.next - span.first;
    } else if (offsets > 0) {
      absl::Status status =
          Read(topic, behind,
               [&unread](const Record&, const PartitionSpan& span) { ++unread[span.partition]; });
      if (!status.ok()) return status;
    }
    if (unread.empty()) return absl::OkStatus();
    int64_t records = 0;
    for (const auto& [partition, count] : unread) records += count;
    const auto name = [](std::string* text, const std::pair<const int32_t, int64_t>& partition) {
      absl::StrAppend(text, partition.first);
    };
    return NotAtRest(absl::StrCat(records, " records of ", topic, " are not yet read (partitions ",
                                  absl::StrJoin(unread, ", ", name), ")"));
  }

  absl::Status CheckPublished() {
    const auto committed =
        platform::kafka::CommittedOffsets(options_.kafka, options_.relay_group, topics_.shards,
                                          spans_[topics_.shards], options_.patience);
    if (!committed.ok()) return committed.status();
    int64_t unpublished = 0;
    for (size_t shard = 0; shard < state_.shards.size(); ++shard) {
      // The relay commits the sequence behind the last one that it published.
      const auto next = committed->find(static_cast<int32_t>(shard));
      const int64_t published =
          next == committed->end() ? 0 : std::max<int64_t>(next->second - 1, 0);
      if (state_.shards[shard].sequence > published) {
        unpublished += state_.shards[shard].sequence - published;
      }
    }
    if (unpublished == 0) return absl::OkStatus();
    return NotAtRest(absl::StrCat("the relay (group ", options_.relay_group, ") has ", unpublished,
                                  " changes still to publish"));
  }

  absl::Status Read(const std::string& topic, const Spans& spans,
                    const std::function<void(const Record&, const PartitionSpan&)>& take) {
    return platform::kafka::ReadTopic(options_.kafka, topic, spans, /*read_committed=*/true,
                                      options_.patience, take);
  }

  absl::Status ReadChanges() {
    RecordParser parser;
    absl::Status status = Read(topics_.feedback, spans_.at(topics_.feedback),
                               [&](const Record& record, const PartitionSpan&) {
                                 const ChangeRecord change = parser.Change(record);
                                 changes_->AddFeedback(change);
                                 sales_changes_.Add(change);
                               });
    if (!status.ok()) return status;
    status = Read(topics_.assignments, spans_.at(topics_.assignments),
                  [&](const Record& record, const PartitionSpan&) {
                    changes_->AddAssignment(parser.Change(record));
                  });
    if (status.ok()) changes_->FinishAssignments();
    return status;
  }

  // Dead letters, then records, of topics of one kind.
  template <typename History>
  absl::Status ReadInputs(const std::vector<std::string>& topics, History& history) {
    RecordParser parser;
    for (size_t i = 0; i < topics.size(); ++i) {
      const std::string letters = LettersOf(topics[i]);
      const absl::Status status =
          Read(letters, spans_.at(letters), [&](const Record& record, const PartitionSpan&) {
            DeadLetterRecord letter = parser.DeadLetter(record);
            letter.place.topic = static_cast<int32_t>(i);
            history.Add(letter);
          });
      if (!status.ok()) return status;
    }
    for (size_t i = 0; i < topics.size(); ++i) {
      const absl::Status status =
          Read(topics[i], spans_.at(topics[i]), [&](const Record& record, const PartitionSpan&) {
            InputRecord input = parser.Input(record);
            input.place.topic = static_cast<int32_t>(i);
            history.Add(input);
          });
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status ReadStates() {
    RecordParser parser;
    return Read(
        topics_.state, spans_.at(topics_.state),
        [&](const Record& record, const PartitionSpan&) { states_.Add(parser.State(record)); });
  }

  // Of the topics that begin late. A check in part is better than none where brokers do not tell.
  void FindRetention() {
    std::vector<std::string> late;
    for (const auto& [topic, spans] : spans_) {
      const bool begins_late = std::any_of(
          spans.begin(), spans.end(), [](const PartitionSpan& span) { return span.first > 0; });
      if (begins_late) late.push_back(topic);
    }
    auto settings = platform::kafka::ReadTopicSettings(options_.kafka, late, options_.patience);
    if (settings.ok()) {
      settings_ = *std::move(settings);
    } else {
      why_no_settings_ = std::string(settings.status().message());
    }
    spans_found_ms_ = absl::ToUnixMillis(absl::Now());
  }

  Kept KeptOf(const std::string& topic) {
    return {BeginsOf(spans_[topic]), GoneUntilMs(settings_[topic], spans_found_ms_)};
  }

  // names: by which the store knows the topics.
  InputTopics MakeInputTopics(const std::vector<std::string>& topics,
                              const std::vector<std::string>& names,
                              const std::vector<std::map<int32_t, int64_t>>& checkpoints) {
    std::vector<InputTopic> made;
    for (size_t i = 0; i < topics.size(); ++i) {
      const bool made_anew = names[i] != store::InputName(topics[i], 1);
      made.push_back({topics[i], checkpoints[i], BeginsOf(spans_[topics[i]]), made_anew,
                      KeptOf(LettersOf(topics[i]))});
    }
    return InputTopics(std::move(made));
  }

  absl::Status ReadTopics() {
    sales_ = std::make_unique<SalesHistory>(
        MakeInputTopics(topics_.sales, topics_.sales_names, state_.sales_checkpoints));
    input_ = std::make_unique<InputHistory>(
        MakeInputTopics(topics_.inputs, topics_.input_names, state_.checkpoints));
    changes_ =
        std::make_unique<ChangeHistory>(KeptOf(topics_.feedback), KeptOf(topics_.assignments));
    absl::Status changes_read;
    std::thread changes([this, &changes_read] { changes_read = ReadChanges(); });
    absl::Status input_read = ReadInputs(topics_.inputs, *input_);
    if (input_read.ok()) input_read = ReadStates();
    if (input_read.ok()) input_read = ReadInputs(topics_.sales, *sales_);
    changes.join();
    return input_read.ok() ? changes_read : input_read;
  }

  absl::Status ReadStore() {
    const auto workspaces = store_.Workspaces(state_, KnownOf(*changes_));
    if (!workspaces.ok()) return workspaces.status();
    const GivenBack given_back = changes_->AllGivenBack();
    for (const StoredWorkspace& workspace : *workspaces) {
      stored_.Add(workspace, changes_->begins_late() ? nullptr : &given_back);
    }
    StoreReader::LeadTaker taker;
    taker.take = [this](const StoredLead& lead) {
      const LeadEnd end = changes_->EndOf(lead.key());
      if (changes_->WasErased(lead.key())) {
        input_->SkipLead(lead.key());
      } else {
        input_->CheckLead(lead);
      }
      stored_.CheckLead(lead, end, changes_->begins_late());
      decisions_.CheckLead(lead);
      states_.CheckLead(lead, end);
    };
    taker.unreadable = [this](const std::string& key) { stored_.CheckUnreadable(key); };
    const absl::Status leads = store_.Leads(state_, taker);
    if (!leads.ok()) return leads;
    return store_.Accounts(state_,
                           [this](const StoredAccount& account) { input_->CheckAccount(account); });
  }

  static KnownNames KnownOf(const ChangeHistory& changes) {
    KnownNames known;
    const auto add = [&changes](ChangeHistory::Name name, auto& names) {
      const std::string& text = changes.name(name);
      const size_t slash = text.find('/');
      if (slash != std::string::npos) names[text.substr(0, slash)].insert(text.substr(slash + 1));
    };
    ChangeHistory::Name last_rep = 0, last_queue = 0;  // most events repeat the one before
    for (const ChangeHistory::Event& event : changes.events()) {
      if (event.rep != last_rep) add(last_rep = event.rep, known.reps);
      if (event.queue != last_queue) add(last_queue = event.queue, known.queues);
    }
    return known;
  }

  absl::Status CheckNothingMoved() {
    const absl::StatusOr<StoreState> after = store_.State(topics_.input_names, topics_.sales_names);
    if (!after.ok()) return after.status();
    if (!(*after == state_)) return NotAtRest("the store was written to while it was read");
    const absl::Status leads_rest = CheckNothingCame(topics_.inputs);
    return leads_rest.ok() ? CheckNothingCame(topics_.sales) : leads_rest;
  }

  absl::Status CheckNothingCame(const std::vector<std::string>& topics) {
    for (const std::string& topic : topics) {
      const absl::StatusOr<Spans> input = SpansOf(topic, /*read_committed=*/false);
      if (!input.ok()) return input.status();
      const Spans& before = spans_[topic];
      for (size_t i = 0; i < before.size() && i < input->size(); ++i) {
        if ((*input)[i].next != before[i].next) return NotAtRest("new input came meanwhile");
      }
    }
    return absl::OkStatus();
  }

  Report MakeReport() {
    const auto was_erased = [this](const std::string& key) { return changes_->WasErased(key); };
    input_->Finish(state_.totals, was_erased);
    sales_->Finish(state_.sales_totals, sales_changes_, *changes_);
    stored_.Finish(changes_->Leads());
    states_.Finish();
    Report report;
    Findings& findings = report.findings;
    findings.Add(input_->findings());
    findings.Add(sales_->findings());
    findings.Add(changes_->findings());
    findings.Add(states_.findings());
    findings.Add(stored_.findings());
    findings.Add(decisions_.findings());
    CheckCapacity(*changes_, stored_.capacities(), findings);
    CheckOrder(*changes_, stored_.wants(), findings);
    report.equation = input_->equation();
    report.leads = stored_.leads();
    report.feedback = changes_->feedback();
    report.largest_owed_nano = stored_.largest_owed_nano();
    report.latest_expiry_ms = changes_->latest_expiry_ms();
    report.notes = NotesOf(*input_, *sales_, *changes_);
    if (!why_no_settings_.empty()) {
      report.notes.push_back(absl::StrCat("How long topics keep their records is not known (",
                                          why_no_settings_,
                                          "): more may be gone than their retention takes."));
    }
    return report;
  }

  const Options& options_;
  const Topics topics_;
  StoreReader& store_;
  StoreState state_;
  std::map<std::string, Spans> spans_;
  std::map<std::string, platform::kafka::TopicSettings> settings_;  // of topics that begin late
  std::string why_no_settings_;                                     // empty: the brokers told them
  int64_t spans_found_ms_ = 0;
  std::unique_ptr<InputHistory> input_;
  std::unique_ptr<SalesHistory> sales_;
  SalesChanges sales_changes_;
  std::unique_ptr<ChangeHistory> changes_;
  LeadStates states_;
  StoreCheck stored_;
  DecisionCheck decisions_;
};

}  // namespace

absl::StatusOr<Report> Verify(const Options& options) {
  absl::StatusOr<std::unique_ptr<StoreReader>> store = StoreReader::Open(options.redis);
  if (!store.ok()) return store.status();
  const absl::Time give_up = absl::Now() + options.wait;
  while (true) {
    const absl::Time begin = absl::Now();
    absl::StatusOr<Report> report = Attempt(options, **store).Run();
    if (report.ok()) {
      report->seconds = absl::ToDoubleSeconds(absl::Now() - begin);
      return report;
    }
    if (!absl::IsFailedPrecondition(report.status()) || absl::Now() + kLookAgain > give_up) {
      return report;
    }
    absl::SleepFor(kLookAgain);
  }
}

}  // namespace baton::verify
