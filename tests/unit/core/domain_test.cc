#include "core/domain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/free_mail.h"

namespace baton::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(DomainTest, ADomainHasOneSpelling) {
  EXPECT_EQ(NormalDomain(" ACME.Example. "), "acme.example");
  EXPECT_EQ(NormalDomain("www.www.acme.example"), "acme.example");
  EXPECT_EQ(NormalDomain("Bücher.example"), "xn--bcher-kva.example");
  EXPECT_EQ(NormalDomain("xn--bcher-kva.example"), "xn--bcher-kva.example");
}

TEST(DomainTest, WhatIsNoDomainIsEmpty) {
  for (const char* text : {"", ".", "acme", "www.acme", "10.0.0.1", "acme..example", "-a.example",
                           "a b.example", "acme.example/about", "[::1]", "\xff\xfe.example"}) {
    EXPECT_EQ(NormalDomain(text), "") << text;
  }
  EXPECT_EQ(NormalDomain(std::string(64, 'a') + ".example"), "");
  std::string deep;
  for (int i = 0; i < 130; ++i) deep += "a.";
  EXPECT_EQ(NormalDomain(deep + "example"), "");
  EXPECT_EQ(NormalDomain(std::string(2000, 'a')), "");
  std::string labels = "ü";
  for (int i = 0; i < kIdnaLabelsMax; ++i) labels += ".a";
  EXPECT_EQ(NormalDomain(labels), "");
  EXPECT_EQ(NormalDomain(labels.substr(0, labels.size() - 2)).substr(0, 10), "xn--tda.a.");
  EXPECT_EQ(NormalDomain(std::string("a\0b.example", 11)), "");
}

TEST(DomainTest, AnAddressAndAWebsiteNameTheirDomain) {
  EXPECT_EQ(DomainOfEmail("Ada.Lovelace@Acme.Example"), "acme.example");
  EXPECT_EQ(DomainOfEmail("\"a@b\"@acme.example"), "acme.example");
  EXPECT_EQ(DomainOfEmail("acme.example"), "");
  EXPECT_EQ(DomainOfWebsite("https://user@www.acme.example:8443/about?x#y"), "acme.example");
  EXPECT_EQ(DomainOfWebsite("acme.example/"), "acme.example");
}

TEST(DomainTest, TheRegisteredPartStandsBelowAPublicSuffix) {
  EXPECT_THAT(LookupDomains("mail.acme.co.uk"), ElementsAre("mail.acme.co.uk", "acme.co.uk"));
  EXPECT_THAT(LookupDomains("acme.de"), ElementsAre("acme.de"));
  EXPECT_THAT(LookupDomains("co.uk"), IsEmpty());
  EXPECT_FALSE(IsRegistrable("co.uk"));
  EXPECT_TRUE(IsRegistrable("acme.co.uk"));
}

TEST(DomainTest, OfADeepDomainTheFirstAndTheLastOnesAreLookedUp) {
  EXPECT_THAT(LookupDomains("a.b.c.d.e.acme.de"),
              ElementsAre("a.b.c.d.e.acme.de", "d.e.acme.de", "e.acme.de", "acme.de"));
}

TEST(FreeMailTest, ProvidersForEverybodyAreKnownAndCompaniesAreNot) {
  for (const char* domain : {"gmail.com", "web.de", "gmx.net", "hotmail.co.uk", "mailinator.com"}) {
    EXPECT_TRUE(IsFreeMail(domain)) << domain;
  }
  for (const char* domain : {"acme.de", "google.com", "mail.acme.de", "", "zzz.example"}) {
    EXPECT_FALSE(IsFreeMail(domain)) << domain;
  }
}

TEST(NormalEmailTest, OneAddressHasOneSpelling) {
  EXPECT_EQ(NormalEmail(" Ann.Lee@WWW.Acme.Example. "), "ann.lee@acme.example");
  EXPECT_EQ(NormalEmail("ann@b\xc3\xbc"
                        "cher.example"),
            "ann@xn--bcher-kva.example");
  for (const char* none : {"", "ann", "@acme.example", "ann@", "ann@acme", "ann@1.2.3.4"}) {
    EXPECT_EQ(NormalEmail(none), "") << none;
  }
}

}  // namespace
}  // namespace baton::core
