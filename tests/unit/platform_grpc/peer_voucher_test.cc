#include "platform/grpc/peer_voucher.h"

namespace baton::platform::rpc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

TEST(PeerVoucherTest, WhatItIssuedItOpens) {
  const PeerVoucher voucher;
  EXPECT_THAT(voucher.Open(voucher.Issue({"dns:crm", "uri:spiffe://a/b"})),
              Optional(ElementsAre("dns:crm", "uri:spiffe://a/b")));
  EXPECT_THAT(voucher.Open(voucher.Issue({})), Optional(IsEmpty()));
}

TEST(PeerVoucherTest, NobodyElseCanMakeIt) {
  const PeerVoucher voucher, other;
  const std::string foreign = other.Issue({"dns:crm"});
  EXPECT_EQ(voucher.Open(foreign), std::nullopt);
  EXPECT_EQ(voucher.Open(""), std::nullopt);
  EXPECT_EQ(voucher.Open("dns:crm"), std::nullopt);
  EXPECT_EQ(voucher.Open(std::string(40, '\0')), std::nullopt);
}

}  // namespace
}  // namespace baton::platform::rpc
