#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "baton/v1/account_service.pb.h"
#include "batonctl/account_file.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "support/source_tree.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kSampleAccounts[] = "deploy/local/sample/accounts.yaml";

std::string Accounts(const std::string& list) {
  return "apiVersion: baton.dev/v1\nkind: Accounts\nmetadata: {workspace: demo}\nspec:\n"
         "  accounts: " +
         list + "\n";
}

std::string ErrorOf(const std::string& list) {
  return std::string(ParseAccounts(Accounts(list), "accounts.yaml").status().message());
}

TEST(AccountFileTest, ReadsTheSample) {
  const auto file = ParseAccounts(support::SourceText(kSampleAccounts), "accounts.yaml");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->workspace, "demo");
  ASSERT_EQ(file->accounts.size(), 2u);
  EXPECT_EQ(file->accounts[0].id, "globex");
  EXPECT_TRUE(file->accounts[0].account.customer());
}

TEST(AccountFileTest, NamesPlaceAndNearestKey) {
  EXPECT_THAT(ErrorOf("[{id: a, domian: [a.example]}]"), HasSubstr("accounts.yaml:5:"));
  EXPECT_THAT(ErrorOf("[{id: a, domian: [a.example]}]"), HasSubstr("did you mean 'domains'?"));
  EXPECT_THAT(ErrorOf("[{id: a}, {id: a}]"), HasSubstr("'a' appears twice"));
  EXPECT_THAT(ErrorOf("[{owner: ada}]"), HasSubstr("'id' is missing"));
  EXPECT_THAT(ErrorOf("[{id: a, customer: maybe}]"), HasSubstr("accounts[0].customer"));
}

// Every row as "id name domains customer", or the error.
std::vector<std::string> RowsOf(const std::string& csv) {
  std::istringstream text(csv);
  AccountCsv rows(text, "a.csv");
  if (absl::Status status = rows.ReadHeader(); !status.ok()) return {std::string(status.message())};
  std::vector<std::string> all;
  for (AccountEntry entry;;) {
    const absl::StatusOr<bool> read = rows.Next(entry);
    if (!read.ok()) all.emplace_back(read.status().message());
    if (!read.ok() || !*read) return all;
    std::string domains;
    for (const std::string& domain : entry.account.domains()) domains += domain + ",";
    all.push_back(entry.id + "|" + entry.account.display_name() + "|" + domains + "|" +
                  (entry.account.customer() ? "yes" : "no"));
  }
}

TEST(AccountCsvTest, ReadsQuotesEmptyLinesAndBothLineEnds) {
  EXPECT_THAT(RowsOf("id,display_name,domains,customer\r\n"
                     "a,\"Acme, \"\"the\"\" one\nof Berlin\",a.example; b.example,true\r\n"
                     "\r\n"
                     "b,,,\n"
                     "c,Last,c.example,false"),
              ElementsAre("a|Acme, \"the\" one\nof Berlin|a.example,b.example,|yes", "b|||no",
                          "c|Last|c.example,|no"));
  EXPECT_THAT(RowsOf("id\n"), IsEmpty());
}

TEST(AccountCsvTest, NamesTheLineThatIsWrong) {
  EXPECT_THAT(RowsOf("id,nmae\n"), ElementsAre(HasSubstr("a.csv:1: unknown column 'nmae'")));
  EXPECT_THAT(RowsOf("owner\n"), ElementsAre(HasSubstr("the column id is missing")));
  EXPECT_THAT(RowsOf("id,id\n"), ElementsAre(HasSubstr("appears twice")));
  EXPECT_THAT(RowsOf("id,display_name\na,\"x\ny\"\nb\n"),
              ElementsAre("a|x\ny||no", HasSubstr("a.csv:4: the row has 1 cells, the header 2")));
  EXPECT_THAT(RowsOf("id,customer\na,yes\n"), ElementsAre(HasSubstr("customer is true or false")));
  EXPECT_THAT(RowsOf("id,group\na,\nb,b b\n"),
              ElementsAre("a|||no", HasSubstr("a.csv:3: group is 1 to 64 characters of A-Z")));
  EXPECT_THAT(RowsOf("id,owner\n,\n"), ElementsAre(HasSubstr("a.csv:2: id is 1 to 64")));
  EXPECT_THAT(RowsOf("id,domains\na,gmail.com\n"), ElementsAre(HasSubstr("a.csv:2: ")));
  EXPECT_THAT(RowsOf("id\n\"a\n"), ElementsAre(HasSubstr("a.csv:2: the file ends within quotes")));
  EXPECT_THAT(RowsOf("id\n\"" + std::string(70'000, 'x')), ElementsAre(HasSubstr("64 KiB")));
}

class AccountCommandsTest : public ::testing::Test {
 protected:
  AccountCommandsTest() {
    world_.server.On<v1::UpdateAccountRequest, v1::UpdateAccountResponse>(
        [this](const v1::UpdateAccountRequest& request, v1::UpdateAccountResponse& response) {
          *response.mutable_account() = request.account();
          return request.account().name().ends_with("/bad") ? of_bad_ : absl::OkStatus();
        });
  }
  World world_;
  absl::Status of_bad_ = absl::FailedPreconditionError("domain taken");
};

TEST_F(AccountCommandsTest, ApplySendsEveryAccountOfTheDocument) {
  const TemporaryFile file(
      Accounts("[{id: acme, domains: [acme.example], owner: ada, open_opportunity: true}]"));
  const RunResult run = world_.Run({"account", "apply", "-f", file.path()});
  ASSERT_EQ(run.code, kExitOk) << run.err;
  const auto& request = world_.server.At<v1::UpdateAccountRequest>(0);
  EXPECT_EQ(request.account().name(), "workspaces/demo/accounts/acme");
  EXPECT_EQ(request.account().owner(), "workspaces/demo/reps/ada");
  EXPECT_TRUE(request.account().open_opportunity());
  EXPECT_TRUE(request.allow_missing());
  EXPECT_THAT(run.out, HasSubstr("acme.example"));
  EXPECT_EQ(world_.Run({"-w", "other", "account", "apply", "-f", file.path()}).code, kExitUsage);
}

TEST_F(AccountCommandsTest, ImportReportsProgressAndWhereItStopped) {
  std::string csv = "id,domains\n";
  for (int i = 0; i < 600; ++i) csv += "a" + std::to_string(i) + ",\n";
  const TemporaryFile file(csv);
  const RunResult run = world_.Run({"-w", "demo", "account", "import", "-f", file.path()});
  ASSERT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.err, HasSubstr("500 of 600 accounts"));
  EXPECT_THAT(run.err, HasSubstr("Imported: 600 accounts."));
  EXPECT_EQ(world_.server.requests.size(), 600u);
  const TemporaryFile second("id\ngood\nbad\nlate\n");
  const RunResult failed = world_.Run({"-w", "demo", "account", "import", "-f", second.path()});
  EXPECT_EQ(failed.code, kExitRefused);
  EXPECT_THAT(failed.err, HasSubstr("account bad"));
  EXPECT_THAT(failed.err, HasSubstr("1 of 3 were applied before"));
}

TEST_F(AccountCommandsTest, AWrongRowSendsNothing) {
  for (const char* wrong : {"b,b.example,perhaps,ada", "b b,b.example,true,ada",
                            "b,no domain,true,ada", "b,b.example,true,a/b"}) {
    const TemporaryFile file("id,domains,customer,owner\na,a.example,true,ada\n" +
                             std::string(wrong) + "\n");
    const RunResult run = world_.Run({"-w", "demo", "account", "import", "-f", file.path()});
    EXPECT_EQ(run.code, kExitUsage) << wrong;
    EXPECT_THAT(run.err, HasSubstr(file.path() + ":3: ")) << wrong;
  }
  EXPECT_THAT(world_.server.requests, IsEmpty());
}

TEST_F(AccountCommandsTest, MatchShowsOwnersAndWhy) {
  world_.server.On<v1::LookupAccountRequest, v1::LookupAccountResponse>(
      [](const v1::LookupAccountRequest& request, v1::LookupAccountResponse& response) {
        EXPECT_EQ(request.email_or_domain(), "eve@globex.example");
        response.mutable_account()->set_name("workspaces/demo/accounts/globex");
        response.set_explanation("matched by the domain globex.example");
        response.add_looked_up("globex.example");
        v1::Owner& owner = *response.add_owners();
        owner.set_rep("workspaces/demo/reps/ada");
        owner.set_rank(v1::OWNER_RANK_OPEN_OPPORTUNITY);
        owner.set_account("workspaces/demo/accounts/globex");
        return absl::OkStatus();
      });
  const RunResult run = world_.Run({"-w", "demo", "account", "match", "eve@globex.example"});
  ASSERT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.out, HasSubstr("ada (open opportunity of globex)"));
  EXPECT_THAT(run.out, HasSubstr("matched by the domain globex.example"));
}

TEST_F(AccountCommandsTest, ListGetAndDeleteNameTheAccount) {
  world_.server.On<v1::ListAccountsRequest, v1::ListAccountsResponse>(
      [](const v1::ListAccountsRequest&, v1::ListAccountsResponse& response) {
        response.add_accounts()->set_name("workspaces/demo/accounts/globex");
        return absl::OkStatus();
      });
  world_.server.On<v1::GetAccountRequest, v1::GetAccountResponse>(
      [](const v1::GetAccountRequest& request, v1::GetAccountResponse& response) {
        response.mutable_account()->set_name(request.name());
        return absl::OkStatus();
      });
  world_.server.On<v1::DeleteAccountRequest, v1::DeleteAccountResponse>(
      [](const v1::DeleteAccountRequest&, v1::DeleteAccountResponse&) { return absl::OkStatus(); });
  EXPECT_EQ(world_.Run({"-w", "demo", "-o", "name", "account", "list"}).out,
            "workspaces/demo/accounts/globex\n");
  EXPECT_EQ(world_.Run({"-w", "demo", "-o", "name", "account", "get", "globex"}).out,
            "workspaces/demo/accounts/globex\n");
  EXPECT_EQ(world_.Run({"-w", "demo", "account", "delete", "globex", "--etag", "3"}).code, kExitOk);
  EXPECT_EQ(world_.server.At<v1::DeleteAccountRequest>(2).etag(), "3");
}

}  // namespace
}  // namespace baton::batonctl
