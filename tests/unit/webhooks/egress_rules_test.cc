#include "webhooks/egress_rules.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "core/errors.h"

namespace baton::webhooks {
namespace {

using ::testing::HasSubstr;

EgressRules Rules(const std::string& hosts, const std::string& networks = "") {
  const auto rules = EgressRules::Parse(hosts, networks);
  EXPECT_TRUE(rules.ok()) << rules.status();
  return rules.value_or(EgressRules());
}

bool May(const EgressRules& rules, const std::string& address, bool tls = true) {
  sockaddr_storage storage = {};
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
  } else {
    EXPECT_EQ(inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr), 1) << address;
    v6->sin6_family = AF_INET6;
  }
  return rules.MayConnect(*reinterpret_cast<sockaddr*>(&storage), tls);
}

std::string Refusal(const EgressRules& rules, const std::string& url) {
  return std::string(rules.CheckUrl(url).message());
}

TEST(EgressRulesTest, WithoutHostsWebhooksAreOff) {
  const EgressRules rules = Rules(" , ");
  EXPECT_TRUE(rules.off());
  EXPECT_EQ(core::ErrorReason(rules.CheckUrl("https://a.example/")), "WEBHOOKS_OFF");
  EXPECT_THAT(Refusal(rules, "https://a.example/"), HasSubstr("webhooks.hosts"));
}

TEST(EgressRulesTest, OnlyListedHostsAreAccepted) {
  const EgressRules rules = Rules("hooks.Example.com, *.acme.example");
  EXPECT_EQ(Refusal(rules, "https://hooks.example.com/in?x=1"), "");
  EXPECT_EQ(Refusal(rules, "https://HOOKS.example.com:8443/"), "");
  EXPECT_EQ(Refusal(rules, "https://a.b.acme.example"), "");
  EXPECT_EQ(Refusal(rules, "HTTPS://a.acme.example/"), "");
  for (const char* url :
       {"https://acme.example/", "https://xacme.example/",
        "https://hooks.example.com.evil.example/", "https://hooks.example.com./",
        "https://evil.example/?hooks.example.com", "https://169.254.169.254/latest",
        "https://2130706433/", "https://[::1]/"}) {
    EXPECT_THAT(Refusal(rules, url), HasSubstr("webhooks.hosts")) << url;
  }
}

TEST(EgressRulesTest, UrlsAreHttpsAndCarryNoCredentials) {
  const EgressRules rules = Rules("a.example");
  EXPECT_THAT(Refusal(rules, "http://a.example/"), HasSubstr("https://"));
  EXPECT_THAT(Refusal(rules, "file:///etc/passwd"), HasSubstr("https://"));
  EXPECT_THAT(Refusal(rules, "https://me:secret@a.example/"), HasSubstr("no user"));
  EXPECT_THAT(Refusal(rules, "https://b.example@a.example/"), HasSubstr("no user"));
  EXPECT_THAT(Refusal(rules, "https://a.example/#top"), HasSubstr("fragment"));
  EXPECT_THAT(Refusal(rules, "https://a.example/\r\nx: y"), HasSubstr("printable"));
  EXPECT_THAT(Refusal(rules, "https://a.example/" + std::string(kUrlBytesMax, 'x')),
              HasSubstr("2048"));
  EXPECT_EQ(Refusal(Rules("a.example", "10.0.0.0/8"), "http://a.example/"), "");
}

TEST(EgressRulesTest, InternalAddressesAreNotReached) {
  const EgressRules rules = Rules("a.example");
  for (const char* address : {"0.0.0.0",
                              "10.1.2.3",
                              "100.64.0.1",
                              "100.127.255.255",
                              "127.0.0.1",
                              "127.255.0.9",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.0.0.8",
                              "192.168.1.1",
                              "198.18.0.1",
                              "203.0.113.7",
                              "224.0.0.1",
                              "239.1.2.3",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "::ffff:127.0.0.1",
                              "::ffff:10.0.0.1",
                              "::127.0.0.1",
                              "64:ff9b::a00:1",
                              "fc00::1",
                              "fd12:3456::1",
                              "fe80::1",
                              "ff02::1",
                              "2001:db8::1",
                              "2002:a00:1::1",
                              "2001:0:1::1"}) {
    EXPECT_FALSE(May(rules, address)) << address;
  }
}

TEST(EgressRulesTest, PublicAddressesAreReachedWithTls) {
  const EgressRules rules = Rules("a.example");
  for (const char* address :
       {"8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "193.0.0.1",
        "::ffff:8.8.8.8", "2a00:1450::1", "2606:4700::1111"}) {
    EXPECT_TRUE(May(rules, address)) << address;
    EXPECT_FALSE(May(rules, address, false)) << address;
  }
}

TEST(EgressRulesTest, ListedNetworksAreReachedAlsoWithoutTls) {
  const EgressRules rules = Rules("a.example", "10.1.0.0/15, fd00::/8,127.0.0.1");
  for (const char* address : {"10.0.5.5", "10.1.5.5", "::ffff:10.1.5.5", "fd99::1", "127.0.0.1"}) {
    EXPECT_TRUE(May(rules, address)) << address;
    EXPECT_TRUE(May(rules, address, false)) << address;
  }
  for (const char* address : {"10.2.0.0", "127.0.0.2", "fc00::1", "192.168.0.1"}) {
    EXPECT_FALSE(May(rules, address)) << address;
  }
}

TEST(EgressRulesTest, OtherKindsOfAddressesAreNone) {
  sockaddr address = {};
  address.sa_family = AF_UNIX;
  EXPECT_FALSE(Rules("a.example", "0.0.0.0/0,::/0").MayConnect(address, true));
}

TEST(EgressRulesTest, WhatIsNoHostOrNetworkIsNamed) {
  for (const char* hosts : {"https://a.example", "a.example/x", "*", "*.", "a b"}) {
    const auto rules = EgressRules::Parse(hosts, "");
    if (std::string(hosts) == "*.") {
      EXPECT_FALSE(Rules("*.").CheckUrl("https://a.example/").ok());
      continue;
    }
    EXPECT_THAT(std::string(rules.status().message()), HasSubstr(hosts));
  }
  for (const char* network : {"10.0.0.0/33", "10.0.0", "fd00::/129", "10.0.0.0/-1", "x/8", "/8"}) {
    const auto rules = EgressRules::Parse("a.example", network);
    EXPECT_THAT(std::string(rules.status().message()), HasSubstr(network));
  }
}

TEST(EgressRulesTest, SaysWhyNoConnectionIsMade) {
  sockaddr_in loopback = {};
  loopback.sin_family = AF_INET;
  loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto& address = reinterpret_cast<const sockaddr&>(loopback);
  const EgressRules rules = Rules("a.example", "10.0.0.0/8");
  EXPECT_THAT(rules.WhyNotConnect(address, true), HasSubstr("webhooks.internal_networks"));
  EXPECT_THAT(rules.WhyNotConnect(address, false), HasSubstr("http:// goes nowhere else"));
  EXPECT_EQ(Rules("a.example", "127.0.0.0/8").WhyNotConnect(address, false), "");
}

}  // namespace
}  // namespace baton::webhooks
