#include "policy/document_error.h"

#include <gtest/gtest.h>

namespace baton::policy {
namespace {

TEST(DocumentErrorTest, NamesFileLineAndColumn) {
  EXPECT_EQ(ToString({"policy.yaml", 12, 7, "unknown key"}), "policy.yaml:12:7: unknown key");
}

TEST(DocumentErrorTest, ComesInTheOrderOfTheText) {
  ErrorList errors("f");
  errors.Add(3, 1, "third");
  errors.Add(1, 9, "second");
  errors.Add(1, 2, "first");
  const std::vector<DocumentError> all = std::move(errors).Take();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].message, "first");
  EXPECT_EQ(all[2].message, "third");
}

TEST(DocumentErrorTest, CountsWhatIsBeyondTheCap) {
  ErrorList errors("f");
  for (size_t i = 0; i < kDocumentErrorsMax + 7; ++i) errors.Add(1, 1, "x");
  const std::vector<DocumentError> all = std::move(errors).Take();
  ASSERT_EQ(all.size(), kDocumentErrorsMax + 1);
  EXPECT_EQ(all.back().message, "7 more errors");
}

TEST(DidYouMeanTest, FindsTypingErrors) {
  const std::vector<std::string> known = {"weight", "queue", "accept_within"};
  EXPECT_EQ(DidYouMean("wieght", known), "; did you mean 'weight'?");
  EXPECT_EQ(DidYouMean("Queue", known), "; did you mean 'queue'?");
  EXPECT_EQ(DidYouMean("acceptWithin", known), "; did you mean 'accept_within'?");
  EXPECT_EQ(DidYouMean("accept", known), "; did you mean 'accept_within'?");
  EXPECT_EQ(DidYouMean("zebra", known), "");
  EXPECT_EQ(DidYouMean("", known), "");
  EXPECT_EQ(DidYouMean(std::string(10'000, 'q'), known), "");
}

TEST(QuotedTest, IsShortAndPrintable) {
  EXPECT_EQ(Quoted("abc"), "'abc'");
  EXPECT_EQ(Quoted("a\nb\x1b[0m"), "'a?b?[0m'");
  EXPECT_EQ(Quoted(std::string(100, 'a')), "'" + std::string(57, 'a') + "...'");
}

}  // namespace
}  // namespace baton::policy
