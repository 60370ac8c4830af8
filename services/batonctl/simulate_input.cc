#include "batonctl/simulate_input.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "baton/v1/policy_service.pb.h"
#include "baton/v1/roster_service.pb.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/policy_file.h"
#include "batonctl/record_lines.h"
#include "batonctl/roster_arguments.h"
#include "batonctl/simulated_rep.h"
#include "batonctl/table_files.h"
#include "events/handoff_event_codec.h"
#include "platform/kafka/topic_reader.h"
#include "policy/parse_policy.h"

namespace baton::batonctl {
namespace {

using platform::kafka::PartitionSpan;
using platform::kafka::Record;
using simulation::Recorder;

constexpr int64_t kNoteEvery = 500'000;  // records
constexpr int64_t kRefusalsShown = 5;

// Reads one topic and says how far it has come.
class TopicOf {
 public:
  TopicOf(const Session& session, const platform::kafka::KafkaConfig& config, std::string topic)
      : session_(session), config_(config), topic_(std::move(topic)) {}

  absl::Status Read(int64_t from_offset, const std::function<absl::Status(const Record&)>& take) {
    absl::StatusOr<std::vector<PartitionSpan>> spans = session_.world().topic_spans(
        config_, topic_, /*read_committed=*/true, session_.options.timeout);
    if (!spans.ok()) return spans.status();
    for (PartitionSpan& span : *spans) {
      begins_late_ = begins_late_ || span.first > 0;
      span.first = std::max(span.first, std::min(from_offset, span.next));
    }
    absl::Status taken;
    int64_t records = 0;
    const absl::Status read = session_.world().read_topic(
        config_, topic_, *spans, /*read_committed=*/true, session_.options.timeout,
        [&](const Record& record, const PartitionSpan&) {
          if (taken.ok()) taken = take(record);
          if (++records % kNoteEvery == 0) Note(records);
        });
    Note(records);
    return read.ok() ? taken : read;
  }

  bool begins_late() const { return begins_late_; }

 private:
  void Note(int64_t records) const {
    session_.Note(absl::StrCat(topic_, ": ", records, " records read"));
  }

  const Session& session_;
  const platform::kafka::KafkaConfig& config_;
  const std::string topic_;
  bool begins_late_ = false;
};

// Gives what stands in files to a recorder, line by line.
class FileReader {
 public:
  FileReader(const Session& session, Recorder& recorder) : session_(session), recorder_(recorder) {
    recorder_.set_on_refused([this](const events::DeadLetter& letter) { NoteRefused(letter); });
  }

  absl::Status Read(const std::string& path) {
    std::ifstream file;
    if (path != "-") file.open(path, std::ios::binary);
    if (path != "-" && !file) {
      return FileError(absl::StrCat("cannot read ", path, ": ", std::strerror(errno)));
    }
    std::istream& stream = path == "-" ? std::cin : file;
    std::string line;
    for (int64_t number = 1; std::getline(stream, line); ++number) {
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      place_ = absl::StrCat(path, ":", number);
      absl::StatusOr<Record> record = lines_.Read(line, number);
      if (!record.ok()) return FileError(absl::StrCat(place_, ": ", record.status().message()));
      if (absl::Status status = Take(*record); !status.ok()) return status;
    }
    return stream.bad() ? FileError(absl::StrCat("cannot read ", path)) : absl::OkStatus();
  }

  void Note() const {
    session_.Note(absl::StrCat(events_, " events and ", changes_, " changes read"));
    if (refused_ > kRefusalsShown) {
      session_.Note(absl::StrCat("and ", refused_ - kRefusalsShown, " more refused"));
    }
  }
  bool has_changes() const { return changes_ > 0; }
  // The changes begin with the first one.
  bool is_whole() const {
    return std::all_of(first_offsets_.begin(), first_offsets_.end(),
                       [](const auto& first) { return first.second == 0; });
  }

 private:
  absl::Status Take(const Record& record) {
    const bool is_change = absl::EndsWith(record.topic, ".feedback.v1");
    ++(is_change ? changes_ : events_);
    if ((changes_ + events_) % kNoteEvery == 0) Note();
    if (!is_change) return recorder_.AddEvent(record);
    const auto [first, is_new] = first_offsets_.try_emplace(record.partition, record.offset);
    if (!is_new) first->second = std::min(first->second, record.offset);
    return recorder_.AddChange(record);
  }

  void NoteRefused(const events::DeadLetter& letter) {
    if (++refused_ > kRefusalsShown) return;
    session_.Note(absl::StrCat(place_, ": refused: ", letter.field,
                               letter.field.empty() ? "" : ": ", letter.reason));
  }

  const Session& session_;
  Recorder& recorder_;
  RecordLines lines_;
  std::string place_;  // of the line that is read
  int64_t refused_ = 0;
  int64_t events_ = 0, changes_ = 0;
  std::map<int32_t, int64_t> first_offsets_;  // of changes, by partition
};

absl::StatusOr<simulation::Roster> RosterOfServer(Session& session) {
  const absl::StatusOr<std::string> parent = session.Workspace();
  if (!parent.ok()) return parent.status();
  v1::ListRepsRequest reps;
  reps.set_parent(*parent);
  const auto listed = AskPages<v1::ListRepsResponse>(
      session.server(), reps, kListLimitMax,
      +[](const v1::ListRepsResponse& page) { return page.reps_size(); });
  if (!listed.ok()) return listed.status();
  v1::ListQueuesRequest queues;
  queues.set_parent(*parent);
  const auto settings = AskPages<v1::ListQueuesResponse>(
      session.server(), queues, kListLimitMax,
      +[](const v1::ListQueuesResponse& page) { return page.queues_size(); });
  if (!settings.ok()) return settings.status();
  simulation::Roster roster;
  for (const v1::Rep& rep : listed->reps()) {
    roster.reps.push_back(SimulatedRep(rep, ShortName(rep.name())));
  }
  for (const v1::Queue& queue : settings->queues()) {
    if (!queue.paused()) continue;
    roster.queues.push_back({core::QueueId::Trusted(ShortName(queue.name())), "", true, 0});
  }
  return roster;
}

absl::StatusOr<SimulatedPolicy> Parsed(Session& session, const std::string& yaml,
                                       const std::string& name) {
  const absl::StatusOr<policy::GivenTables> tables = TablesOfServer(session, yaml);
  if (!tables.ok()) return tables.status();
  policy::ParsedPolicy parsed = policy::ParsePolicy(yaml, name, *tables);
  if (parsed.ok()) return SimulatedPolicy{std::move(parsed.policy), 0, name};
  NoteErrors(session, parsed.errors);
  return FileError(absl::StrCat(name, " cannot be read by this batonctl: ",
                                Counted(static_cast<int64_t>(parsed.errors.size()), "error")));
}

}  // namespace

absl::StatusOr<simulation::Recording> ReadTopics(const Session& session,
                                                 const KafkaArguments& kafka, int64_t from_offset,
                                                 Recorder recorder) {
  const auto config = ConfigOf(kafka);
  if (!config.ok()) return config.status();
  const events::TopicNames names = events::MakeTopicNames(kafka.prefix);
  TopicOf feedback(session, *config, names.feedback);
  absl::Status status =
      feedback.Read(0, [&](const Record& record) { return recorder.AddChange(record); });
  if (!status.ok()) return status;
  TopicOf input(session, *config, names.lead_events);
  status = input.Read(from_offset, [&](const Record& record) { return recorder.AddEvent(record); });
  if (!status.ok()) return status;
  return std::move(recorder).Finish(!feedback.begins_late());
}

absl::StatusOr<simulation::Recording> ReadFiles(const Session& session,
                                                const std::vector<std::string>& files,
                                                Recorder recorder) {
  FileReader reader(session, recorder);
  for (const std::string& file : files) {
    if (absl::Status status = reader.Read(file); !status.ok()) return status;
  }
  reader.Note();
  simulation::Recording recording = std::move(recorder).Finish(reader.is_whole());
  if (recording.events.empty() && recording.accounts.empty() && !reader.has_changes()) {
    return FileError(absl::StrCat("there is no event that could be applied in ",
                                  absl::StrJoin(files, ", "), ": --events takes CloudEvents of ",
                                  "workspace ", session.options.workspace,
                                  ", one a line, or what kcat -J prints"));
  }
  return recording;
}

absl::StatusOr<SimulatedPolicy> PolicyOfFile(const Session& session, const std::string& file) {
  absl::StatusOr<PolicyFile> read = ReadPolicyFile(session, file, DocumentTests::kAreNotRun);
  if (!read.ok()) return read.status();
  return SimulatedPolicy{std::move(read->parsed.policy), 0, file};
}

absl::StatusOr<SimulatedPolicy> FindPolicy(Session& session, const std::string& which) {
  if (which != "active" && !absl::StrContains(which, '@')) return PolicyOfFile(session, which);
  const absl::StatusOr<std::string> workspace = session.Workspace();
  if (!workspace.ok()) return workspace.status();
  v1::GetPolicyRequest request;
  request.set_name(absl::StrCat(*workspace, "/policies/", which == "active" ? "-" : which));
  const auto response = Ask<v1::GetPolicyResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  absl::StatusOr<SimulatedPolicy> found =
      Parsed(session, response->policy().yaml(), ShortName(response->policy().name()));
  if (found.ok()) found->revision = response->policy().revision();
  return found;
}

absl::StatusOr<simulation::Roster> FindRoster(Session& session, const std::string& file) {
  if (file.empty()) return RosterOfServer(session);
  const absl::StatusOr<RosterFile> document = LoadRoster(session, file);
  if (!document.ok()) return document.status();
  simulation::Roster roster;
  for (const RosterEntry& entry : document->reps) {
    roster.reps.push_back(SimulatedRep(entry.rep, entry.id));
  }
  for (const QueueEntry& entry : document->queues) {
    roster.queues.push_back(
        {core::QueueId::Trusted(entry.id), "", entry.paused.value_or(false), 0});
  }
  return roster;
}

}  // namespace baton::batonctl
