#include "contract/redis_functions/function_fixture.h"

#include <algorithm>
#include <regex>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace baton::contract {
namespace {

// Elements of an unordered reply, `width` at a time, in order.
std::string Sorted(const Reply& reply, size_t width) {
  std::vector<std::string> items;
  for (size_t i = 0; i + width <= reply.elements.size(); i += width) {
    std::string item = reply.elements[i].text;
    if (width == 2) absl::StrAppend(&item, "=", reply.elements[i + 1].text);
    items.push_back(item);
  }
  std::sort(items.begin(), items.end());
  return absl::StrJoin(items, " ");
}

Command ReadAll(const std::string& type, const std::string& key) {
  if (type == "hash") return {"HGETALL", key};
  if (type == "set") return {"SMEMBERS", key};
  if (type == "zset") return {"ZRANGE", key, "0", "-1", "WITHSCORES"};
  if (type == "list") return {"LRANGE", key, "0", "-1"};
  if (type == "stream") return {"XRANGE", key, "-", "+"};
  return {"GET", key};
}

// Marks (shard.lua, member_rows.lua) are never the same.
std::string WithoutMarks(const std::string& text) {
  static const auto& marks = *new std::regex(R"((\|| v=)\d{9,}\.\d+\.\d+)");
  return std::regex_replace(text, marks, "");
}

}  // namespace

std::string Flatten(const Reply& reply) {
  switch (reply.type) {
    case Reply::Type::kNil:
      return "(nil)";
    case Reply::Type::kInteger:
      return absl::StrCat(reply.integer);
    case Reply::Type::kArray:
      return absl::StrCat("[",
                          absl::StrJoin(reply.elements, " ",
                                        [](std::string* out, const Reply& element) {
                                          out->append(Flatten(element));
                                        }),
                          "]");
    default:
      return reply.text;
  }
}

std::unique_ptr<support::RedisServer> FunctionTest::server_;

void FunctionTest::SetUpTestSuite() {
  absl::StatusOr<std::unique_ptr<support::RedisServer>> server =
      support::RedisServer::Start({support::AppendFsync::kEverySecond, {}});
  ASSERT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
}

void FunctionTest::TearDownTestSuite() {
  server_.reset();
}

void FunctionTest::SetUp() {
  ASSERT_NE(server_, nullptr);
  platform::redis::ClientOptions options;
  options.url = server_->url();
  auto client = platform::redis::Client::Create(
      options, [](platform::redis::Connection&) { return absl::OkStatus(); });
  ASSERT_TRUE(client.ok()) << client.status();
  client_ = *std::move(client);
  Run(Command{"FLUSHALL"});
  Run(Command{"FUNCTION", "FLUSH"});
  ASSERT_EQ(Run(Command{"FUNCTION", "LOAD", library_.text()}).text, library_.name());
  ASSERT_EQ(Run(Call{"open_shard", {shard_.Meta(), shard_.Outbox()}, {"abcdef", "0"}}).integer, 1);
  ASSERT_EQ(AnswerOf({"create_workspace",
                      {shard_.Meta(), shard_.Workspaces(), acme_.Workspace()},
                      {"acme", "Acme", "0", "100", absl::StrCat(kNow)}}),
            0);
  Adopt("yaml 1", 1,
        {QueueRow("field|direct|60000|30000|"), QueueRow("inside|offer|60000|30000|")});
}

std::vector<Reply> FunctionTest::RunAll(const std::vector<Command>& commands) {
  const auto replies = client_->Run(commands);
  EXPECT_TRUE(replies.ok()) << replies.status();
  return replies.ok() ? *replies : std::vector<Reply>(commands.size());
}

Reply FunctionTest::Run(const Command& command) {
  return RunAll({command}).front();
}

Reply FunctionTest::Run(const Call& call) {
  if (call.function != "plan") return Run(library_.Call(call.function, call.keys, call.args));
  const Reply reply = Run(Together({call}));
  return reply.is_error() ? reply : reply.elements.at(0);
}

int64_t FunctionTest::AnswerOf(const Call& call) {
  const Reply reply = Run(call);
  if (reply.is_error() || reply.elements.empty()) {
    ADD_FAILURE() << call.function << ": " << Flatten(reply);
    return -1;
  }
  return reply.elements[0].integer;
}

Dump FunctionTest::DumpAll() {
  std::vector<std::string> keys;
  std::vector<Command> commands;
  for (const Reply& key : Run(Command{"KEYS", "*"}).elements) {
    keys.push_back(key.text);
    commands.push_back({"TYPE", key.text});
  }
  const std::vector<Reply> types = RunAll(commands);
  commands.clear();
  for (size_t i = 0; i < keys.size(); ++i) commands.push_back(ReadAll(types[i].text, keys[i]));
  const std::vector<Reply> contents = RunAll(commands);
  Dump dump;
  for (size_t i = 0; i < keys.size(); ++i) {
    const std::string& type = types[i].text;
    const bool pairs = type == "hash" || type == "zset";
    const std::string text = pairs           ? Sorted(contents[i], 2)
                             : type == "set" ? Sorted(contents[i], 1)
                                             : Flatten(contents[i]);
    dump[keys[i]] = absl::StrCat(type, ": ", WithoutMarks(text));
  }
  return dump;
}

Call FunctionTest::CreateRevision(const std::string& yaml, const std::string& tables) {
  return {"create_revision",
          {shard_.Meta(), acme_.Workspace(), acme_.Policies(), acme_.Drafts(), acme_.Tables()},
          {yaml, "inbound", "mia@acme.example", absl::StrCat(kNow), tables, "1"}};
}

Call FunctionTest::PutTable(const std::string& name) {
  return {"put_table",
          {shard_.Meta(), acme_.Workspace(), acme_.Tables(), acme_.TableTexts()},
          {name, std::string(64, 'a'), "key,value\n1,2\n", "1", "key,value", "mia@acme.example",
           absl::StrCat(kNow)}};
}

Call FunctionTest::DeleteTable(const std::string& name) {
  return {"delete_table",
          {acme_.Workspace(), acme_.Tables(), acme_.TableTexts(), acme_.Policies()},
          {name, std::string(64, 'a')}};
}

Call FunctionTest::Approve(int64_t revision, const std::string& principal,
                           const std::string& role) {
  return {"approve_revision",
          {shard_.Meta(), acme_.Workspace()},
          {absl::StrCat(revision), "", principal, role, absl::StrCat(kNow)}};
}

Call FunctionTest::Activate(int64_t revision, int64_t activation, const std::string& kind,
                            const std::vector<std::string>& queues) {
  const std::string fingerprint = Run(Command{"HGET", acme_.Revision(revision), "hash"}).text;
  Call call{"activate_policy",
            {shard_.Meta(), acme_.Workspace(), acme_.Policies(), acme_.Drafts()},
            {absl::StrCat(revision), fingerprint, absl::StrCat(activation), kind,
             "sam@acme.example", "", absl::StrCat(kNow)}};
  call.args.insert(call.args.end(), queues.begin(), queues.end());
  return call;
}

void FunctionTest::Adopt(const std::string& yaml, int64_t number,
                         const std::vector<std::string>& queues) {
  ASSERT_EQ(AnswerOf(CreateRevision(yaml)), 0);
  ASSERT_EQ(AnswerOf(Approve(number, "mia@acme.example", "marketing")), 0);
  ASSERT_EQ(AnswerOf(Approve(number, "sam@acme.example", "sales")), 0);
  ASSERT_EQ(AnswerOf(Activate(number, number, "activate", queues)), 0);
}

Call FunctionTest::StartShadow(int64_t revision) {
  return {"start_shadow",
          {shard_.Meta(), acme_.Workspace()},
          {absl::StrCat(revision), "mia@acme.example", absl::StrCat(kNow)}};
}

Call FunctionTest::WithStep(const std::string& step, Call plan) {
  plan.args[11] = step;
  return plan;
}

void FunctionTest::PutRep(const std::string& rep, const std::string& row) {
  const Call call{"put_rep", {acme_.Workspace(), acme_.Reps()}, {rep, "-1", row, "20000"}};
  ASSERT_EQ(AnswerOf(call), 0);
}

Call FunctionTest::Commit(const std::string& lead, const std::string& plan,
                          const std::vector<std::string>& changes, const std::string& waiting) {
  Call call{"plan",
            {shard_.Meta(), shard_.Outbox(), shard_.Timers(), acme_.Workspace(), acme_.Leads(),
             acme_.Lead(LeadNamed(lead)), acme_.Journey(LeadNamed(lead))},
            {"acme", lead, absl::StrCat(plan, "|", waiting, "|0|0|0|0||", changes.size()),
             "1000|100|100", "", "", "FACTS", "ORIGIN", "SCORES", "JUDGMENT", "OWN", "", "|"}};
  for (const std::string& change : changes) {
    call.args.push_back(change);
    call.args.push_back("DETAILS");
  }
  call.args.push_back("INPUT");
  return call;
}

Call FunctionTest::Qualify(const std::string& lead, int priority) {
  return Commit(lead,
                absl::StrCat("0|1|offer|0|0|0|1|0|1|1|MQL|1|inside|0|none|0|", priority, "||"),
                {"qualified|MQL|inside||0"});
}

Call Together(const std::vector<Call>& plans) {
  constexpr size_t kShared = 3;  // keys
  Call commit{"commit", {}, {absl::StrCat(plans[0].clock)}};
  for (const Call& plan : plans) {
    const size_t first = commit.keys.empty() ? 0 : std::min(kShared, plan.keys.size());
    commit.keys.insert(commit.keys.end(), plan.keys.begin() + static_cast<std::ptrdiff_t>(first),
                       plan.keys.end());
    commit.args.push_back(absl::StrCat(plan.args.size()));
    commit.args.insert(commit.args.end(), plan.args.begin(), plan.args.end());
  }
  return commit;
}

std::string QueueRow(const std::string& row) {
  return absl::StrCat(row, "|weighted_fair|1||0||0|0|1|100");
}

core::LeadId LeadNamed(const std::string& id) {
  return core::LeadId::Trusted(id);
}
core::RepId RepNamed(const std::string& id) {
  return core::RepId::Trusted(id);
}
core::QueueId QueueNamed(const std::string& id) {
  return core::QueueId::Trusted(id);
}

}  // namespace baton::contract
