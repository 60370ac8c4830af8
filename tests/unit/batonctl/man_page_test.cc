// What roff would read as its own stays what it is.
#include "batonctl/man_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton::batonctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ManPageTest, TextsAreShownAsTheyAre) {
  CLI::App app("Hands 'leads' over.\n.so /etc/passwd", "tool");
  CLI::App& command = *app.add_subcommand("get", "'quoted'");
  bool flag = false;
  command.add_flag("--dry-run", flag, "a \\ and a ~");
  command.footer(".first\n  tool get --dry-run '^x`'");
  const std::string page = ManPage(app, "1.2");
  EXPECT_THAT(page, HasSubstr(".TH TOOL 1 \"\" \"tool 1.2\" Baton\n"));
  EXPECT_THAT(page, HasSubstr("Hands \\(aqleads\\(aq over.\n\\&.so /etc/passwd\n"));
  EXPECT_THAT(page, HasSubstr(".SS \"tool get\"\n\\(aqquoted\\(aq\n"));
  EXPECT_THAT(page, HasSubstr("\\fB\\-\\-dry\\-run\\fR"));
  EXPECT_THAT(page, HasSubstr("a \\e and a \\(ti\n"));
  EXPECT_THAT(page, HasSubstr("\n\\&.first\n  tool get \\-\\-dry\\-run \\(aq\\(hax\\(ga\\(aq\n"));
}

TEST(ManPageTest, WhatIsForScriptsOnlyIsLeftOut) {
  CLI::App app("About.", "tool");
  app.add_subcommand("shown", "for people");
  app.add_subcommand("hidden", "for scripts")->group("");
  const std::string page = ManPage(app, "1.2");
  EXPECT_THAT(page, HasSubstr("tool shown"));
  EXPECT_THAT(page, Not(HasSubstr("tool hidden")));
}

}  // namespace
}  // namespace baton::batonctl
