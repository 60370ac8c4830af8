// Dead letters on the command line: which are shown, what of them, and what goes back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "events/dead_letter.h"

namespace baton::batonctl {
namespace {

using events::DeadLetterClass;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

constexpr char kLetters[] = "baton.lead-events.v1.dlq";
constexpr char kSalesLetters[] = "baton.sales-events.v1.dlq";
constexpr int64_t kNowMs = 1'800'000'000'000;  // of the world's clock

class DlqCommandsTest : public ::testing::Test {
 protected:
  DlqCommandsTest() {
    Add(kLetters, "acme/ann", DeadLetterClass::kBadValue, "a count is 1 to 1000", 3600);
    Add(kLetters, "beta/bob", DeadLetterClass::kUnknownWorkspace, "no workspace beta", 60);
    Add(kLetters, "", DeadLetterClass::kNotParseable, "this is no JSON", 10);
    Add(kSalesLetters, "acme/ann", DeadLetterClass::kStale, "another owner", 5);
    setenv("BATON_KAFKA_BROKERS", "kafka:9092", 1);
  }
  ~DlqCommandsTest() override { unsetenv("BATON_KAFKA_BROKERS"); }

  void Add(const std::string& topic, const std::string& key, DeadLetterClass klass,
           const std::string& reason, int64_t age_s) {
    platform::kafka::Record record;
    record.topic = topic.substr(0, topic.size() - 4);
    record.partition = 2;
    record.offset = 40;
    record.has_value = true;
    record.key = key;
    record.value = key.empty() ? "canary {" : R"({"id":"e1","data":{"email":"canary@x","n":7}})";
    record.headers = {{"ce_custom", "canary"}, {"content-type", "application/json"}};
    const auto out = events::MakeDeadLetter(record, {klass, "data", reason}, "baton-intake");
    auto& letters = world_.topics[topic];
    platform::kafka::Record letter = record;
    letter.topic = topic;
    letter.partition = 0;
    letter.offset = static_cast<int64_t>(letters.size());
    letter.timestamp_ms = kNowMs - age_s * 1000;
    letter.headers = out.headers;
    letters.push_back(letter);
  }

  std::string Names(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"dlq", "list", "-o", "name"});
    const RunResult run = world_.Run(arguments);
    return run.code == kExitOk ? run.out : run.err;
  }

  World world_;
};

TEST_F(DlqCommandsTest, ListsAllWithTheirReasons) {
  EXPECT_EQ(Names({}), "lead-events/0/0\nlead-events/0/1\nlead-events/0/2\nsales-events/0/0\n");
  const RunResult run = world_.Run({"dlq", "list", "-o", "wide"});
  EXPECT_THAT(run.out, AllOf(HasSubstr("bad_value"), HasSubstr("a count is 1 to 1000"),
                             HasSubstr("baton.lead-events.v1/2/40"), Not(HasSubstr("canary"))));
}

TEST_F(DlqCommandsTest, ListsThoseThatAreAskedFor) {
  EXPECT_EQ(Names({"--topic", "sales-events"}), "sales-events/0/0\n");
  EXPECT_EQ(Names({"--class", "bad_value", "--class", "stale"}),
            "lead-events/0/0\nsales-events/0/0\n");
  EXPECT_EQ(Names({"--reason", "No WORKSPACE"}), "lead-events/0/1\n");
  EXPECT_EQ(Names({"--lead", "ann", "--topic", "lead-events"}), "lead-events/0/0\n");
  EXPECT_EQ(Names({"--since", "5m", "--until", "20s"}), "lead-events/0/1\n");
  EXPECT_EQ(Names({"--partition", "0", "--offset", "2"}), "lead-events/0/2\n");
  EXPECT_EQ(Names({"-w", "beta"}), "lead-events/0/1\n");
  EXPECT_EQ(Names({"-w", "beta", "-A", "--limit", "2"}), "lead-events/0/0\nlead-events/0/1\n");
}

TEST_F(DlqCommandsTest, WhoseItIsTheEventSaysBeforeTheKeyDoes) {
  world_.topics[kLetters][0].value = R"({"workspace":"gamma","subject":"eve"})";
  world_.topics[kLetters][1].headers.emplace_back("ce_workspace", "delta");
  EXPECT_EQ(Names({"-w", "gamma", "--lead", "eve"}), "lead-events/0/0\n");
  EXPECT_EQ(Names({"-w", "delta"}), "lead-events/0/1\n");
  world_.topics[kLetters][2].key = "k";
  EXPECT_EQ(Names({"-w", "k"}), "");
}

TEST_F(DlqCommandsTest, FiltersByAnExpression) {
  EXPECT_EQ(Names({"--filter", "attempts < 3 && class.startsWith('unknown')"}),
            "lead-events/0/1\n");
  EXPECT_EQ(Names({"--filter", "headers['ce_custom'] == 'canary' && workspace == ''"}),
            "lead-events/0/2\n");
  EXPECT_EQ(Names({"--filter", "time > timestamp('2027-01-15T07:59:52Z')"}), "sales-events/0/0\n");
  EXPECT_THAT(Names({"--filter", "atempts < 3"}), HasSubstr("did you mean 'attempts'?"));
  EXPECT_THAT(Names({"--filter", "attempts + 1"}), HasSubstr("true or false"));
}

TEST_F(DlqCommandsTest, ShowsOneWithPersonalDataMaskedUnlessRaw) {
  const RunResult shown = world_.Run({"dlq", "show", "lead-events/0/0"});
  EXPECT_EQ(shown.code, kExitOk) << shown.err;
  EXPECT_THAT(shown.out, AllOf(HasSubstr("a count is 1 to 1000"), HasSubstr("\"id\": \"e1\""),
                               HasSubstr("\"email\": \"***\""), Not(HasSubstr("canary"))));
  EXPECT_THAT(world_.Run({"dlq", "show", "lead-events/0/0", "-o", "json"}).out,
              AllOf(HasSubstr("\"maskedBody\""), Not(HasSubstr("canary"))));
  EXPECT_EQ(world_.Run({"dlq", "show", "lead-events/0/2", "--raw"}).out, "canary {");
  EXPECT_THAT(world_.Run({"dlq", "show", "lead-events/0/2"}).out, HasSubstr("--raw prints them"));
  EXPECT_EQ(world_.Run({"dlq", "show", "lead-events/0/9"}).code, kExitRefused);
  EXPECT_EQ(world_.Run({"dlq", "show", "feedback/0/0"}).code, kExitUsage);
}

TEST_F(DlqCommandsTest, SendsAgainWhatCameAsItCame) {
  const RunResult run =
      world_.Run({"dlq", "replay", "--class", "unknown_workspace", "--yes", "-o", "name"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_EQ(run.out, "lead-events/0/1\n");
  ASSERT_EQ(world_.produced.size(), 1U);
  const platform::kafka::OutRecord& sent = world_.produced[0];
  EXPECT_EQ(sent.topic, "baton.lead-events.v1");
  EXPECT_EQ(sent.key, "beta/bob");
  EXPECT_EQ(sent.value, world_.topics[kLetters][1].value);
  EXPECT_THAT(
      sent.headers,
      AllOf(Contains(Pair("ce_custom", "canary")), Contains(Pair("baton-error-attempts", "1")),
            Contains(Pair("baton-replay-of", "baton.lead-events.v1.dlq/0/1"))));
  EXPECT_THAT(run.err, HasSubstr("Sent again: 1 letter."));
}

TEST_F(DlqCommandsTest, AsksBeforeItSends) {
  EXPECT_EQ(world_.Run({"dlq", "replay"}).code, kExitUsage);  // nobody is there
  world_.answer = "n";
  EXPECT_EQ(world_.Run({"dlq", "replay"}).code, kExitUsage);
  EXPECT_THAT(world_.questions.at(1), HasSubstr("4 letters"));
  EXPECT_EQ(world_.Run({"dlq", "replay", "--dry-run"}).code, kExitOk);
  EXPECT_TRUE(world_.produced.empty());
  world_.answer = "y";
  EXPECT_EQ(world_.Run({"dlq", "replay", "lead-events/0/0", "sales-events/0/0"}).code, kExitOk);
  EXPECT_EQ(world_.produced.size(), 2U);
}

TEST_F(DlqCommandsTest, SendsNoFasterAndNoMoreThanAsked) {
  const RunResult run = world_.Run({"dlq", "replay", "-y", "--rate", "2", "--max", "3"});
  EXPECT_EQ(run.code, kExitOk);
  EXPECT_EQ(world_.produced.size(), 3U);
  EXPECT_EQ(world_.pauses,
            (std::vector<absl::Duration>{absl::Milliseconds(500), absl::Seconds(1)}));
  EXPECT_THAT(run.err, HasSubstr("There are more than these"));
  EXPECT_EQ(world_.Run({"dlq", "replay", "-y", "--rate", "0"}).code, kExitUsage);
}

TEST_F(DlqCommandsTest, SendsOnlyTheNewestOfWhatWasRefusedAgain) {
  Add(kLetters, "beta/bob", DeadLetterClass::kUnknownWorkspace, "no workspace beta", 5);
  Add(kLetters, "gamma/eve", DeadLetterClass::kUnknownWorkspace, "no workspace gamma", 4);
  const auto replay_of = [this](size_t letter, const std::string& which) {
    world_.topics[kLetters][letter].headers.emplace_back("baton-replay-of",
                                                         std::string(kLetters) + which);
  };
  replay_of(3, "/0/1");
  replay_of(4, "/0/0");  // with other bytes than that one has
  const RunResult run =
      world_.Run({"dlq", "replay", "-y", "--topic", "lead-events", "--max", "2", "-o", "name"});
  EXPECT_EQ(run.out, "lead-events/0/0\nlead-events/0/2\n");
  EXPECT_THAT(run.err, HasSubstr("1 letter left out"));
  EXPECT_EQ(world_.Run({"dlq", "replay", "-y", "lead-events/0/1", "-o", "name"}).out,
            "lead-events/0/1\n");
}

TEST_F(DlqCommandsTest, LeavesOutWhatNamesAnotherTopicThanItsOwn) {
  for (auto& [name, value] : world_.topics[kLetters][0].headers) {
    if (name == "__dlq.errors.topic") value = "baton.feedback.v1";
  }
  const RunResult run = world_.Run({"dlq", "replay", "-y", "lead-events/0/0"});
  EXPECT_EQ(run.code, kExitRefused);
  EXPECT_TRUE(world_.produced.empty());
  EXPECT_THAT(run.err, HasSubstr("lead-events/0/0 cannot be sent again: it names no origin"));
  const RunResult all = world_.Run({"dlq", "replay", "-y"});
  EXPECT_EQ(all.code, kExitOk) << "nobody named it";
  EXPECT_THAT(all.err, HasSubstr("lead-events/0/0 cannot be sent again"));
  EXPECT_EQ(world_.produced.size(), 3U);
}

TEST_F(DlqCommandsTest, SendsWhatItCanOfThoseThatAreNamedAndNamesTheOthers) {
  for (const char* more : {"--dry-run", "--yes"}) {
    const RunResult run = world_.Run({"dlq", "replay", more, "-o", "name", "lead-events/0/1",
                                      "lead-events/0/9", "sales-events/3/0"});
    EXPECT_EQ(run.code, kExitRefused) << more;
    EXPECT_EQ(run.out, "lead-events/0/1\n") << more;
    EXPECT_THAT(run.err, AllOf(HasSubstr("sent again: 1 of the letters that were named; not: 2\n"
                                         "  lead-events/0/9 was not found: "),
                               HasSubstr("\n  sales-events/3/0 was not found: ")))
        << more;
  }
  EXPECT_EQ(world_.produced.size(), 1U) << "a dry run sends none";
  EXPECT_EQ(world_.Run({"dlq", "replay", "-y", "lead-events/0/9"}).code, kExitRefused);
}

TEST_F(DlqCommandsTest, AWordThatNamesNoLetterIsAWrongCommandLine) {
  for (const char* word : {"lead-events/0", "lead-events/0/x", "feedback/0/0", "ann"}) {
    const RunResult run = world_.Run({"dlq", "replay", "-y", "lead-events/0/0", word});
    EXPECT_EQ(run.code, kExitUsage) << word;
    EXPECT_THAT(run.err, HasSubstr("names no letter")) << word;
  }
  EXPECT_EQ(
      world_.Run({"dlq", "replay", "-y", "--max", "1", "lead-events/0/0", "lead-events/0/1"}).code,
      kExitUsage);
  EXPECT_TRUE(world_.produced.empty());
}

TEST_F(DlqCommandsTest, ALetterThatIsNamedIsSentWhateverTheWorkspace) {
  const RunResult run = world_.Run(
      {"-w", "acme", "dlq", "replay", "-y", "-o", "name", "lead-events/0/1", "lead-events/0/02"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_EQ(run.out, "lead-events/0/1\nlead-events/0/2\n");
}

TEST_F(DlqCommandsTest, SaysHowFarItCameWhenKafkaRefuses) {
  world_.delivery = absl::UnavailableError("brokers are away");
  const RunResult run = world_.Run({"dlq", "replay", "-y"});
  EXPECT_EQ(run.code, kExitUnreachable);
  EXPECT_THAT(run.err, HasSubstr("0 of 4 letters were sent again"));
}

}  // namespace
}  // namespace baton::batonctl
