#include "connect/call.h"

#include <nlohmann/json.hpp>

#include "baton/v1/assignment_service.pb.h"
#include "baton/v1/lead_service.pb.h"
#include "connect/answer.h"
#include "connect/envelope.h"
#include "connect/gzip.h"

namespace baton::connect {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;
using testing::Pair;

constexpr char kGet[] = "/baton.v1.LeadService/GetLead";
constexpr char kSubmit[] = "/baton.v1.LeadService/SubmitLeadEvents";
constexpr char kWatch[] = "/baton.v1.AssignmentService/WatchAssignments";

class CallTest : public testing::Test {
 protected:
  // Links the services in.
  CallTest()
      : methods_(
            {baton::v1::GetLeadRequest::descriptor()->file()->service(0)->full_name(),
             baton::v1::WatchAssignmentsRequest::descriptor()->file()->service(0)->full_name()}) {}
  Request Post(const std::string& path, const std::string& body, Headers more = {}) {
    Request request{"POST", path, {{"content-type", "application/json"}}, body, false, {}};
    request.headers.insert(request.headers.end(), more.begin(), more.end());
    return request;
  }
  Request PostStream(const std::string& body, Headers more = {}) {
    Request request = Post(kWatch, body, std::move(more));
    request.headers[0].second = "application/connect+json";
    return request;
  }
  Call Taken(const Request& request) {
    auto read = ReadCall(methods_, rules_, request);
    EXPECT_TRUE(std::holds_alternative<Call>(read)) << std::get<Response>(read).body;
    return std::get<Call>(read);
  }
  Response Refusal(const Request& request) {
    auto read = ReadCall(methods_, rules_, request);
    EXPECT_TRUE(std::holds_alternative<Response>(read));
    return std::get<Response>(read);
  }
  // The code of the error with which a stream ended at once.
  std::string EndOf(const Response& response) {
    EXPECT_EQ(response.status, 200);
    const auto frames = ReadEnvelopes(response.body).value();
    EXPECT_EQ(frames.back().flags, kEndOfStream);
    return json::parse(std::string(frames.back().message))["error"]["code"];
  }

  Methods methods_;
  CallRules rules_{.message_bytes_max = 1000};
};

TEST_F(CallTest, APostOfJsonIsACall) {
  const Call call = Taken(Post(kGet, R"({"name":"n"})",
                               {{"authorization", "Bearer x"},
                                {"accept-encoding", "gzip"},
                                {"connect-protocol-version", "1"},
                                {"connect-timeout-ms", "1500"}}));
  EXPECT_EQ(call.method->name(), "GetLead");
  EXPECT_EQ(call.message, "\x0a\x01n");
  EXPECT_EQ(call.timeout, absl::Milliseconds(1500));
  EXPECT_TRUE(call.gzip);
  EXPECT_THAT(call.metadata, ElementsAre(Pair("authorization", "Bearer x")));
}

TEST_F(CallTest, TheCharsetMayBeSaid) {
  Request request = Post(kGet, "{}");
  request.headers[0].second = "Application/JSON; charset=UTF-8";
  Taken(request);
  request.headers[0].second = "application/json; charset=latin1";
  EXPECT_EQ(Refusal(request).status, 415);
}

TEST_F(CallTest, AReadCanBeAGet) {
  Request request{
      "GET", std::string(kGet) + "?connect=v1&encoding=json&message=%7B%22name%22%3A%22n%22%7D",
      {},    "",
      false, {}};
  EXPECT_EQ(Taken(request).message, "\x0a\x01n");
  request.target = std::string(kGet) + "?encoding=proto&base64=1&message=CgFu";
  EXPECT_EQ(Taken(request).message, "\x0a\x01n");
  for (const char* query :
       {"", "?", "?encoding=xml&message={}", "?encoding=json", "?encoding=json&message=%",
        "?encoding=json&message=[&connect=v2", "?encoding=proto&base64=1&message=!"}) {
    request.target = std::string(kGet) + query;
    EXPECT_EQ(Refusal(request).status, 400) << query;
  }
}

TEST_F(CallTest, WhatChangesSomethingIsNoGet) {
  for (const char* path : {kSubmit, kWatch}) {
    const Response refusal =
        Refusal({"GET", std::string(path) + "?encoding=json&message={}", {}, "", false, {}});
    EXPECT_EQ(refusal.status, 405);
    EXPECT_THAT(Find(refusal.headers, "allow"), Optional(absl::string_view("POST")));
  }
  Request request = Post(kGet, "{}");
  request.verb = "DELETE";
  EXPECT_THAT(Find(Refusal(request).headers, "allow"), Optional(absl::string_view("GET, POST")));
}

TEST_F(CallTest, AnUnknownPathIsNotFound) {
  for (const char* path : {"/", "", "/baton.v1.LeadService", "/baton.v1.LeadService/GetLead/",
                           "/baton.v1.leadservice/GetLead", "/baton.v1.RosterService/GetRep"}) {
    const Response refusal = Refusal(Post(path, "{}"));
    EXPECT_EQ(refusal.status, 404) << path;
    EXPECT_EQ(json::parse(refusal.body)["code"], "unimplemented");
  }
}

TEST_F(CallTest, AnUnknownTypeIsUnsupported) {
  Request request = Post(kGet, "{}");
  for (const char* type : {"", "text/plain", "application/grpc", "application/connect+json"}) {
    request.headers[0].second = type;
    const Response refusal = Refusal(request);
    EXPECT_EQ(refusal.status, 415) << type;
    EXPECT_THAT(Find(refusal.headers, "accept-post"),
                Optional(absl::string_view("application/json, application/proto")));
  }
}

TEST_F(CallTest, AWrongProtocolIsRefused) {
  EXPECT_EQ(Refusal(Post(kGet, "{}", {{"connect-protocol-version", "2"}})).status, 400);
  for (const char* timeout : {"", "x", "-1", "12345678901"}) {
    EXPECT_EQ(Refusal(Post(kGet, "{}", {{"connect-timeout-ms", timeout}})).status, 400) << timeout;
  }
  const Response refusal = Refusal(Post(kGet, "{}", {{"content-encoding", "br"}}));
  EXPECT_EQ(refusal.status, 501);
  EXPECT_THAT(refusal.body, HasSubstr("use gzip"));
}

TEST_F(CallTest, ACompressedMessageIsUnpackedWithinTheCap) {
  const Headers gzip = {{"content-encoding", "gzip"}};
  EXPECT_EQ(Taken(Post(kGet, Gzip(R"({"name":"n"})"), gzip)).message, "\x0a\x01n");
  EXPECT_EQ(Refusal(Post(kGet, Gzip(std::string(5000, ' ') + "{}"), gzip)).status, 429);
  EXPECT_EQ(Refusal(Post(kGet, "{}", gzip)).status, 400);
}

TEST_F(CallTest, TooLargeIsSaid) {
  EXPECT_EQ(Refusal(Post(kGet, std::string(2000, ' ') + "{}")).status, 429);
  Request request = Post(kGet, "");
  request.too_large = true;
  const Response refusal = Refusal(request);
  EXPECT_EQ(refusal.status, 413);
  EXPECT_EQ(json::parse(refusal.body)["code"], "resource_exhausted");
  request = PostStream("");
  request.too_large = true;
  EXPECT_EQ(EndOf(Refusal(request)), "resource_exhausted");
}

TEST_F(CallTest, AStreamIsAskedForByOneEnvelope) {
  EXPECT_EQ(Taken(PostStream(Seal(0, R"({"parent":"p"})"))).message, "\x0a\x01p");
  EXPECT_EQ(Taken(PostStream(Seal(kCompressed, Gzip(R"({"parent":"p"})")),
                             {{"connect-content-encoding", "gzip"}}))
                .message,
            "\x0a\x01p");
  EXPECT_EQ(EndOf(Refusal(PostStream(""))), "unimplemented");
  EXPECT_EQ(EndOf(Refusal(PostStream(Seal(0, "{}") + Seal(0, "{}")))), "unimplemented");
  EXPECT_EQ(EndOf(Refusal(PostStream("abc"))), "invalid_argument");
  EXPECT_EQ(EndOf(Refusal(PostStream(Seal(kCompressed, "{}")))), "internal");
  EXPECT_EQ(EndOf(Refusal(PostStream(Seal(kEndOfStream, "{}")))), "invalid_argument");
}

TEST_F(CallTest, WhereCallersAreBelievedItIsCalledAsLocalhost) {
  rules_.local_hosts_only = true;
  for (const char* host :
       {"localhost", "localhost:7402", "127.0.0.1:7402", "[::1]:7402", "[::1]"}) {
    Taken(Post(kGet, "{}", {{"host", host}}));
  }
  for (const char* host : {"", "evil.example", "localhost.evil.example:7402", "128.0.0.1",
                           "127.evil.example", "127.0.0.1.evil.example:7402", "127."}) {
    EXPECT_EQ(Refusal(Post(kGet, "{}", {{"host", host}})).status, 403) << host;
  }
}

TEST_F(CallTest, AnAnswerIsWrittenAsItWasAskedFor) {
  Call call = Taken(Post(kGet, "{}", {{"accept-encoding", "gzip"}}));
  Outcome outcome;
  outcome.trailers = {{"x-t", "1"}};
  outcome.message =
      "\x0a\x04\x0a\x02"
      "ab";
  Response answer = Answer(call, outcome);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"lead":{"name":"ab"}})");
  EXPECT_THAT(Find(answer.headers, "trailer-x-t"), Optional(absl::string_view("1")));
  EXPECT_THAT(Find(answer.headers, "cache-control"), Optional(absl::string_view("no-store")));
  outcome.status = ::grpc::Status(::grpc::StatusCode::UNAUTHENTICATED, "who?");
  answer = Answer(call, outcome);
  EXPECT_EQ(answer.status, 401);
  EXPECT_THAT(Find(answer.headers, "www-authenticate"), Optional(absl::string_view("Bearer")));
}

TEST_F(CallTest, ALongAnswerIsCompressedForWhoTakesIt) {
  Call call = Taken(Post(kGet, "{}", {{"accept-encoding", "gzip"}}));
  Outcome outcome;
  outcome.message = "\x0a\xe3\x0f\x0a\xe0\x0f" + std::string(2016, 'x');
  const Response answer = Answer(call, outcome);
  EXPECT_THAT(Find(answer.headers, "content-encoding"), Optional(absl::string_view("gzip")));
  EXPECT_THAT(Gunzip(answer.body, 10'000).value(), HasSubstr("xxxx"));
}

}  // namespace
}  // namespace baton::connect
