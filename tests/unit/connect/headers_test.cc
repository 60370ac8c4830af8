#include "connect/headers.h"

namespace baton::connect {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(HeadersTest, NamesOfAServiceBecomeMetadata) {
  EXPECT_THAT(MetadataOf({{"authorization", "Bearer x"}, {"x-a", "1"}, {"x-a", "2"}}),
              ElementsAre(Pair("authorization", "Bearer x"), Pair("x-a", "1"), Pair("x-a", "2")));
}

TEST(HeadersTest, WhatBelongsToTheWireStaysThere) {
  EXPECT_THAT(MetadataOf({{"host", "h"},
                          {"content-type", "application/json"},
                          {"connect-timeout-ms", "5"},
                          {"grpc-timeout", "1S"},
                          {"grpc-status-details-bin", "AA"},
                          {"sec-fetch-mode", "cors"},
                          {"cookie", "a=b"}}),
              IsEmpty());
}

TEST(HeadersTest, NobodyVouchesForItself) {
  EXPECT_THAT(MetadataOf({{"baton-peer-bin", "ZG5zOmNybQ"}}), IsEmpty());
}

TEST(HeadersTest, AConnectionNamesItsOwn) {
  EXPECT_THAT(MetadataOf({{"connection", "keep-alive, X-Hop"}, {"x-hop", "1"}, {"x-b", "2"}}),
              ElementsAre(Pair("x-b", "2")));
}

TEST(HeadersTest, BinaryValuesAreBytes) {
  EXPECT_THAT(MetadataOf({{"a-bin", "AAE="}, {"b-bin", "AAE, /w"}, {"c-bin", "?"}}),
              ElementsAre(Pair("a-bin", std::string("\0\1", 2)),
                          Pair("b-bin", std::string("\0\1", 2)), Pair("b-bin", "\xff")));
}

TEST(HeadersTest, WhatGrpcCannotCarryIsLeftOut) {
  EXPECT_THAT(MetadataOf({{"x-city", "Z\xc3\xbcrich"}, {"a b", "1"}, {"", "1"}}), IsEmpty());
}

TEST(HeadersTest, MetadataOfAServiceBecomesHeaders) {
  EXPECT_THAT(HeadersOf({{"x-a", "1"}, {"b-bin", std::string("\0\1", 2)}, {"content-length", "9"}}),
              ElementsAre(Pair("x-a", "1"), Pair("b-bin", "AAE")));
  EXPECT_THAT(HeadersOf({{"x-a", "1\r\nset-cookie: b"}}), IsEmpty());
  EXPECT_THAT(HeadersOf({{"x-a", "1"}}, "trailer-"), ElementsAre(Pair("trailer-x-a", "1")));
}

TEST(HeadersTest, ListsOfEncodingsAreRead) {
  EXPECT_TRUE(Takes("br, GZIP;q=0.5", "gzip"));
  EXPECT_TRUE(Takes("gzip", "gzip"));
  EXPECT_FALSE(Takes("gzip;q=0", "gzip"));
  EXPECT_FALSE(Takes("gzip; q=0.00", "gzip"));
  EXPECT_FALSE(Takes("xgzip, br", "gzip"));
  EXPECT_FALSE(Takes("", "gzip"));
}

}  // namespace
}  // namespace baton::connect
