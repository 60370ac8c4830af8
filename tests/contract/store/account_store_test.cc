// AccountStore: accounts, the index of their domains, groups, caps, and what a match sees.
#include "contract/store/store_fixture.h"
#include "core/errors.h"

namespace baton::contract {
namespace {

using store::AccountChange;
using store::AccountCode;
using store::AccountResult;
using testing::ElementsAre;
using testing::IsEmpty;

class AccountStoreTest : public StoreTest {
 protected:
  core::AccountKey AccountNamed(const std::string& id) const {
    return {acme_, core::AccountId::Trusted(id)};
  }

  core::AccountRecord LoadAccount(const std::string& id) {
    auto loaded = store().LoadAccounts({AccountNamed(id)});
    EXPECT_TRUE(loaded.ok() && loaded->records.front().ok());
    EXPECT_EQ(loaded->epoch, store().Checkpoints("leads")->epoch);
    return *loaded->records.front();
  }

  // A change of the account as stored now.
  AccountChange Change(const std::string& id, const std::vector<std::string>& domains,
                       const std::string& group = "") {
    AccountChange change;
    change.after = LoadAccount(id);
    change.expected_revision = change.after.revision;
    core::Account account;
    account.id = core::AccountId::Trusted(id);
    account.domains = domains;
    account.group = core::AccountGroupId::Trusted(group);
    account.owner = RepNamed("ada");
    core::Write(account, kStart, change.after);
    return change;
  }

  AccountResult Commit(const AccountChange& change) {
    auto results = store().CommitAccounts({change});
    EXPECT_TRUE(results.ok()) << results.status();
    return results.ok() ? results->front() : AccountResult{AccountCode::kUnreadable};
  }
  AccountCode Put(const std::string& id, const std::vector<std::string>& domains,
                  const std::string& group = "") {
    return Commit(Change(id, domains, group)).code;
  }

  core::AccountView Match(const std::vector<std::string>& domains) {
    auto views = store().MatchAccounts({store::AccountQuery{acme_, domains}});
    EXPECT_TRUE(views.ok() && views->front().ok());
    return *views->front();
  }
  std::string MatchedId(const std::string& domain) { return Match({domain}).account.id.str(); }

  std::vector<std::string> Listed(const std::string& after = "", int page_size = 10) {
    std::vector<std::string> ids;
    const auto page = store().ListAccounts(acme_, after, page_size);
    EXPECT_TRUE(page.ok());
    for (const core::AccountRecord& record : page->accounts) ids.push_back(record.account.id.str());
    if (!page->next_after.empty()) ids.push_back("after " + page->next_after);
    return ids;
  }
};

core::AccountRecord FullRecord() {
  core::AccountRecord record;
  record.key = {core::WorkspaceId::Trusted("acme"), core::AccountId::Trusted("full")};
  core::Account& account = record.account;
  account.id = record.key.account;
  account.name = "F\xc3\xbcll | \"quoted\"\n, inc; 100%";
  account.domains = {"full.com", "xn--fll-hoa.de"};
  account.group = core::AccountGroupId::Trusted("holding");
  account.owner = RepNamed("ada");
  account.customer = true;
  account.customer_owner = RepNamed("bob");
  account.open_opportunity = true;
  account.opportunity_owner = RepNamed("cy");
  record.writer = {kStart, "event | 1"};
  record.applied = 3;
  record.applied_offsets = {{7, 12}, {~uint64_t{0}, 0}};
  record.recent_events = {1, ~uint64_t{0}};
  return record;
}

TEST_P(AccountStoreTest, AnAccountComesBackAsItWasPut) {
  const AccountResult result = Commit({0, FullRecord(), 1, 0});
  EXPECT_EQ(result.code, AccountCode::kCommitted);
  EXPECT_EQ(result.revision, 1);
  const core::AccountRecord stored = LoadAccount("full");
  EXPECT_TRUE(stored.exists());
  EXPECT_EQ(stored.revision, 1);
  EXPECT_EQ(stored.account, FullRecord().account);
  EXPECT_EQ(stored.writer, FullRecord().writer);
  EXPECT_EQ(stored.applied, 3);
  EXPECT_EQ(stored.applied_offsets, FullRecord().applied_offsets);
  EXPECT_EQ(stored.recent_events, FullRecord().recent_events);
  EXPECT_EQ(Match({"full.com"}).account, FullRecord().account);
}

TEST_P(AccountStoreTest, AnAccountNeverHeardOfHasNoRevision) {
  const core::AccountRecord record = LoadAccount("nobody");
  EXPECT_FALSE(record.exists());
  EXPECT_EQ(record.revision, 0);
  EXPECT_EQ(record.account.id.str(), "nobody");
  EXPECT_FALSE(Match({"nobody.com"}).found());
  EXPECT_THAT(Listed(), IsEmpty());
}

TEST_P(AccountStoreTest, AnUnknownWorkspaceTakesNoAccount) {
  AccountChange change = Change("a", {"a.com"});
  change.after.key.workspace = core::WorkspaceId::Trusted("elsewhere");
  EXPECT_EQ(Commit(change).code, AccountCode::kUnknownWorkspace);
  EXPECT_THAT(store().ListAccounts(change.after.key.workspace, "", 10)->accounts, IsEmpty());
  EXPECT_FALSE(
      (*store().MatchAccounts({store::AccountQuery{change.after.key.workspace, {"a.com"}}}))[0]
          ->found());
}

TEST_P(AccountStoreTest, AChangeOfAnOldRevisionIsRefusedWithTheStoredOne) {
  const AccountChange first = Change("a", {"a.com"});
  EXPECT_EQ(Commit(first).code, AccountCode::kCommitted);
  const AccountResult again = Commit(first);
  EXPECT_EQ(again.code, AccountCode::kStaleRevision);
  EXPECT_EQ(again.revision, 1);
  EXPECT_EQ(LoadAccount("a").revision, 1);
}

TEST_P(AccountStoreTest, ADomainHasOneAccountAndTheFirstKeepsIt) {
  ASSERT_EQ(Put("a", {"a.com", "shared.com"}), AccountCode::kCommitted);
  const AccountResult refused = Commit(Change("b", {"b.com", "shared.com"}));
  EXPECT_EQ(refused.code, AccountCode::kDomainTaken);
  EXPECT_EQ(refused.domain, "shared.com");
  EXPECT_EQ(refused.holder.str(), "a");
  EXPECT_EQ(LoadAccount("b").revision, 0);
  EXPECT_EQ(MatchedId("b.com"), "");
  EXPECT_EQ(MatchedId("shared.com"), "a");
  ASSERT_EQ(Put("a", {"a.com"}), AccountCode::kCommitted);
  EXPECT_EQ(Put("b", {"b.com", "shared.com"}), AccountCode::kCommitted);
  EXPECT_EQ(MatchedId("shared.com"), "b");
}

TEST_P(AccountStoreTest, TheIndexFollowsEachChange) {
  ASSERT_EQ(Put("a", {"a.com", "a.de"}), AccountCode::kCommitted);
  ASSERT_EQ(Put("a", {"a.de", "a.fr"}), AccountCode::kCommitted);
  EXPECT_EQ(MatchedId("a.com"), "");
  EXPECT_EQ(MatchedId("a.de"), "a");
  EXPECT_EQ(MatchedId("a.fr"), "a");
  EXPECT_EQ(Match({"a.fr"}).revision, 2);
}

TEST_P(AccountStoreTest, ADeletedAccountMatchesNothingAndKeepsItsWriter) {
  ASSERT_EQ(Put("a", {"a.com"}, "g"), AccountCode::kCommitted);
  ASSERT_EQ(Put("b", {"b.com"}, "g"), AccountCode::kCommitted);
  AccountChange gone = Change("a", {});
  core::Delete(kStart + 5, gone.after);
  EXPECT_EQ(Commit(gone).code, AccountCode::kCommitted);
  const core::AccountRecord record = LoadAccount("a");
  EXPECT_TRUE(record.deleted);
  EXPECT_EQ(record.revision, 2);
  EXPECT_EQ(record.writer.occurred_at_ms, kStart + 5);
  EXPECT_EQ(record.account, (core::Account{.id = core::AccountId::Trusted("a")}));
  EXPECT_EQ(MatchedId("a.com"), "");
  EXPECT_THAT(Match({"b.com"}).siblings, IsEmpty());
  EXPECT_THAT(Listed(), ElementsAre("b"));
  EXPECT_EQ(Put("a", {"a.com"}), AccountCode::kCommitted);
  EXPECT_EQ(LoadAccount("a").revision, 3);
  EXPECT_THAT(Listed(), ElementsAre("a", "b"));
}

TEST_P(AccountStoreTest, TheFirstDomainThatAnAccountHasDecides) {
  ASSERT_EQ(Put("a", {"acme.com"}), AccountCode::kCommitted);
  ASSERT_EQ(Put("lab", {"lab.acme.com"}), AccountCode::kCommitted);
  EXPECT_EQ(Match({"x.lab.acme.com", "lab.acme.com", "acme.com"}).account.id.str(), "lab");
  EXPECT_EQ(Match({"lab.acme.com", "acme.com"}).domain, "lab.acme.com");
  EXPECT_EQ(Match({"mail.acme.com", "acme.com"}).domain, "acme.com");
  EXPECT_FALSE(Match({}).found());
}

TEST_P(AccountStoreTest, SiblingsAreTheOthersOfTheGroupById) {
  ASSERT_EQ(Put("acme-us", {"acme.com"}, "acme"), AccountCode::kCommitted);
  ASSERT_EQ(Put("acme-de", {"acme.de"}, "acme"), AccountCode::kCommitted);
  ASSERT_EQ(Put("acme-fr", {}, "acme"), AccountCode::kCommitted);
  ASSERT_EQ(Put("other", {"other.com"}, "other"), AccountCode::kCommitted);
  const core::AccountView view = Match({"acme.de"});
  ASSERT_EQ(view.siblings.size(), 2u);
  EXPECT_EQ(view.siblings[0].id.str(), "acme-fr");
  EXPECT_EQ(view.siblings[1].id.str(), "acme-us");
  EXPECT_EQ(view.siblings[1].owner, RepNamed("ada"));
  ASSERT_EQ(Put("acme-us", {"acme.com"}, "other"), AccountCode::kCommitted);
  EXPECT_EQ(Match({"acme.de"}).siblings.size(), 1u);
  EXPECT_THAT(Match({"other.com"}).siblings.size(), 1u);
}

TEST_P(AccountStoreTest, AGroupHasACap) {
  for (size_t i = 0; i < core::kAccountsPerGroupMax; ++i) {
    ASSERT_EQ(Put("a" + std::to_string(i), {}, "g"), AccountCode::kCommitted);
  }
  const AccountResult refused = Commit(Change("late", {}, "g"));
  EXPECT_EQ(refused.code, AccountCode::kGroupFull);
  EXPECT_EQ(QuotaOf(refused.problem), "TOO_MANY_ACCOUNTS workspaces/acme 64/64 fixed");
  EXPECT_EQ(Put("a7", {"a.com"}, "g"), AccountCode::kCommitted) << "members may be edited";
  EXPECT_EQ(Match({"a.com"}).siblings.size(), core::kAccountsPerGroupMax - 1);
}

TEST_P(AccountStoreTest, AWorkspaceHasACapOfAccounts) {
  store::StoreLimits limits;
  limits.accounts_per_workspace_max = 2;
  MakeStore(1, limits);
  ASSERT_TRUE(store().CreateWorkspace(acme_, "Acme").ok());
  ASSERT_EQ(Put("a", {}), AccountCode::kCommitted);
  ASSERT_EQ(Put("b", {}), AccountCode::kCommitted);
  const AccountResult refused = Commit(Change("c", {}));
  EXPECT_EQ(refused.code, AccountCode::kTooMany);
  EXPECT_EQ(QuotaOf(refused.problem),
            "TOO_MANY_ACCOUNTS workspaces/acme 2/2 limits.accounts_per_workspace_max");
  EXPECT_EQ(Put("b", {"b.com"}), AccountCode::kCommitted);
}

TEST_P(AccountStoreTest, AccountsAreListedByIdInPages) {
  for (const char* id : {"c", "B", "a", "b-2"}) ASSERT_EQ(Put(id, {}), AccountCode::kCommitted);
  EXPECT_THAT(Listed("", 3), ElementsAre("B", "a", "b-2", "after b-2"));
  EXPECT_THAT(Listed("b-2", 3), ElementsAre("c"));
  EXPECT_THAT(Listed("zz"), IsEmpty());
}

TEST_P(AccountStoreTest, ChangesOfOneCallAreIndependentAndCounted) {
  AccountChange good = Change("a", {"a.com"});
  good.applied = 3;
  good.duplicates = 2;
  AccountChange bad = Change("b", {"a.com"});
  bad.applied = 100;
  const auto results = store().CommitAccounts({good, bad, Change("c", {"c.com"})});
  ASSERT_TRUE(results.ok());
  EXPECT_EQ((*results)[0].code, AccountCode::kCommitted);
  EXPECT_EQ((*results)[1].code, AccountCode::kDomainTaken);
  EXPECT_EQ((*results)[2].code, AccountCode::kCommitted);
  const auto counters = store().Counters(store::InputFlow::kMarketing);
  EXPECT_EQ(counters->applied, 3);
  EXPECT_EQ(counters->duplicates, 2);
}

TEST_P(AccountStoreTest, OneCallMatchesDomainsOfManyWorkspaces) {
  const core::WorkspaceId other = core::WorkspaceId::Trusted("other");
  ASSERT_TRUE(store().CreateWorkspace(other, "").ok());
  ASSERT_EQ(Put("a", {"a.com"}), AccountCode::kCommitted);
  AccountChange theirs = Change("b", {"a.com"});
  theirs.after.key.workspace = other;
  ASSERT_EQ(Commit(theirs).code, AccountCode::kCommitted);
  const auto views = store().MatchAccounts({store::AccountQuery{other, {"a.com"}},
                                            store::AccountQuery{acme_, {"a.com"}},
                                            store::AccountQuery{other, {"b.com"}}});
  ASSERT_TRUE(views.ok());
  EXPECT_EQ((*views)[0]->account.id.str(), "b");
  EXPECT_EQ((*views)[1]->account.id.str(), "a");
  EXPECT_FALSE((*views)[2]->found());
}

}  // namespace
INSTANTIATE_CONTRACT(AccountStoreTest);
}  // namespace baton::contract
