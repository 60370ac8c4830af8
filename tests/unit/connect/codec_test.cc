#include "connect/codec.h"

#include "baton/v1/lead_service.pb.h"
#include "connect/envelope.h"
#include "connect/gzip.h"
#include "connect/query.h"

namespace baton::connect {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

constexpr size_t kMax = 1000;

const google::protobuf::Descriptor& LeadRequest() {
  return *baton::v1::GetLeadRequest::descriptor();
}

TEST(CodecTest, JsonBecomesProtobufAndBack) {
  const auto binary =
      ReadMessage(LeadRequest(), Format::kJson, R"({"name":"workspaces/a/leads/b"})");
  ASSERT_TRUE(binary.ok());
  baton::v1::GetLeadRequest request;
  ASSERT_TRUE(request.ParseFromString(*binary));
  EXPECT_EQ(request.name(), "workspaces/a/leads/b");
  EXPECT_EQ(WriteMessage(LeadRequest(), Format::kJson, *binary).value(),
            R"({"name":"workspaces/a/leads/b"})");
}

TEST(CodecTest, AnUnknownFieldIsNamed) {
  const auto read = ReadMessage(LeadRequest(), Format::kJson, R"({"nmae":"x"})");
  EXPECT_EQ(read.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(read.status().message()), HasSubstr("nmae"));
}

TEST(CodecTest, WhatIsNoMessageIsRefused) {
  for (const char* text : {"", "{", "[]", "{} {}", R"({"name":7})", "\xff"}) {
    EXPECT_FALSE(ReadMessage(LeadRequest(), Format::kJson, text).ok()) << text;
  }
  EXPECT_FALSE(ReadMessage(LeadRequest(), Format::kJson, std::string(100'000, '[')).ok());
}

TEST(CodecTest, ProtobufIsNotReadBeforeItIsKnownWhoCalls) {
  EXPECT_EQ(ReadMessage(LeadRequest(), Format::kProto, "\x0a\xff").value(), "\x0a\xff");
}

TEST(CodecTest, ARefusalDoesNotRepeatWhatStandsInTheMessage) {
  const google::protobuf::Descriptor& type = *baton::v1::ListLeadsRequest::descriptor();
  for (const char* text :
       {R"({"page_size":"ada@acme.example"})", R"({"parent":"ada@acme.example" "x"})",
        R"({"parent":["ada@acme.example"]})", R"({"page_size":" for type ada@acme.example\nx"})",
        R"(ada@acme.example)"}) {
    const auto read = ReadMessage(type, Format::kJson, text);
    EXPECT_EQ(read.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(read.status().message()), Not(HasSubstr("acme.example"))) << text;
  }
  const auto read = ReadMessage(type, Format::kJson, R"({"page_size":"many"})");
  EXPECT_THAT(std::string(read.status().message()), HasSubstr("page_size"));
}

TEST(CodecTest, ProtobufPassesAsItIs) {
  EXPECT_EQ(ReadMessage(LeadRequest(), Format::kProto, "\x0a\x01z").value(), "\x0a\x01z");
}

TEST(EnvelopeTest, FramesComeBackInOrder) {
  const std::string bytes = Seal(0, "one") + Seal(kCompressed, "") + Seal(kEndOfStream, "{}");
  const auto frames = ReadEnvelopes(bytes);
  ASSERT_TRUE(frames.ok());
  ASSERT_EQ(frames->size(), 3u);
  EXPECT_EQ((*frames)[0].message, "one");
  EXPECT_EQ((*frames)[1].flags, kCompressed);
  EXPECT_EQ((*frames)[2].message, "{}");
}

TEST(EnvelopeTest, ACutFrameIsRefused) {
  EXPECT_FALSE(ReadEnvelopes(std::string("\0\0\0", 3)).ok());
  EXPECT_FALSE(ReadEnvelopes(std::string("\0\xff\xff\xff\xff\x01", 6)).ok());
  EXPECT_TRUE(ReadEnvelopes("")->empty());
}

TEST(GzipTest, WhatWasPackedIsUnpacked) {
  const std::string text(900, 'x');
  const std::string packed = Gzip(text);
  EXPECT_LT(packed.size(), 60u);
  EXPECT_EQ(Gunzip(packed, kMax).value(), text);
  EXPECT_EQ(Gunzip(Gzip(""), kMax).value(), "");
}

TEST(GzipTest, ABombIsNotUnpacked) {
  const auto unpacked = Gunzip(Gzip(std::string(50'000'000, '\0')), kMax);
  EXPECT_EQ(unpacked.status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(GzipTest, ExactlyTheCapIsTaken) {
  EXPECT_TRUE(Gunzip(Gzip(std::string(kMax, 'a')), kMax).ok());
  EXPECT_FALSE(Gunzip(Gzip(std::string(kMax + 1, 'a')), kMax).ok());
}

TEST(GzipTest, WhatIsNoGzipIsRefused) {
  const std::string packed = Gzip("hello");
  for (const std::string& bytes :
       {std::string(), std::string("hello"), packed.substr(0, packed.size() - 1), packed + "x"}) {
    EXPECT_EQ(Gunzip(bytes, kMax).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(QueryTest, ParametersAreUnescaped) {
  EXPECT_THAT(ParseQuery("a=%7B%7d&b=x+y&c&&d==").value(),
              ElementsAre(Pair("a", "{}"), Pair("b", "x y"), Pair("c", ""), Pair("d", "=")));
  EXPECT_FALSE(ParseQuery("a=%7").ok());
  EXPECT_FALSE(ParseQuery("a=%zz").ok());
}

}  // namespace
}  // namespace baton::connect
