// A Lua error in the middle of a function leaves the writes before it in place. So every function
// checks first and then only writes; this test reads the sources and holds them to it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "store/redis/function_library.h"

namespace baton::store::redis {
namespace {

const std::set<std::string>& WriteCommands() {
  static const auto& commands =
      *new std::set<std::string>{"SET",  "DEL",  "HSET", "HDEL",  "RPUSH", "LTRIM", "LREM",
                                 "SADD", "SREM", "XADD", "XTRIM", "ZADD",  "ZREM"};
  return commands;
}

// The command of the first redis.call in `line`; empty if there is none.
std::string CommandIn(const std::string& line) {
  const std::string call = "redis.call('";
  const size_t at = line.find(call);
  if (at == std::string::npos) return "";
  const size_t begin = at + call.size();
  return line.substr(begin, line.find('\'', begin) - begin);
}

bool CanFail(const std::string& line) {
  for (const char* check : {"baton.refuse(", "baton.whole(", "baton.id(", "baton.one_of(",
                            "baton.parse_", "baton.read_", "error(", "cmsgpack.unpack("}) {
    if (absl::StrContains(line, check)) return true;
  }
  return false;
}

// Functions of a file, each as its lines; a top-level function ends at an "end" in column one.
std::vector<std::vector<std::string>> FunctionsOf(const FunctionSource& source) {
  std::vector<std::vector<std::string>> functions;
  bool inside = false;
  const std::string text(source.text);
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
    if (absl::StartsWith(line, "function ") || absl::StartsWith(line, "local function ")) {
      functions.emplace_back();
      inside = true;
    }
    if (inside) functions.back().push_back(line);
    if (line == "end") inside = false;
  }
  return functions;
}

TEST(RedisFunctionsLintTest, NothingThatCanFailFollowsTheFirstWriteOfAFunction) {
  int writes = 0;
  for (const FunctionSource& source : FunctionSources()) {
    for (const std::vector<std::string>& function : FunctionsOf(source)) {
      bool has_written = false;
      for (const std::string& line : function) {
        const std::string where = absl::StrCat(source.name, ": ", line);
        const std::string command = CommandIn(line);
        if (has_written) {
          EXPECT_FALSE(CanFail(line)) << where;
          // The one read that decides what to write next; its key was read before.
          const bool may_follow =
              command.empty() || command == "ZCARD" || WriteCommands().count(command) > 0;
          EXPECT_TRUE(may_follow) << where;
        }
        if (WriteCommands().count(command) > 0) {
          has_written = true;
          ++writes;
        }
      }
    }
  }
  EXPECT_GT(writes, 20);  // the test still finds what it is about
}

TEST(RedisFunctionsLintTest, SharedCodeWritesOnlyInFunctionsThatSaySo) {
  for (const FunctionSource& source : FunctionSources()) {
    if (absl::StrContains(source.text, "baton.register(")) continue;
    for (const std::vector<std::string>& function : FunctionsOf(source)) {
      for (const std::string& line : function) {
        if (WriteCommands().count(CommandIn(line)) == 0) continue;
        EXPECT_TRUE(absl::StrContains(function[0], "write_")) << source.name << ": " << line;
      }
    }
  }
}

// What functions/kept.lua keeps from call to call rests on this: nothing else changes it.
TEST(RedisFunctionsLintTest, MembersLedgersAndOpenSetsAreWrittenInOnePlaceEach) {
  int found = 0;
  const auto expect_in = [&found](const FunctionSource& source, const std::string& line,
                                  const std::set<std::string>& places) {
    EXPECT_TRUE(places.contains(std::string(source.name))) << source.name << ": " << line;
    ++found;
  };
  for (const FunctionSource& source : FunctionSources()) {
    const std::string text(source.text);
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
      const bool writes = WriteCommands().contains(CommandIn(line));
      if (writes && absl::StrContains(line, "'m'")) expect_in(source, line, {"member_rows.lua"});
      if (writes && (absl::StrContains(line, "'g'") || absl::StrContains(line, "'r'"))) {
        expect_in(source, line, {"write_owed.lua"});
      }
      const bool reads = absl::StrContains(line, "ZCARD") || absl::StrContains(line, "HLEN") ||
                         absl::StrContains(line, "HGETALL");
      if (absl::StrContains(line, "gains_key(") && !reads) {
        expect_in(source, line, {"keys.lua", "write_owed.lua"});
      }
      if (absl::StrContains(line, "open_key(") && !reads) {
        expect_in(source, line, {"keys.lua", "moves.lua", "read_queue.lua", "check_access.lua"});
      }
    }
    // Whoever moves leads gives the shard's record another text.
    const bool moves = absl::StrContains(text, "  baton.write_steps(");
    if (moves) {
      EXPECT_TRUE(absl::StrContains(text, "baton.write_shard(")) << source.name;
      ++found;
    }
  }
  EXPECT_GT(found, 12);  // the test still finds what it is about
}

// The later of two would silently take the place of the earlier one.
TEST(RedisFunctionsLintTest, NoFunctionIsDefinedTwice) {
  std::map<std::string, absl::string_view> defined;  // first line -> file
  for (const FunctionSource& source : FunctionSources()) {
    for (const std::vector<std::string>& function : FunctionsOf(source)) {
      if (!absl::StartsWith(function[0], "function baton.")) continue;
      const std::string name = function[0].substr(0, function[0].find('('));
      const auto [first, is_new] = defined.emplace(name, source.name);
      EXPECT_TRUE(is_new) << name << " in " << first->second << " and " << source.name;
    }
  }
  EXPECT_GT(defined.size(), 100u);  // the test still finds what it is about
}

// Arguments that are numbers would be turned into text by way of floating point.
TEST(RedisFunctionsLintTest, CommandsGetTextNotNumbers) {
  for (const FunctionSource& source : FunctionSources()) {
    const std::string text(source.text);
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
      if (CommandIn(line).empty()) continue;
      for (const std::string& argument : std::vector<std::string>(absl::StrSplit(line, ", "))) {
        EXPECT_FALSE(!argument.empty() && absl::ascii_isdigit(argument[0]) &&
                     absl::StrContains(line, argument + ")"))
            << source.name << ": " << line;
      }
    }
  }
}

TEST(RedisFunctionsLintTest, EachFunctionDocumentsItsCall) {
  int registered = 0;
  for (const FunctionSource& source : FunctionSources()) {
    EXPECT_TRUE(absl::StartsWith(source.text, "-- ")) << source.name;
    if (!absl::StrContains(source.text, "baton.register(")) continue;
    ++registered;
    const std::string name(absl::StripSuffix(source.name, ".lua"));
    EXPECT_TRUE(absl::StartsWith(source.text, absl::StrCat("-- ", name, ": "))) << source.name;
    EXPECT_TRUE(absl::StrContains(source.text, absl::StrCat("baton.register('", name, "', ", name)))
        << source.name;
    for (const char* part :
         {"\n-- KEYS: ", "\n-- ARGV: ", "\n-- Returns: ", "\n-- Idempotency: "}) {
      EXPECT_TRUE(absl::StrContains(source.text, part)) << source.name << part;
    }
  }
  EXPECT_EQ(registered, 34);
}

TEST(FunctionLibraryTest, NamesCarryTheHashOfTheText) {
  const FunctionLibrary library;
  const FunctionLibrary same;
  EXPECT_EQ(library.name(), same.name());
  EXPECT_TRUE(absl::StartsWith(library.text(), absl::StrCat("#!lua name=", library.name(), "\n")));
  EXPECT_THAT(library.name(), testing::MatchesRegex("baton_[0-9a-f]{8}"));
  const platform::redis::Command call = library.Call("commit", {"k1", "k2"}, {"a"});
  EXPECT_THAT(call, testing::ElementsAre("FCALL", "commit" + library.name().substr(5), "2", "k1",
                                         "k2", "a"));
}

// The constants come from the code: one of each kind, as Lua must see it.
TEST(FunctionLibraryTest, ConstantsAreThoseOfTheCode) {
  const FunctionLibrary library;
  for (const char* line : {"baton.CODE = {committed=0,stale_revision=1,", "OFFERED='OFFERED'",
                           "sqo_opened='sqo_opened'", "baton.REASON = {chosen=1,", "journey=1000,",
                           "drain=200,", "reps_per_queue=10000,", "accept_within=7200000,"}) {
    EXPECT_TRUE(absl::StrContains(library.text(), line)) << line;
  }
}

}  // namespace
}  // namespace baton::store::redis
