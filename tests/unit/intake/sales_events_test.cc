// Events of sales from Kafka to the lead: applied, repeated, refused, counted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "events/sales_event_codec.h"
#include "rewindable_input.h"
#include "worker_fixture.h"

namespace baton::intake {
namespace {

using core::Stage;
using support::Fault;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kSalesTopic[] = "baton.sales-events.v1";

// An action for each CloudEvent; nothing for "idle"; with the note "twice" one of l2, too.
SalesActions Decode(const platform::kafka::Record& record) {
  if (record.value == "idle") return std::vector<core::SalesEvent>();
  events::DecodedSalesEvent decoded = events::DecodeSalesEvent(record);
  if (auto* letter = std::get_if<events::DeadLetter>(&decoded)) return *std::move(letter);
  auto& event = std::get<core::SalesEvent>(decoded);
  event.implied = event.action.note == "implied";
  std::vector<core::SalesEvent> actions = {event};
  if (event.action.note == "twice") {
    actions.push_back(event);
    actions.back().key.lead = core::LeadId::Trusted("l2");
  }
  return actions;
}

class SalesEventsTest : public WorkerFixture {
 protected:
  SalesEventsTest() {
    AddRep("ada", 1);
    NewSalesWorker();
  }

  void AddRep(std::string_view id, int32_t capacity) {
    core::Rep rep = support::SampleRep(id);
    rep.queues = {support::QueueNamed("inbound")};
    rep.capacity = capacity;
    ASSERT_TRUE(store_.PutRep(core::WorkspaceId::Trusted("acme"), rep, 0).ok());
  }

  // A lead that is offered to ada, or waits if she has one.
  void Offer(std::string_view lead) {
    core::LeadEvent event = support::QualifyingCapture(absl::StrCat("c-", std::string(lead)));
    event.key = support::Key(lead);
    Append(0, event);
    Steps(1);
  }

  void NewSalesWorker() {
    sales_worker_.reset();
    const IntakePorts ports{*leads_, flaky_, *input_, flaky_, policies_};
    IntakeClients clients;
    clients.make_consumer = [this](platform::kafka::RebalanceListener* listener) {
      return std::make_unique<FakeConsumer>(sales_kafka_, listener);
    };
    clients.make_producer = [this] { return std::make_unique<FakeProducer>(sales_kafka_); };
    clients.now = [this] { return absl::FromUnixMillis(clock_.now_ms()); };
    IntakeOptions options;
    options.topic = kSalesTopic;
    options.flow = store::InputFlow::kSales;
    options.letters_wait = absl::ZeroDuration();
    sales_worker_ = std::make_unique<IntakeWorker>(*input_, HandleSales(ports, Decode, filter_),
                                                   clients, options, *metrics_);
    ASSERT_TRUE(sales_worker_->Open().ok());
    sales_kafka_.at_next_poll.push_back([this] { sales_kafka_.Assign({0}, kSalesTopic); });
  }

  void Say(const std::string& word, std::string_view lead, const std::string& id,
           const std::string& data, const std::string& workspace = "acme") {
    platform::kafka::OutRecord record;
    record.topic = kSalesTopic;
    record.value = absl::StrCat(
        R"({"specversion":"1.0","id":")", id, R"(","source":"/crm","type":"dev.baton.sales.)", word,
        R"(.v1","subject":")", std::string(lead),
        R"(","time":"2026-03-01T09:00:00Z","workspace":")", workspace, R"(","data":)", data, "}");
    sales_kafka_.Append(0, record);
  }
  void SalesSteps(int count) {
    for (int i = 0; i < count; ++i) sales_worker_->Step();
  }

  void ExpectSales(int64_t input, int64_t applied, int64_t duplicates, int64_t dead_lettered,
                   int64_t ignored = 0) {
    const store::InputCounters counters = *store_.Counters(store::InputFlow::kSales);
    EXPECT_EQ(counters.input, input);
    EXPECT_EQ(counters.applied, applied);
    EXPECT_EQ(counters.duplicates, duplicates);
    EXPECT_EQ(counters.dead_lettered, dead_lettered);
    EXPECT_EQ(counters.ignored, ignored);
    EXPECT_EQ(Counters().dead_lettered, 0) << "of marketing";
  }
  std::string LetterHeader(size_t letter, std::string_view wanted) {
    for (const auto& [name, value] : sales_kafka_.letters.at(letter).headers) {
      if (name == wanted) return value;
    }
    return "";
  }

  FakeKafka sales_kafka_{clock_};
  std::unique_ptr<IntakeWorker> sales_worker_;
};

TEST_F(SalesEventsTest, AWholeDealInOneBatch) {
  Offer("l1");
  Say("accepted", "l1", "1", R"({"rep":"ada"})");
  Say("touched", "l1", "2", R"({"rep":"ada","channel":"call"})");
  Say("sql_confirmed", "l1", "3", R"({"generation":1})");
  Say("sqo_opened", "l1", "4",
      R"({"rep":"ada","amountMinor":100,"currency":"EUR","closeTime":"2026-04-01"})");
  Say("won", "l1", "5", R"({"rep":"ada"})");
  SalesSteps(1);
  const core::LeadRecord lead = Lead("l1");
  EXPECT_EQ(lead.stage, Stage::kWon);
  EXPECT_EQ(lead.amount_minor, 100);
  EXPECT_EQ(lead.version, 7);
  ExpectSales(5, 5, 0, 0);
  EXPECT_EQ(store_.Checkpoints(kSalesTopic)->offsets.at(0), 5);
  EXPECT_THAT(metrics_->Expose(), HasSubstr("baton_sales_input_applied_total 5"));
}

TEST_F(SalesEventsTest, RepetitionsAreNoOpsAndCounted) {
  Offer("l1");
  Say("accepted", "l1", "1", R"({"rep":"ada"})");
  Say("accepted", "l1", "1", R"({"rep":"ada"})");
  Say("touched", "l1", "2", R"({"rep":"ada","channel":"call"})");
  SalesSteps(1);
  Say("touched", "l1", "2", R"({"rep":"ada","channel":"call"})");
  SalesSteps(1);
  EXPECT_EQ(Lead("l1").touches, 1);
  ExpectSales(4, 2, 2, 0);
}

TEST_F(SalesEventsTest, ARefusedOneIsADeadLetterWithItsReasonAndHoldsUpNobody) {
  Offer("l1");
  Say("rejected", "l1", "1", R"({"rep":"ada","reason":"BORING"})");
  Say("accepted", "nobody", "2", R"({"rep":"ada"})");
  Say("accepted", "l1", "3", R"({"rep":"bob"})");
  Say("accepted", "l1", "4", R"({"generation":7})");
  Say("won", "l1", "5", R"({"rep":"ada"})");
  Say("accepted", "l1", "6", "{}");
  Say("accepted", "l1", "7", R"({"rep":"ada"})", "nowhere");
  Say("reassigned", "l1", "8", R"({"rep":"ada","to":"zoe"})");
  Say("accepted", "l1", "9", R"({"rep":"ada"})");
  SalesSteps(1);
  EXPECT_EQ(Lead("l1").stage, Stage::kAccepted);
  ExpectSales(9, 1, 0, 8);
  std::map<std::string, std::string> classes;  // by offset
  for (size_t i = 0; i < sales_kafka_.letters.size(); ++i) {
    EXPECT_EQ(sales_kafka_.letters[i].topic, "baton.sales-events.v1.dlq");
    classes[LetterHeader(i, "__dlq.errors.offset")] = absl::StrCat(
        LetterHeader(i, "baton-error-class"), " ", LetterHeader(i, "baton-error-field"));
    if (LetterHeader(i, "__dlq.errors.offset") == "0") {
      EXPECT_THAT(
          LetterHeader(i, "baton-error-reason"),
          ::testing::AllOf(HasSubstr("INVALID_ARGUMENT UNKNOWN_REASON"), HasSubstr("NO_NEED")));
    }
    if (LetterHeader(i, "__dlq.errors.offset") == "3") {
      EXPECT_THAT(LetterHeader(i, "baton-error-reason"), HasSubstr("ABORTED STALE_GENERATION"));
    }
  }
  EXPECT_THAT(
      classes,
      ElementsAre(std::pair("0", "bad_value data.reason"), std::pair("1", "unknown_lead subject"),
                  std::pair("2", "stale data.rep"), std::pair("3", "stale "),
                  std::pair("4", "wrong_stage "), std::pair("5", "missing_field data.rep"),
                  std::pair("6", "unknown_workspace workspace"),
                  std::pair("7", "bad_value data.to")));
}

TEST_F(SalesEventsTest, AProducerActsOnNoLeadOfAnothersWorkspace) {
  Offer("l1");
  filter_ = *WorkspaceFilter::Parse("beta");
  NewSalesWorker();
  Say("accepted", "l1", "1", R"({"rep":"ada"})");
  SalesSteps(1);
  EXPECT_EQ(Lead("l1").stage, Stage::kOffered);
  ExpectSales(1, 0, 0, 1);
  EXPECT_EQ(LetterHeader(0, "baton-error-class"), "foreign_workspace");
}

TEST_F(SalesEventsTest, FreedCapacityGoesToTheNextWaitingLeadAtOnce) {
  Offer("l1");
  Offer("l2");
  EXPECT_EQ(Lead("l2").stage, Stage::kQueued);
  Say("rejected", "l1", "1", R"({"rep":"ada","reason":"NO_NEED"})");
  SalesSteps(1);
  EXPECT_EQ(Lead("l2").stage, Stage::kOffered);
}

TEST_F(SalesEventsTest, AnEventForTheReassignedLeadsOldOwnerIsStale) {
  AddRep("bob", 1);
  Offer("l1");
  const std::string first = Lead("l1").rep.str();
  const std::string second = first == "ada" ? "bob" : "ada";
  Say("reassigned", "l1", "1", absl::StrCat(R"({"rep":")", first, R"(","to":")", second, "\"}"));
  Say("accepted", "l1", "2", absl::StrCat(R"({"rep":")", first, "\"}"));
  Say("accepted", "l1", "3", absl::StrCat(R"({"rep":")", second, "\"}"));
  SalesSteps(1);
  EXPECT_EQ(Lead("l1").rep.str(), second);
  EXPECT_EQ(Lead("l1").stage, Stage::kAccepted);
  ExpectSales(3, 2, 0, 1);
}

TEST_F(SalesEventsTest, WhatWasCommittedBeforeACrashIsCountedOnceAndActsOnce) {
  Offer("l1");
  Say("accepted", "l1", "1", R"({"rep":"ada"})");
  Say("touched", "l1", "2", R"({"rep":"ada","channel":"call"})");
  Say("won", "l1", "3", R"({"rep":"ada"})");
  sales_kafka_.broker_away = true;  // the letter about the third does not get out
  SalesSteps(1);
  EXPECT_EQ(Lead("l1").touches, 1);
  ExpectSales(0, 0, 0, 0);
  sales_kafka_.broker_away = false;
  NewSalesWorker();
  SalesSteps(2);
  EXPECT_EQ(Lead("l1").touches, 1);
  EXPECT_EQ(Lead("l1").version, 4);
  ExpectSales(3, 2, 0, 1);
}

TEST_F(SalesEventsTest, WhatWasRefusedStaysSoWhateverCameBehindIt) {
  Offer("l1");
  Say("touched", "l1", "1", R"({"rep":"ada","channel":"call"})");  // before it is accepted
  Say("won", "l1", "2", R"({"rep":"ada"})");
  Say("accepted", "l1", "3", R"({"rep":"ada"})");
  sales_kafka_.broker_away = true;
  SalesSteps(2);
  EXPECT_EQ(Lead("l1").stage, Stage::kOffered) << "the letters are not out";
  sales_kafka_.broker_away = false;
  sales_kafka_.letters.clear();
  NewSalesWorker();
  fault_ = [this] {  // no checkpoint behind the commit, then the worker dies
    return Lead("l1").stage == Stage::kAccepted ? Fault::kNeverArrives : Fault::kNone;
  };
  SalesSteps(1);
  EXPECT_EQ(Lead("l1").stage, Stage::kAccepted);
  fault_ = [] { return Fault::kNone; };
  NewSalesWorker();
  SalesSteps(2);
  EXPECT_EQ(Lead("l1").stage, Stage::kAccepted);
  EXPECT_EQ(Lead("l1").touches, 0);
  ExpectSales(3, 1, 0, 2);
  EXPECT_EQ(sales_kafka_.letters.size(), 2u);
}

TEST_F(SalesEventsTest, TheActionsOfARecordWaitForNoneThatWaitsForThem) {
  AddRep("bob", 5);
  Offer("l1");
  Offer("l2");
  Say("touched", "l2", "0", R"({"channel":"call","rep":"bob"})");  // refused: l2 waits for it
  Say("touched", "l1", "1", R"({"channel":"call","rep":"ada","note":"twice"})");  // both refused
  Say("accepted", "l2", "2", R"({"generation":1})");
  Say("accepted", "l1", "3", R"({"generation":1})");
  SalesSteps(1);
  EXPECT_EQ(Lead("l1").stage, Stage::kAccepted);
  EXPECT_EQ(Lead("l2").stage, Stage::kAccepted);
  ExpectSales(4, 2, 0, 2);
}

TEST_F(SalesEventsTest, ReadingAgainFromTheBeginningChangesNothing) {
  Offer("l1");
  Say("accepted", "l1", "1", R"({"rep":"ada"})");
  Say("touched", "l1", "2", R"({"rep":"ada","channel":"call"})");
  SalesSteps(1);
  const int64_t version = Lead("l1").version;
  const int64_t epoch = store_.Checkpoints(kSalesTopic)->epoch;
  for (size_t i = 0; i < 2; ++i) {
    const Record record = sales_kafka_.logs[0][i];
    platform::kafka::OutRecord again;
    again.topic = kSalesTopic;
    again.value = record.value;
    sales_kafka_.Append(0, again);
  }
  SalesSteps(1);
  EXPECT_EQ(Lead("l1").version, version);
  EXPECT_EQ(store_.Checkpoints(kSalesTopic)->epoch, epoch);
  ExpectSales(4, 2, 2, 0);
}

TEST_F(SalesEventsTest, OneThatMeetsALeadJustChangedIsDoneAndCountedOnce) {
  Offer("l1");
  SalesSteps(1);
  Say("accepted", "l1", "1", R"({"rep":"ada"})");
  Say("touched", "l1", "2", R"({"rep":"ada","channel":"call"})");
  int calls = 0;
  fault_ = [&] {
    // Load, PolicyVersions, then Commit.
    if (++calls == 3) {
      Append(0, View("l1", "2"));
      Steps(1);
    }
    return Fault::kNone;
  };
  SalesSteps(1);
  EXPECT_EQ(Lead("l1").facts.activities.count("page_view"), 1u) << "the other change";
  EXPECT_THAT(metrics_->Expose(), HasSubstr("baton_sales_intake_retried_commits_total 1\n"));
  EXPECT_EQ(Lead("l1").stage, Stage::kWorking);
  EXPECT_EQ(Lead("l1").touches, 1);
  ExpectSales(2, 2, 0, 0);
  EXPECT_TRUE(sales_kafka_.letters.empty());
}

// As intake_worker_test.cc has them of marketing's input.
TEST_F(SalesEventsTest, ReadsAgainWhenTheEpochGrewBeforeTheCheckpointMoved) {
  RewindableInput input(store_);
  input_ = &input;
  leads_ = &input;
  NewSalesWorker();
  Offer("l1");
  Say("accepted", "l1", "1", R"({"rep":"ada"})");
  SalesSteps(1);
  Say("touched", "l1", "2", R"({"rep":"ada","channel":"call"})");
  input.before_advance = [&] { input.epoch = 2; };
  const int seeks = sales_kafka_.seeks;
  SalesSteps(4);
  EXPECT_GT(sales_kafka_.seeks, seeks) << "the batch was read again";
  EXPECT_EQ(input.checkpoints[0], 2);
  EXPECT_EQ(input.records, 2);
  EXPECT_EQ(Lead("l1").touches, 1);
  EXPECT_TRUE(sales_kafka_.letters.empty());
}

// The failover took l2, which comes back when marketing's input is read again: no event of sales
// may be refused before.
TEST_F(SalesEventsTest, WritesAndRefusesNothingWhenTheEpochGrewBeforeTheLeadsWereLoaded) {
  RewindableInput input(store_);
  input_ = &input;
  leads_ = &input;
  NewSalesWorker();
  AddRep("bob", 1);
  Offer("l1");
  Say("accepted", "l1", "1", R"({"generation":1})");
  SalesSteps(1);
  ASSERT_EQ(Lead("l1").stage, Stage::kAccepted);
  Say("touched", "l1", "2", R"({"generation":1,"channel":"call"})");
  Say("accepted", "l2", "3", R"({"generation":1})");
  ++input.epoch;
  const int commits = input.commit_calls;
  SalesSteps(1);
  EXPECT_EQ(input.commit_calls, commits);
  EXPECT_TRUE(sales_kafka_.letters.empty());
  Offer("l2");
  SalesSteps(3);
  EXPECT_EQ(input.checkpoints[0], 3);
  EXPECT_EQ(input.records, 3);
  EXPECT_EQ(Lead("l1").touches, 1);
  EXPECT_EQ(Lead("l2").stage, Stage::kAccepted);
  EXPECT_TRUE(sales_kafka_.letters.empty());
}

TEST_F(SalesEventsTest, ARecordMayConcernNobodyOrSeveralLeads) {
  AddRep("bob", 1);
  Offer("l1");
  Offer("l2");
  platform::kafka::OutRecord idle;
  idle.topic = kSalesTopic;
  idle.value = "idle";
  sales_kafka_.Append(0, idle);
  Say("accepted", "l1", "1", R"({"generation":1,"note":"twice"})");
  Say("touched", "l1", "2", R"({"generation":7,"channel":"call","note":"twice"})");
  SalesSteps(1);
  EXPECT_EQ(Lead("l1").stage, Stage::kAccepted);
  EXPECT_EQ(Lead("l2").stage, Stage::kAccepted);
  ExpectSales(3, 1, 0, 1, 1);
  EXPECT_EQ(sales_kafka_.letters.size(), 1u) << "one for both refusals";
}

TEST_F(SalesEventsTest, WhatIsImpliedAndDoneAlreadyIsNoFault) {
  Offer("l1");
  Say("accepted", "l1", "1", R"({"rep":"ada"})");
  Say("accepted", "l1", "2", R"({"rep":"ada","note":"implied"})");
  Say("accepted", "l1", "3", R"({"rep":"bob","note":"implied"})");
  SalesSteps(1);
  ExpectSales(3, 1, 0, 1, 1);
}

TEST_F(SalesEventsTest, LostAnswersOfTheStoreNeitherDoubleNorLose) {
  Offer("l1");
  for (int i = 0; i < 20; ++i) {
    Say(i == 0 ? "accepted" : "touched", "l1", absl::StrCat(i),
        R"({"rep":"ada","channel":"call"})");
  }
  int calls = 0;
  fault_ = [&calls] {
    ++calls;
    return calls % 3 == 0   ? Fault::kLosesReply
           : calls % 5 == 0 ? Fault::kNeverArrives
                            : Fault::kNone;
  };
  SalesSteps(200);
  fault_ = [] { return Fault::kNone; };
  SalesSteps(2);
  EXPECT_EQ(Lead("l1").touches, 19);
  ExpectSales(20, 20, 0, 0);
}

}  // namespace
}  // namespace baton::intake
