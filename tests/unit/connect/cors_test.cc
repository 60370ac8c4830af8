#include "connect/cors.h"

namespace baton::connect {
namespace {

using testing::Optional;

Request Asks(const std::string& origin) {
  Request request;
  request.verb = "OPTIONS";
  request.headers = {{"origin", origin},
                     {"access-control-request-method", "POST"},
                     {"access-control-request-headers", "authorization,content-type"}};
  return request;
}

std::optional<absl::string_view> AllowedIn(const Response& response) {
  return Find(response.headers, "access-control-allow-origin");
}

TEST(CorsTest, NoPageMayCallUnlessItIsListed) {
  const auto answer = Cors().Preflight(Asks("https://app.acme.example"));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 403);
  EXPECT_EQ(AllowedIn(*answer), std::nullopt);
}

TEST(CorsTest, AListedPageMayCall) {
  const Cors cors = Cors::Parse("https://app.acme.example, http://localhost:5173").value();
  const auto answer = cors.Preflight(Asks("http://localhost:5173"));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 204);
  EXPECT_THAT(AllowedIn(*answer), Optional(absl::string_view("http://localhost:5173")));
  EXPECT_THAT(Find(answer->headers, "access-control-allow-headers"),
              Optional(absl::string_view("authorization,content-type")));
  EXPECT_EQ(cors.Preflight(Asks("https://evil.example"))->status, 403);
  EXPECT_EQ(cors.Preflight(Asks("https://app.acme.example.evil.example"))->status, 403);
}

TEST(CorsTest, NamesThatAreNoneAreNotRepeated) {
  Request asks = Asks("https://a.example");
  asks.headers[2].second = "x\tset-cookie: y";
  const auto answer = Cors::Parse("*")->Preflight(asks);
  EXPECT_EQ(Find(answer->headers, "access-control-allow-headers"), std::nullopt);
}

TEST(CorsTest, OnlyAnAllowedPageReadsTheAnswer) {
  const Cors cors = Cors::Parse("https://app.acme.example").value();
  Request request;
  request.headers = {{"origin", "https://app.acme.example"}};
  Response allowed;
  cors.Permit(request, allowed);
  EXPECT_THAT(AllowedIn(allowed), Optional(absl::string_view("https://app.acme.example")));
  request.headers[0].second = "https://evil.example";
  Response other;
  cors.Permit(request, other);
  EXPECT_EQ(AllowedIn(other), std::nullopt);
}

TEST(CorsTest, WhatIsNoPreflightIsLeftAlone) {
  Request request;
  request.verb = "POST";
  EXPECT_EQ(Cors().Preflight(request), std::nullopt);
  request.verb = "OPTIONS";
  EXPECT_EQ(Cors().Preflight(request), std::nullopt);
}

TEST(CorsTest, OriginsAreChecked) {
  EXPECT_TRUE(Cors::Parse("")->Preflight(Asks("https://a.example"))->status == 403);
  for (const char* origins : {"app.acme.example", "https://a.example/", "https://*.a.example",
                              "HTTPS://a.example", "https://"}) {
    EXPECT_FALSE(Cors::Parse(origins).ok()) << origins;
  }
}

}  // namespace
}  // namespace baton::connect
