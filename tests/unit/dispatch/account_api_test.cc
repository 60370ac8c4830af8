// AccountService over the wire.
#include <gmock/gmock.h>

#include "api_fixture.h"

namespace baton::dispatch {
namespace {

using AccountStub = v1::AccountService::Stub;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AccountApiTest : public ApiTest {
 protected:
  template <typename Request, typename Response>
  Outcome<Response> Do(::grpc::Status (AccountStub::*method)(::grpc::ClientContext*, const Request&,
                                                             Response*),
                       const Request& request) {
    return Call(*api_.accounts, method, request);
  }
  Outcome<v1::CreateAccountResponse> Create(const std::string& id,
                                            const std::vector<std::string>& domains,
                                            const std::string& owner = "ada",
                                            const std::string& group = "") {
    v1::CreateAccountRequest request;
    request.set_parent("workspaces/acme");
    request.set_account_id(id);
    v1::Account& account = *request.mutable_account();
    account.set_display_name("Company " + id);
    for (const std::string& domain : domains) account.add_domains(domain);
    if (!owner.empty()) account.set_owner("workspaces/acme/reps/" + owner);
    account.set_group(group);
    return Do(&AccountStub::CreateAccount, request);
  }
  Outcome<v1::GetAccountResponse> Get(const std::string& id) {
    v1::GetAccountRequest request;
    request.set_name("workspaces/acme/accounts/" + id);
    return Do(&AccountStub::GetAccount, request);
  }
  v1::LookupAccountResponse Lookup(const std::string& address) {
    v1::LookupAccountRequest request;
    request.set_parent("workspaces/acme");
    request.set_email_or_domain(address);
    const auto found = Do(&AccountStub::LookupAccount, request);
    EXPECT_TRUE(found.ok()) << found.status.error_message();
    return found.response;
  }
};

TEST_F(AccountApiTest, ACreatedAccountIsReadBackInItsNormalForm) {
  ASSERT_TRUE(Create("globex", {"www.Globex.com", "globex.de"}).ok());
  const v1::Account account = Get("globex").response.account();
  EXPECT_EQ(account.name(), "workspaces/acme/accounts/globex");
  EXPECT_THAT(account.domains(), ElementsAre("globex.com", "globex.de"));
  EXPECT_EQ(account.owner(), "workspaces/acme/reps/ada");
  EXPECT_EQ(account.writer(), "api");
  EXPECT_GT(account.write_time().seconds(), 0);
  EXPECT_EQ(Create("globex", {}).reason(), "ACCOUNT_EXISTS");
  EXPECT_EQ(Create("globex", {}).code(), ::grpc::StatusCode::ALREADY_EXISTS);
}

TEST_F(AccountApiTest, EveryWrongFieldIsNamed) {
  v1::CreateAccountRequest request;
  request.set_parent("workspaces/acme");
  request.set_account_id("globex");
  v1::Account& account = *request.mutable_account();
  account.set_group("no spaces");
  account.set_owner("ada");
  account.set_customer_owner("workspaces/other/reps/ada");
  account.add_domains("gmail.com");
  const auto refused = Do(&AccountStub::CreateAccount, request);
  EXPECT_EQ(refused.code(), ::grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(DetailsOf(refused.status).violations.size(), 4u);
  request.mutable_account()->Clear();
  request.set_account_id("not ok");
  EXPECT_EQ(Do(&AccountStub::CreateAccount, request).reason(), "INVALID_FIELD");
  request.set_account_id("globex");
  request.set_parent("workspaces/nowhere");
  EXPECT_EQ(Do(&AccountStub::CreateAccount, request).reason(), "WORKSPACE_NOT_FOUND");
}

TEST_F(AccountApiTest, ADomainOfAnotherAccountIsRefusedWithItsName) {
  ASSERT_TRUE(Create("globex", {"globex.com"}).ok());
  const auto refused = Create("other", {"other.com", "globex.com"});
  EXPECT_EQ(refused.code(), ::grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(refused.reason(), "DOMAIN_TAKEN");
  EXPECT_EQ(DetailsOf(refused.status).metadata["account"], "globex");
  EXPECT_EQ(Get("other").reason(), "ACCOUNT_NOT_FOUND");
}

TEST_F(AccountApiTest, MaskAndEtagLimitWhatAnUpdateChanges) {
  const v1::Account created = Create("globex", {"globex.com"}).response.account();
  v1::UpdateAccountRequest request;
  request.mutable_account()->set_name(created.name());
  request.mutable_account()->set_etag(created.etag());
  request.mutable_account()->set_customer(true);
  request.mutable_update_mask()->add_paths("customer");
  const auto updated = Do(&AccountStub::UpdateAccount, request);
  ASSERT_TRUE(updated.ok()) << updated.status.error_message();
  EXPECT_TRUE(updated.response.account().customer());
  EXPECT_THAT(updated.response.account().domains(), ElementsAre("globex.com"));
  EXPECT_EQ(Do(&AccountStub::UpdateAccount, request).reason(), "ETAG_MISMATCH");
  request.mutable_account()->clear_etag();
  request.mutable_update_mask()->add_paths("etag");
  EXPECT_EQ(Do(&AccountStub::UpdateAccount, request).reason(), "INVALID_FIELD");
  request.clear_update_mask();
  EXPECT_EQ(Do(&AccountStub::UpdateAccount, request).response.account().domains_size(), 0);
  request.mutable_account()->set_name("workspaces/acme/accounts/new");
  EXPECT_EQ(Do(&AccountStub::UpdateAccount, request).reason(), "ACCOUNT_NOT_FOUND");
  request.set_allow_missing(true);
  EXPECT_TRUE(Do(&AccountStub::UpdateAccount, request).ok());
}

TEST_F(AccountApiTest, ADeletedAccountIsGoneAndItsDomainFree) {
  ASSERT_TRUE(Create("globex", {"globex.com"}).ok());
  v1::DeleteAccountRequest request;
  request.set_name("workspaces/acme/accounts/globex");
  request.set_etag("7");
  EXPECT_EQ(Do(&AccountStub::DeleteAccount, request).reason(), "ETAG_MISMATCH");
  request.clear_etag();
  EXPECT_TRUE(Do(&AccountStub::DeleteAccount, request).ok());
  EXPECT_EQ(Do(&AccountStub::DeleteAccount, request).reason(), "ACCOUNT_NOT_FOUND");
  EXPECT_EQ(Get("globex").code(), ::grpc::StatusCode::NOT_FOUND);
  EXPECT_TRUE(Create("other", {"globex.com"}).ok());
  EXPECT_TRUE(Create("globex", {}).ok());
}

TEST_F(AccountApiTest, AccountsAreListedInPages) {
  for (const char* id : {"c", "a", "b"}) ASSERT_TRUE(Create(id, {}).ok());
  v1::ListAccountsRequest request;
  request.set_parent("workspaces/acme");
  request.set_page_size(2);
  const auto first = Do(&AccountStub::ListAccounts, request);
  ASSERT_EQ(first.response.accounts_size(), 2);
  EXPECT_EQ(first.response.accounts(1).name(), "workspaces/acme/accounts/b");
  request.set_page_token(first.response.next_page_token());
  const auto second = Do(&AccountStub::ListAccounts, request);
  ASSERT_EQ(second.response.accounts_size(), 1);
  EXPECT_EQ(second.response.next_page_token(), "");
  request.set_parent("workspaces/nowhere");
  request.clear_page_token();
  EXPECT_EQ(Do(&AccountStub::ListAccounts, request).reason(), "WORKSPACE_NOT_FOUND");
}

TEST_F(AccountApiTest, ALookupSaysWhoseAnAddressIsAndWhy) {
  ASSERT_TRUE(Create("globex-de", {"globex.de"}, "ada", "globex").ok());
  ASSERT_TRUE(Create("globex-us", {"globex.com"}, "bob", "globex").ok());
  const v1::LookupAccountResponse found = Lookup("Eve@mail.GLOBEX.de");
  EXPECT_EQ(found.account().name(), "workspaces/acme/accounts/globex-de");
  EXPECT_EQ(found.domain(), "globex.de");
  EXPECT_THAT(found.looked_up(), ElementsAre("mail.globex.de", "globex.de"));
  ASSERT_EQ(found.owners_size(), 2);
  EXPECT_EQ(found.owners(0).rank(), v1::OWNER_RANK_ACCOUNT);
  EXPECT_EQ(found.owners(1).rep(), "workspaces/acme/reps/bob");
  EXPECT_EQ(found.owners(1).rank(), v1::OWNER_RANK_SIBLING_DOMAIN);
  EXPECT_THAT(found.explanation(), HasSubstr("matched by the domain globex.de"));
}

TEST_F(AccountApiTest, ALookupSaysWhyNothingMatches) {
  EXPECT_THAT(Lookup("eve@gmail.com").explanation(), HasSubstr("mail providers"));
  const v1::LookupAccountResponse unknown = Lookup("https://www.nobody.com/about");
  EXPECT_FALSE(unknown.has_account());
  EXPECT_THAT(unknown.explanation(), HasSubstr("no account has the domain nobody.com"));
  v1::LookupAccountRequest request;
  request.set_parent("workspaces/acme");
  EXPECT_EQ(Do(&AccountStub::LookupAccount, request).reason(), "INVALID_FIELD");
}

}  // namespace
}  // namespace baton::dispatch
