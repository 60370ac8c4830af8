// Events of accounts among those of leads: applied, counted, refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "worker_fixture.h"

namespace baton::intake {
namespace {

using support::Fault;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AccountEventsTest : public WorkerFixture {
 protected:
  void AppendAccount(int32_t partition, const std::string& account, const std::string& id,
                     const std::string& data, const std::string& time = "2026-03-01T08:00:00Z",
                     const std::string& type = "upserted", const std::string& workspace = "acme") {
    AppendBytes(partition,
                absl::StrCat(R"({"specversion":"1.0","id":")", id,
                             R"(","source":"/crm","type":"dev.baton.account.)", type,
                             R"(.v1","subject":")", account, R"(","time":")", time,
                             R"(","workspace":")", workspace, R"(","data":)", data, "}"));
  }
  core::AccountRecord Account(const std::string& id) {
    const core::AccountKey key{core::WorkspaceId::Trusted("acme"), core::AccountId::Trusted(id)};
    return *store_.LoadAccounts({key})->records.front();
  }
  // As by the API.
  void WriteByHand(const core::Account& account) {
    core::AccountRecord record = Account(account.id.str());
    const int64_t revision = record.revision;
    core::Write(account, clock_.now_ms(), record);
    const auto written = store_.CommitAccounts({{{revision, record}}});
    ASSERT_TRUE(written.ok()) << written.status();
    ASSERT_EQ(written->front().code, store::AccountCode::kCommitted);
  }
  void RouteToOwners(const std::string& workspace = "acme") {
    Activate(absl::StrReplaceAll(support::kPolicyText,
                                 {{"workspace: acme", absl::StrCat("workspace: ", workspace)},
                                  {"{queue: inbound}", "{owner: account, fallback: inbound}"}}));
  }
  void AddRep(std::string_view id, std::string_view workspace = "acme") {
    core::Rep rep;
    rep.id = support::RepNamed(id);
    rep.queues = {support::QueueNamed("inbound")};
    rep.presence = core::Presence::kOnline;
    ASSERT_TRUE(store_.PutRep(core::WorkspaceId::Trusted(workspace), rep, 0).ok());
  }
  void AppendLead(std::string_view lead, const std::string& email,
                  std::string_view workspace = "acme") {
    core::LeadEvent event = support::QualifyingCapture("1");
    event.key = support::Key(lead, workspace);
    event.attributes["email"] = email;
    Append(0, event);
  }
  std::vector<std::string> LetterClasses() {
    std::vector<std::string> classes;
    for (const platform::kafka::OutRecord& letter : kafka_.letters) {
      for (const auto& [name, value] : letter.headers) {
        if (name == "baton-error-class") classes.push_back(value);
      }
    }
    return classes;
  }
};

TEST_F(AccountEventsTest, AreFoldedAndCountedLikeThoseOfLeads) {
  AppendAccount(0, "globex", "a1", R"({"domains":["globex.com"],"owner":"ada"})");
  Append(0, View("a", "1"));
  AppendAccount(0, "globex", "a1", R"({"domains":["globex.com"],"owner":"ada"})");
  AppendAccount(1, "globex", "a2", R"({"domains":["globex.de"],"owner":"bob"})",
                "2026-03-01T08:00:01Z");
  Steps(1);
  ExpectCounters(4, 3, 1, 0);
  EXPECT_EQ(Account("globex").account.owner.str(), "bob");
  EXPECT_THAT(Account("globex").account.domains, ElementsAre("globex.de"));
  EXPECT_EQ(Account("globex").applied, 2);
}

TEST_F(AccountEventsTest, ALaterOneThatCameEarlierStands) {
  AppendAccount(0, "globex", "a2", R"({"owner":"bob"})", "2026-03-01T09:00:00Z");
  Steps(1);
  AppendAccount(0, "globex", "a1", R"({"owner":"ada"})", "2026-03-01T08:00:00Z");
  AppendAccount(0, "gone", "a4", "{}", "2026-03-01T09:00:00Z", "deleted");
  AppendAccount(0, "gone", "a3", R"({"domains":["gone.com"]})", "2026-03-01T08:00:00Z");
  Steps(1);
  EXPECT_EQ(Account("globex").account.owner.str(), "bob");
  EXPECT_FALSE(Account("gone").exists());
  ExpectCounters(4, 4, 0, 0);
}

TEST_F(AccountEventsTest, OnlyTheOneThatTakesAForeignDomainIsRefused) {
  AppendAccount(0, "globex", "a1", R"({"domains":["globex.com"]})");
  AppendAccount(0, "other", "b1", R"({"name":"first"})", "2026-03-01T08:00:00Z");
  AppendAccount(0, "other", "b2", R"({"domains":["globex.com"]})", "2026-03-01T08:00:01Z");
  AppendAccount(0, "other", "b3", R"({"name":"third"})", "2026-03-01T08:00:02Z");
  Steps(1);
  ExpectCounters(4, 4, 0, 0);  // together they end without the domain
  AppendAccount(0, "other", "b4", R"({"name":"fourth"})", "2026-03-01T08:00:03Z");
  AppendAccount(0, "other", "b5", R"({"domains":["globex.com"]})", "2026-03-01T08:00:04Z");
  Steps(1);
  ExpectCounters(6, 5, 0, 1);
  EXPECT_EQ(Account("other").account.name, "fourth");
  EXPECT_THAT(LetterClasses(), ElementsAre("domain_taken"));
}

// What is committed of an account says of all that lies before it that it was read.
TEST_F(AccountEventsTest, ARefusedOneIsNoLessRefusedWhenTheBatchIsReadAgain) {
  AppendAccount(1, "globex", "a1", R"({"domains":["globex.com"]})");
  Steps(1);
  kafka_.broker_away = true;
  AppendAccount(0, "other", "b1", R"({"name":"first"})", "2026-03-01T08:00:00Z");
  AppendAccount(0, "other", "b2", R"({"domains":["globex.com"]})", "2026-03-01T08:00:01Z");
  AppendAccount(0, "other", "b3", R"({"name":"third"})", "2026-03-01T08:00:02Z");
  AppendAccount(0, "other", "b4", R"({"domains":["globex.com"]})", "2026-03-01T08:00:03Z");
  Steps(3);
  EXPECT_EQ(Account("other").account.name, "first");
  RevokeAtNextPoll({0});  // with the letter, which no broker has taken
  Steps(1);
  kafka_.broker_away = false;
  kafka_.letters.clear();
  AssignAtNextPoll({0});
  Steps(3);
  ExpectCounters(5, 3, 0, 2);
  EXPECT_EQ(Account("other").account.name, "third");
  EXPECT_THAT(LetterClasses(), ElementsAre("domain_taken", "domain_taken"));
}

TEST_F(AccountEventsTest, ARefusedOneIsCountedBeforeWhatComesBehindItIsCommitted) {
  AppendAccount(1, "globex", "a1", R"({"domains":["globex.com"]})");
  Steps(1);
  kafka_.letters_taken_max = 1;
  AppendAccount(0, "other", "b1", R"({"name":"first"})", "2026-03-01T08:00:00Z");
  AppendAccount(0, "other", "b2", R"({"domains":["globex.com"]})", "2026-03-01T08:00:01Z");
  AppendAccount(0, "other", "b3", R"({"name":"third"})", "2026-03-01T08:00:02Z");
  AppendAccount(0, "other", "b4", R"({"domains":["globex.com"]})", "2026-03-01T08:00:03Z");
  Steps(3);
  EXPECT_EQ(Account("other").account.name, "third");
  EXPECT_EQ(Checkpoint(0), 2) << "behind the refused one";
  RevokeAtNextPoll({0});
  Steps(1);
  kafka_.letters_taken_max = SIZE_MAX;
  AssignAtNextPoll({0});
  Steps(3);
  ExpectCounters(5, 3, 0, 2);
}

TEST_F(AccountEventsTest, RefusedOnesOfOneAccountAreNotOneByOneWhereNoneCanBeTaken) {
  for (int i = 0; i < 20; ++i) {
    AppendAccount(0, "a", absl::StrCat(i), R"({"name":"x"})", "2026-03-01T08:00:00Z", "upserted",
                  "nowhere");
  }
  AppendAccount(0, "globex", "g1", R"({"name":"Globex"})");
  int calls = 0;
  fault_ = [&calls] {
    ++calls;
    return Fault::kNone;
  };
  Steps(1);
  ExpectCounters(21, 1, 0, 20);
  EXPECT_LT(calls, 20);
}

TEST_F(AccountEventsTest, OfAnUnknownWorkspaceAreDeadLetters) {
  AppendBytes(0, R"({"specversion":"1.0","id":"1","source":"/crm","workspace":"nowhere",
    "type":"dev.baton.account.upserted.v1","subject":"a","time":"2026-03-01T08:00:00Z",
    "data":{}})");
  AppendAccount(0, "globex", "a1", R"({"domains":["gmail.com"]})");
  Steps(1);
  ExpectCounters(2, 0, 0, 2);
  EXPECT_THAT(LetterClasses(), ElementsAre("bad_value", "unknown_workspace"));
}

TEST_F(AccountEventsTest, ALeadOfTheSameBatchReachesTheOwnerOfItsAccount) {
  RouteToOwners();
  for (const char* id : {"ada", "bob", "cy"}) AddRep(id);
  AppendLead("owned", "eve@mail.globex.com");
  AppendLead("free", "eve@gmail.com");
  AppendAccount(1, "globex", "a1",
                R"({"domains":["globex.com"],"owner":"ada","customer":true,"customerOwner":"cy"})");
  Steps(1);
  ExpectCounters(3, 3, 0, 0);
  EXPECT_EQ(Lead("owned").rep.str(), "cy");
  EXPECT_EQ(Lead("owned").judgment.account.account.str(), "globex");
  EXPECT_EQ(Lead("owned").judgment.account.revision, 1);
  EXPECT_EQ(Lead("owned").judgment.account.owners.size(), 2u);
  EXPECT_EQ(Lead("free").rep.str(), "ada") << "the queue's choice";
}

TEST_F(AccountEventsTest, LeadsOfOneDomainReachTheOwnersOfTheirOwnWorkspaces) {
  ASSERT_TRUE(store_.CreateWorkspace(core::WorkspaceId::Trusted("beta"), "Beta").ok());
  for (const char* workspace : {"acme", "beta"}) {
    RouteToOwners(workspace);
    for (const char* id : {"ada", "zoe"}) AddRep(id, workspace);
    AppendLead("lead", "eve@globex.com", workspace);
  }
  AppendAccount(1, "globex", "a1", R"({"domains":["globex.com"],"owner":"ada"})");
  AppendAccount(1, "customer", "b1", R"({"domains":["globex.com"],"owner":"zoe"})",
                "2026-03-01T08:00:00Z", "upserted", "beta");
  Steps(1);
  ExpectCounters(4, 4, 0, 0);
  EXPECT_EQ(Lead("lead", "acme").rep.str(), "ada");
  EXPECT_EQ(Lead("lead", "acme").judgment.account.account.str(), "globex");
  EXPECT_EQ(Lead("lead", "beta").rep.str(), "zoe");
  EXPECT_EQ(Lead("lead", "beta").judgment.account.account.str(), "customer");
}

TEST_F(AccountEventsTest, AnAccountThatChangesMovesNoLead) {
  RouteToOwners();
  AppendAccount(0, "globex", "a1", R"({"domains":["globex.com"],"owner":"ada"})");
  AppendLead("waiting", "eve@globex.com");
  Steps(1);
  AppendAccount(0, "globex", "a2", R"({"domains":["globex.com"],"owner":"bob"})",
                "2026-03-01T09:00:00Z");
  Append(0, View("waiting", "2"));
  Steps(1);
  EXPECT_EQ(Lead("waiting").stage, core::Stage::kQueued);
  EXPECT_EQ(Lead("waiting").judgment.account.revision, 1);
  EXPECT_EQ(Lead("waiting").judgment.route.owners.front().str(), "ada");
}

TEST_F(AccountEventsTest, OneThatMeetsAnAccountJustEditedIsFoldedIntoItAndCountedOnce) {
  Steps(1);
  AppendAccount(0, "globex", "a1", R"({"domains":["globex.com"],"owner":"bob"})",
                "2026-03-01T10:00:00Z");
  int calls = 0;
  fault_ = [&] {
    // LoadAccounts, then CommitAccounts.
    if (++calls == 2) {
      core::Account edited;
      edited.id = core::AccountId::Trusted("globex");
      edited.owner = support::RepNamed("ada");
      WriteByHand(edited);
    }
    return Fault::kNone;
  };
  Steps(1);
  EXPECT_EQ(Account("globex").revision, 2) << "the edit's and the event's";
  EXPECT_EQ(Account("globex").account.owner.str(), "bob");
  EXPECT_EQ(Account("globex").applied, 1);
  ExpectCounters(1, 1, 0, 0);
  EXPECT_THAT(metrics_->Expose(), HasSubstr("baton_intake_retried_commits_total 1\n"));
}

TEST_F(AccountEventsTest, CountOnceWhateverTheStoreLoses) {
  int call = 0;
  fault_ = [&call] {
    return ++call % 3 == 0 ? Fault::kLosesReply
                           : (call % 5 == 0 ? Fault::kNeverArrives : Fault::kNone);
  };
  for (int i = 0; i < 20; ++i) {
    AppendAccount(i % 2, absl::StrCat("a", i % 7), absl::StrCat("e", i), R"({"owner":"ada"})");
  }
  Steps(60);
  fault_ = [] { return Fault::kNone; };
  Steps(5);
  ExpectCounters(20, 20, 0, 0);
}

}  // namespace
}  // namespace baton::intake
