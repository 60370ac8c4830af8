#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "baton/v1/lead_service.pb.h"
#include "batonctl/event_input.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

v1::AttributeValue Attribute(const std::string& text) {
  return ParseAttribute("--attribute", text).value_or(v1::AttributeValue());
}

TEST(ParseAttributeTest, TakesJsonLiteralsAndElseText) {
  EXPECT_EQ(Attribute("300").int_value(), 300);
  EXPECT_EQ(Attribute("-1").int_value(), -1);
  EXPECT_EQ(Attribute("1.5").double_value(), 1.5);
  EXPECT_TRUE(Attribute("true").bool_value());
  EXPECT_EQ(Attribute("\"300\"").string_value(), "300");
  EXPECT_EQ(Attribute("01067").string_value(), "01067");
  EXPECT_EQ(Attribute("ada@a.example").string_value(), "ada@a.example");
  EXPECT_EQ(Attribute("null").string_value(), "null");
  EXPECT_EQ(Attribute("{\"a\":1}").string_value(), "{\"a\":1}");
  EXPECT_EQ(Attribute("").kind_case(), v1::AttributeValue::kStringValue);
  EXPECT_THAT(Attribute("[\"crm\",\"erp\"]").list_value().values(), ElementsAre("crm", "erp"));
  EXPECT_EQ(Attribute("[]").kind_case(), v1::AttributeValue::kListValue);
  EXPECT_FALSE(ParseAttribute("--attribute", "18446744073709551615").ok());
}

std::string Line(const std::string& subject, const std::string& workspace = "demo",
                 const std::string& data = R"({"activity":"demo_request"})",
                 const std::string& type = "activity") {
  return R"({"specversion":"1.0","id":"e-)" + subject +
         R"(","source":"//crm","type":"dev.baton.lead.)" + type + R"(.v1","subject":")" + subject +
         R"(","workspace":")" + workspace + R"(","time":"2027-01-15T08:00:00.250Z","data":)" +
         data + "}\n";
}

TEST(EventOfLineTest, ReadsAStructuredCloudEvent) {
  const auto event = EventOfLine(
      Line("l1", "demo",
           R"({"attributes":{"employees":300,"email":"a@b.example","vip":true,"budget":1.5,
                             "tags":["x"]},
               "activity":"demo_request","consent":"granted","attribution":{"campaign":"spring"}})",
           "captured"),
      absl::UnixEpoch());
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(event->workspace, "demo");
  EXPECT_EQ(event->event.lead(), "l1");
  EXPECT_EQ(event->event.id(), "e-l1");
  EXPECT_EQ(event->event.source(), "//crm");
  EXPECT_EQ(event->event.type(), v1::LEAD_EVENT_TYPE_CAPTURED);
  EXPECT_EQ(event->event.occur_time().seconds(), 1'800'000'000);
  EXPECT_EQ(event->event.occur_time().nanos(), 250'000'000);
  EXPECT_EQ(event->event.attributes().at("employees").int_value(), 300);
  EXPECT_EQ(event->event.attributes().at("budget").double_value(), 1.5);
  EXPECT_THAT(event->event.attributes().at("tags").list_value().values(), ElementsAre("x"));
  EXPECT_EQ(event->event.consent(), v1::CONSENT_GRANTED);
  EXPECT_EQ(event->event.attribution().at("campaign"), "spring");
  EXPECT_EQ(event->event.activity_count(), 0);  // a captured event has none
}

TEST(EventOfLineTest, RefusesWhatWouldBecomeADeadLetter) {
  for (const std::string& line : {std::string("{"), std::string("[]"), std::string("{}"),
                                  Line("a b"), Line("l1", "demo", "{}", "unheard_of")}) {
    EXPECT_FALSE(EventOfLine(line, absl::UnixEpoch()).ok()) << line;
  }
}

class LeadSubmitTest : public ::testing::Test {
 protected:
  LeadSubmitTest() {
    world_.server.On<v1::SubmitLeadEventsRequest, v1::SubmitLeadEventsResponse>(
        [](const v1::SubmitLeadEventsRequest& request, v1::SubmitLeadEventsResponse& response) {
          response.set_accepted_count(request.events_size());
          if (request.wait_for_decision()) {
            v1::Lead& lead = *response.add_leads();
            lead.set_name(request.parent() + "/leads/" + request.events(0).lead());
            lead.set_stage(v1::STAGE_OFFERED);
          }
          return absl::OkStatus();
        });
  }

  const v1::SubmitLeadEventsRequest& Request(size_t index) {
    return world_.server.At<v1::SubmitLeadEventsRequest>(index);
  }

  World world_;
};

TEST_F(LeadSubmitTest, SubmitsTheEventOfTheFlags) {
  const RunResult run =
      world_.Run({"-w", "demo", "lead", "submit", "--lead", "l1", "--attribute", "employees=300",
                  "-a", "email=a@b.example", "--activity", "demo_request", "--property", "form=f1",
                  "--attribution", "campaign=a=b", "--consent", "granted", "--wait"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("l1"), HasSubstr("OFFERED")));
  EXPECT_THAT(run.err, HasSubstr("Accepted: 1 event."));
  EXPECT_EQ(Request(0).parent(), "workspaces/demo");
  EXPECT_TRUE(Request(0).wait_for_decision());
  const v1::LeadEvent& event = Request(0).events(0);
  EXPECT_EQ(event.id(), "id-1");
  EXPECT_EQ(event.type(), v1::LEAD_EVENT_TYPE_CAPTURED);
  EXPECT_EQ(event.attributes().at("employees").int_value(), 300);
  EXPECT_EQ(event.attribution().at("campaign"), "a=b");
  EXPECT_EQ(event.properties().at("form").string_value(), "f1");
  EXPECT_FALSE(event.has_occur_time());
}

TEST_F(LeadSubmitTest, SubmitsAFileInBatches) {
  std::string lines = "\n";
  for (int i = 0; i < 1001; ++i) lines += Line("l" + std::to_string(i));
  const TemporaryFile file(lines);
  const RunResult run = world_.Run({"lead", "submit", "--file", file.path()});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.err, HasSubstr("Accepted: 1001 events."));
  ASSERT_EQ(world_.server.requests.size(), 3u);
  EXPECT_EQ(Request(0).parent(), "workspaces/demo");
  EXPECT_EQ(Request(0).events_size(), 500);
  EXPECT_EQ(Request(2).events_size(), 1);
  EXPECT_EQ(Request(2).events(0).lead(), "l1000");
}

TEST_F(LeadSubmitTest, KeepsBatchesBelowTheServersSize) {
  std::string lines;
  const std::string value(1000, 'x');
  for (int i = 0; i < 400; ++i) {
    lines += Line("l" + std::to_string(i), "demo", R"({"attributes":{"a":")" + value + "\"}}",
                  "updated");
  }
  const TemporaryFile file(lines);
  EXPECT_EQ(world_.Run({"lead", "submit", "--file", file.path()}).code, kExitOk);
  ASSERT_GT(world_.server.requests.size(), 1u);
  for (const auto& request : world_.server.requests) {
    EXPECT_LT(request->ByteSizeLong(), 256u * 1024);
  }
}

TEST_F(LeadSubmitTest, NamesTheLineThatIsWrong) {
  const TemporaryFile file(Line("l1") + "{nonsense\n");
  const RunResult run = world_.Run({"-w", "demo", "lead", "submit", "--file", file.path()});
  EXPECT_EQ(run.code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr(file.path() + ":2: "));
  EXPECT_THAT(run.err, HasSubstr("accepted before it: 0 events"));
}

TEST_F(LeadSubmitTest, RefusesAFileWithoutEvents) {
  const TemporaryFile file("\n");
  const RunResult run = world_.Run({"-w", "demo", "lead", "submit", "--file", file.path()});
  EXPECT_EQ(run.code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr(file.path() + " holds no event"));
}

TEST_F(LeadSubmitTest, NamesTheLinesOfABatchThatTheServerRefuses) {
  world_.server.On<v1::SubmitLeadEventsRequest, v1::SubmitLeadEventsResponse>(
      [](const v1::SubmitLeadEventsRequest& request, v1::SubmitLeadEventsResponse& response) {
        response.set_accepted_count(request.events_size());
        return request.events(0).lead() == "l0" ? absl::OkStatus()
                                                : absl::InvalidArgumentError("events[0]: no");
      });
  std::string lines;
  for (int i = 0; i < 510; ++i) lines += Line("l" + std::to_string(i));
  const TemporaryFile file(lines);
  const RunResult run = world_.Run({"-w", "demo", "lead", "submit", "--file", file.path()});
  EXPECT_EQ(run.code, kExitRefused);
  EXPECT_THAT(run.err, AllOf(HasSubstr(", events of lines 501 to 510: events[0]: no"),
                             HasSubstr("accepted before it: 500 events")));
}

TEST_F(LeadSubmitTest, RefusesEventsOfAnotherWorkspace) {
  const TemporaryFile file(Line("l1", "acme"));
  const RunResult run = world_.Run({"-w", "demo", "lead", "submit", "--file", file.path()});
  EXPECT_EQ(run.code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr("the event is of workspace 'acme', not demo"));
}

TEST_F(LeadSubmitTest, ChecksOnlyWithDryRun) {
  EXPECT_THAT(world_.Run({"-w", "demo", "lead", "submit", "--lead", "l1", "--dry-run"}).err,
              HasSubstr("none was sent"));
  EXPECT_TRUE(Request(0).validate_only());
}

TEST_F(LeadSubmitTest, TheRequestIdIsTheEventsAndARepetitionIsTold) {
  const std::vector<std::string> submit = {"-w", "demo", "lead", "submit", "--lead", "l1"};
  const auto with = [&submit, this](std::vector<std::string> more) {
    more.insert(more.begin(), submit.begin(), submit.end());
    return world_.Run(more);
  };
  EXPECT_EQ(with({"--request-id", "mine"}).code, kExitOk);
  EXPECT_EQ(Request(0).events(0).id(), "mine");
  EXPECT_EQ(with({"--request-id", "mine", "--id", "other"}).code, kExitUsage);
  EXPECT_EQ(with({"--request-id", std::string(129, 'x')}).code, kExitUsage);
  EXPECT_EQ(with({"--id", "a\tb"}).code, kExitUsage);
  EXPECT_EQ(world_.server.requests.size(), 1u);

  world_.server.On<v1::SubmitLeadEventsRequest, v1::SubmitLeadEventsResponse>(
      [](const v1::SubmitLeadEventsRequest&, v1::SubmitLeadEventsResponse&) {
        return absl::DeadlineExceededError("too late");
      });
  const RunResult lost = with({});
  EXPECT_EQ(lost.code, kExitUnreachable);
  EXPECT_THAT(lost.err, HasSubstr("it is safe to repeat it with --request-id " +
                                  Request(1).events(0).id() + "\n"));
  EXPECT_THAT(with({"--id", "e7"}).err, HasSubstr("repeat it with --request-id e7\n"));
}

TEST_F(LeadSubmitTest, EventsOfAFileHaveIdsOfTheirOwn) {
  const TemporaryFile file(Line("l1"));
  const RunResult run =
      world_.Run({"--request-id", "mine", "lead", "submit", "--file", file.path()});
  EXPECT_EQ(run.code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr("have ids of their own"));
  EXPECT_TRUE(world_.server.requests.empty());
}

TEST_F(LeadSubmitTest, RefusesWrongFlags) {
  for (const std::vector<std::string>& tail : {std::vector<std::string>{},
                                               {"--lead", "a b"},
                                               {"--lead", "l1", "--type", "capture"},
                                               {"--lead", "l1", "--attribute", "employees"},
                                               {"--lead", "l1", "--attribute", "=5"},
                                               {"--lead", "l1", "--consent", "yes"},
                                               {"--lead", "l1", "--count", "0"},
                                               {"--lead", "l1", "--time", "noon"},
                                               {"--lead", "l1", "--file", "x"},
                                               {"--file", "/no/such/file"}}) {
    std::vector<std::string> arguments = {"-w", "demo", "lead", "submit"};
    arguments.insert(arguments.end(), tail.begin(), tail.end());
    EXPECT_EQ(world_.Run(arguments).code, kExitUsage) << (tail.empty() ? "" : tail.back());
  }
  EXPECT_TRUE(world_.server.requests.empty());
}

}  // namespace
}  // namespace baton::batonctl
