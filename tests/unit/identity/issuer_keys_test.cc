// Keys of an issuer's URL, with an issuer on loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "core/errors.h"
#include "identity/authority.h"
#include "support/local_receiver.h"
#include "token_maker.h"

namespace baton::identity {
namespace {

using testing::HasSubstr;

class IssuerKeysTest : public ::testing::Test {
 protected:
  IssuerKeysTest() {
    settings_.key_source.url = issuer_.url();
    settings_.key_source.refresh = absl::Milliseconds(50);
    settings_.key_source.ask_interval = absl::Milliseconds(50);
    settings_.token_rules.issuer = "https://id.example";
    settings_.token_rules.audience = "baton";
  }

  void Publish(int status, std::string text) {
    absl::MutexLock lock(&mutex_);
    status_ = status;
    text_ = std::move(text);
  }
  Evidence Shows(const Signer& signer) const {
    Evidence evidence;
    evidence.authorization =
        "Bearer " + signer.Sign({{"iss", "https://id.example"},
                                 {"aud", "baton"},
                                 {"sub", "ada"},
                                 {"exp", absl::ToUnixSeconds(now_ + absl::Hours(24))}});
    return evidence;
  }
  // The reason of the refusal; "" if there is none.
  std::string Refusal(const Authority& authority, const Signer& signer, absl::Time now) const {
    const auto principal = authority.Identify(Shows(signer), now);
    return principal.ok() ? "" : std::string(core::ErrorReason(principal.status()));
  }
  // Looks until the signer's tokens are answered by `reason`.
  bool Becomes(Authority& authority, const Signer& signer, const std::string& reason) {
    const absl::Time give_up_at = absl::Now() + absl::Seconds(10);
    while (absl::Now() < give_up_at) {
      authority.Reload(now_);
      if (Refusal(authority, signer, now_) == reason) return true;
      absl::SleepFor(absl::Milliseconds(5));
    }
    return false;
  }

  // Looks until the issuer was asked so many times more; what it answered but the last is taken.
  void LookUntilAsked(Authority& authority, size_t times) {
    const size_t before = issuer_.requests().size();
    const absl::Time give_up_at = absl::Now() + absl::Seconds(10);
    while (issuer_.requests().size() < before + times && absl::Now() < give_up_at) {
      authority.Reload(now_);
      absl::SleepFor(absl::Milliseconds(5));
    }
    EXPECT_GE(issuer_.requests().size(), before + times);
  }

  const Signer first_{"EdDSA", "first"};
  const Signer second_{"ES256", "second"};
  const absl::Time now_ = absl::Now();
  absl::Mutex mutex_;
  int status_ ABSL_GUARDED_BY(mutex_) = 200;
  std::string text_ ABSL_GUARDED_BY(mutex_) = KeySetOf({&first_});
  support::LocalReceiver issuer_{[this](const auto&, httplib::Response& response) {
    absl::MutexLock lock(&mutex_);
    response.status = status_;
    response.set_content(text_, "application/json");
  }};
  AuthoritySettings settings_;
};

TEST_F(IssuerKeysTest, TokensWaitForTheFirstKeysAndCallsDoNot) {
  const auto authority = *Authority::Open(settings_);
  EXPECT_EQ(Refusal(*authority, first_, now_), "KEYS_STALE");
  EXPECT_THAT(authority->Ready().message(), HasSubstr("have not been fetched yet"));
  EXPECT_TRUE(Becomes(*authority, first_, ""));
  EXPECT_TRUE(authority->Ready().ok());
  EXPECT_EQ(issuer_.requests().front().method, "GET");
}

TEST_F(IssuerKeysTest, KeysRotate) {
  const auto authority = *Authority::Open(settings_);
  ASSERT_TRUE(Becomes(*authority, first_, ""));
  EXPECT_EQ(Refusal(*authority, second_, now_), "UNKNOWN_KEY");
  Publish(200, KeySetOf({&second_}));
  EXPECT_TRUE(Becomes(*authority, second_, ""));
  EXPECT_EQ(Refusal(*authority, first_, now_), "UNKNOWN_KEY");
}

TEST_F(IssuerKeysTest, ATokenOfAnUnknownKeyHasThemFetchedSooner) {
  settings_.key_source.refresh = absl::Hours(1);
  const auto authority = *Authority::Open(settings_);
  ASSERT_TRUE(Becomes(*authority, first_, ""));
  Publish(200, KeySetOf({&first_, &second_}));
  EXPECT_TRUE(Becomes(*authority, second_, ""));
}

TEST_F(IssuerKeysTest, AFloodOfUnknownKeysIsNoneForTheIssuer) {
  settings_.key_source.refresh = absl::Hours(1);
  settings_.key_source.ask_interval = absl::Minutes(1);
  const auto authority = *Authority::Open(settings_);
  ASSERT_TRUE(Becomes(*authority, first_, ""));
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(Refusal(*authority, second_, now_), "UNKNOWN_KEY");
    authority->Reload(now_);
    absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_EQ(issuer_.requests().size(), 1u);
}

TEST_F(IssuerKeysTest, KeysServeForAWhileWithoutTheIssuerThenNobodyIsLetIn) {
  settings_.stale_max = absl::Minutes(10);
  const auto authority = *Authority::Open(settings_);
  ASSERT_TRUE(Becomes(*authority, first_, ""));
  Publish(503, "");
  LookUntilAsked(*authority, 2);
  authority->Reload(now_ + absl::Minutes(9));
  EXPECT_EQ(Refusal(*authority, first_, now_ + absl::Minutes(9)), "");
  EXPECT_EQ(Refusal(*authority, first_, now_ + absl::Minutes(11)), "KEYS_STALE");
  EXPECT_TRUE(authority->Ready().ok()) << "certificates are still good";
}

TEST_F(IssuerKeysTest, KeysThatAreFetchedSeldomAreGoodUntilAFetchFails) {
  settings_.key_source.refresh = absl::Hours(6);
  settings_.stale_max = absl::Hours(1);
  const auto authority = *Authority::Open(settings_);
  ASSERT_TRUE(Becomes(*authority, first_, ""));
  authority->Reload(now_ + absl::Hours(5));
  EXPECT_EQ(Refusal(*authority, first_, now_ + absl::Hours(5)), "");
  EXPECT_EQ(Refusal(*authority, first_, now_ + absl::Hours(7)), "KEYS_STALE") << "nobody looks";
}

TEST_F(IssuerKeysTest, WhoIsRefusedForStaleKeysHasThemFetchedSooner) {
  settings_.key_source.refresh = absl::Hours(6);
  settings_.stale_max = absl::Minutes(10);
  const auto authority = *Authority::Open(settings_);
  ASSERT_TRUE(Becomes(*authority, first_, ""));
  Publish(503, "");
  for (int failure = 0; failure < 3; ++failure) {  // the next one is by itself 3 s away
    EXPECT_EQ(Refusal(*authority, second_, now_), "UNKNOWN_KEY");
    LookUntilAsked(*authority, 1);
  }
  const size_t before = issuer_.requests().size();
  const absl::Time give_up_at = absl::Now() + absl::Seconds(2);
  while (issuer_.requests().size() == before && absl::Now() < give_up_at) {
    EXPECT_EQ(Refusal(*authority, first_, now_ + absl::Hours(1)), "KEYS_STALE");
    authority->Reload(now_ + absl::Hours(1));
    absl::SleepFor(absl::Milliseconds(5));
  }
  EXPECT_EQ(issuer_.requests().size(), before + 1);
}

TEST_F(IssuerKeysTest, WhatIsNoKeySetChangesNothing) {
  const auto authority = *Authority::Open(settings_);
  ASSERT_TRUE(Becomes(*authority, first_, ""));
  for (const std::string& bad :
       {std::string("<html>"), std::string(R"({"keys":[]})"),
        absl::StrCat(R"({"keys":[],"x":")", std::string(KeyFetcher::kBytesMax, 'x'), "\"}")}) {
    Publish(200, bad);
    LookUntilAsked(*authority, 2);
    EXPECT_EQ(Refusal(*authority, first_, now_), "");
  }
}

TEST(KeyUrlTest, IsHttpsOrThisMachine) {
  for (const char* good : {"https://id.example/keys", "https://10.0.0.1:8443/k",
                           "http://127.0.0.1:8080/keys", "http://localhost/k", "http://[::1]:1/k"})
    EXPECT_TRUE(CheckKeyUrl(good).ok()) << good;
  for (const char* bad :
       {"", "id.example", "ftp://id.example", "http://id.example/keys", "https://", "https:///keys",
        "https://user:word@id.example/", "http://127.0.0.1@evil.example/",
        "http://localhost.evil.example/", "https://id.example/a b", "http://[::1].evil.example/"})
    EXPECT_FALSE(CheckKeyUrl(bad).ok()) << bad;
}

}  // namespace
}  // namespace baton::identity
