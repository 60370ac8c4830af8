#include "dispatch/token_sealer.h"

#include <gtest/gtest.h>

#include "core/errors.h"
#include "dispatch/pages.h"

namespace baton::dispatch {
namespace {

const TokenSealer& Sealer() {
  static const auto& sealer = *new TokenSealer({"0123456789abcdef"});
  return sealer;
}

TEST(TokenSealerTest, AnotherSealerOfTheSameSecretOpens) {
  const TokenSealer replica({"0123456789abcdef"});
  EXPECT_EQ(*replica.Open("watch|a", Sealer().Seal("watch|a", "7.1.42")), "7.1.42");
  EXPECT_EQ(*replica.Open("c", Sealer().Seal("c", "")), "");
}

TEST(TokenSealerTest, ContextAndSecretAreBound) {
  const std::string token = Sealer().Seal("watch|a", "7.1.42");
  EXPECT_TRUE(absl::IsPermissionDenied(Sealer().Open("watch|b", token).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(Sealer().Open("watch|", token).status()));
  const TokenSealer other({"fedcba9876543210"});
  EXPECT_EQ(core::ErrorReason(other.Open("watch|a", token).status()), "FORGED_TOKEN");
}

TEST(TokenSealerTest, SecretsRotateAndAnOldOneIsGoodUntilItIsLeftOut) {
  const std::string first = "0123456789abcdef", second = "fedcba9876543210";
  TokenSealer replica({first}), other({first});
  const std::string old = replica.Seal("c", "old");
  replica.Use({first, second});  // step by step, so that no replica meets what it cannot open
  other.Use({second, first});
  const std::string renewed = other.Seal("c", "new");
  EXPECT_EQ(*replica.Open("c", renewed), "new");
  EXPECT_EQ(*other.Open("c", old), "old");
  other.Use({second});
  EXPECT_EQ(core::ErrorReason(other.Open("c", old).status()), "FORGED_TOKEN");
  EXPECT_EQ(*other.Open("c", renewed), "new");
}

TEST(TokenSealerTest, SecretsThatCannotSealAreRefused) {
  const std::string good(16, 'x');
  EXPECT_TRUE(TokenSealer::Check({good}).ok());
  for (const std::vector<std::string>& bad :
       {std::vector<std::string>{}, {""}, {good, "short"}, std::vector<std::string>(6, good)}) {
    EXPECT_TRUE(absl::IsInvalidArgument(TokenSealer::Check(bad)));
  }
}

TEST(TokenSealerTest, NoByteCanBeChanged) {
  const std::string token = Sealer().Seal("c", "payload");
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const auto opened = Sealer().Open("c", changed);
    EXPECT_FALSE(opened.ok() && changed != token) << i;
  }
}

TEST(TokenSealerTest, ATokenIsWrittenInOneWayOnly) {
  for (const std::string& payload : {std::string(), std::string("1"), std::string("22")}) {
    const std::string token = Sealer().Seal("c", payload);
    EXPECT_TRUE(Sealer().Open("c", token).ok());
    for (const std::string& other : {token + "=", token + "==", token + " ", " " + token}) {
      EXPECT_EQ(core::ErrorReason(Sealer().Open("c", other).status()), "MALFORMED_TOKEN") << other;
    }
    int opened = 0;  // of all last characters, some of which differ in bits behind the last byte
    for (char last = '!'; last <= '~'; ++last) {
      const std::string other = token.substr(0, token.size() - 1) + last;
      if (Sealer().Open("c", other).ok()) ++opened;
    }
    EXPECT_EQ(opened, 1) << token;
  }
}

TEST(TokenSealerTest, TheLongestPayloadComesBackAndNoLongerTokenIsRead) {
  const std::string longest(TokenSealer::kPayloadBytesMax, 'x');
  const std::string token = Sealer().Seal("c", longest);
  EXPECT_EQ(*Sealer().Open("c", token), longest);
  const std::string longer = Sealer().Seal("c", longest + "x");
  EXPECT_EQ(core::ErrorReason(Sealer().Open("c", longer).status()), "MALFORMED_TOKEN");
}

TEST(TokenSealerTest, GarbageIsMalformed) {
  for (const std::string& text : {std::string("%%"), std::string("AAAA"), std::string(600, 'A')}) {
    EXPECT_EQ(core::ErrorReason(Sealer().Open("c", text).status()), "MALFORMED_TOKEN");
  }
}

TEST(PagesTest, SizesAreDefaultedCappedAndChecked) {
  EXPECT_EQ(*PageSize(0), 100);
  EXPECT_EQ(*PageSize(7), 7);
  EXPECT_EQ(*PageSize(5000), 1000);
  EXPECT_TRUE(absl::IsInvalidArgument(PageSize(-1).status()));
}

TEST(PagesTest, EmptyTokenIsTheStart) {
  EXPECT_EQ(*OpenPageToken(Sealer(), "c", ""), "");
  EXPECT_EQ(*OpenPageToken(Sealer(), "c", MakePageToken(Sealer(), "c", "x")), "x");
  EXPECT_EQ(
      core::ErrorVariables(OpenPageToken(Sealer(), "d", MakePageToken(Sealer(), "c", "x")).status())
          .at("field"),
      "page_token");
}

}  // namespace
}  // namespace baton::dispatch
