#include "core/ids.h"

#include <gtest/gtest.h>

#include "core/errors.h"

namespace baton::core {
namespace {

TEST(IsValidIdTest, TakesOneTo64CharactersOfTheAlphabet) {
  EXPECT_TRUE(IsValidId("a"));
  EXPECT_TRUE(IsValidId("AZaz09_-"));
  EXPECT_TRUE(IsValidId(std::string(64, 'x')));
}

TEST(IsValidIdTest, RefusesEmptyLongAndForeignCharacters) {
  EXPECT_FALSE(IsValidId(""));
  EXPECT_FALSE(IsValidId(std::string(65, 'x')));
  for (const std::string bad : {"a b", "a/b", "a{b}", "a:b", "a.b", "\xC3\xA4", "a\n"}) {
    EXPECT_FALSE(IsValidId(bad)) << bad;
  }
  EXPECT_FALSE(IsValidId(std::string_view("a\0b", 3)));
}

TEST(IdTest, ParseGivesTheTextBack) {
  const absl::StatusOr<LeadId> id = LeadId::Parse("lead-1");
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(id->str(), "lead-1");
  EXPECT_FALSE(id->empty());
  EXPECT_TRUE(LeadId().empty());
}

TEST(IdTest, ParseErrorNamesTheIdAndShowsALongTextShortened) {
  const absl::Status status = WorkspaceId::Parse("{b07}" + std::string(1000, 'x')).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ErrorReason(status), "INVALID_FIELD");
  EXPECT_EQ(ErrorVariables(status).at("field"), "workspace");
  EXPECT_LT(status.message().size(), 200u);
}

TEST(IdTest, ParseErrorEscapesControlCharacters) {
  const absl::Status status = LeadId::Parse("a\nb").status();
  EXPECT_EQ(std::string(status.message()),
            R"(lead: must be 1 to 64 characters of [A-Za-z0-9_-], not "a\nb")");
}

}  // namespace
}  // namespace baton::core
