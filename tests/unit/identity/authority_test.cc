#include "identity/authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/time/clock.h"
#include "core/errors.h"
#include "token_maker.h"

namespace baton::identity {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kClients[] = R"(
clients:
  - {name: "dns:crm.acme.internal", principal: crm, roles: [service], workspaces: [acme]}
  - {name: "uri:spiffe://acme/ops", principal: ops, roles: [admin], workspaces: ["*"]}
)";
constexpr char kMethods[] = "methods: {baton.v1.LeadService: {GetLead: [rep, service]}}\n";

class AuthorityTest : public ::testing::Test {
 protected:
  AuthorityTest() {
    std::filesystem::create_directories(folder_);
    settings_.key_set_file = Write("jwks.json", KeySetOf({&first_}));
    settings_.clients_file = Write("clients.yaml", kClients);
    settings_.methods_file = Write("methods.yaml", kMethods);
    settings_.token_rules.issuer = "https://id.example";
    settings_.token_rules.audience = "baton";
  }
  ~AuthorityTest() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = folder_ + name;
    std::ofstream(path + ".new") << text;
    std::filesystem::rename(path + ".new", path);
    return path;
  }
  std::string Bearer(const Signer& signer) const {
    return "Bearer " + signer.Sign({{"iss", "https://id.example"},
                                    {"aud", "baton"},
                                    {"sub", "ada"},
                                    {"exp", absl::ToUnixSeconds(now_ + absl::Hours(24))},
                                    {"roles", "sales"}});
  }
  absl::StatusOr<Principal> Identify(const Authority& authority, Evidence evidence) const {
    return authority.Identify(evidence, now_);
  }
  // Why the settings are refused.
  std::string Refusal() const {
    const auto opened = Authority::Open(settings_);
    return opened.ok() ? "" : std::string(opened.status().message());
  }

  const std::string folder_ = testing::TempDir() + "authority/";
  const Signer first_{"EdDSA", "first"};
  const Signer second_{"ES256", "second"};
  const absl::Time now_ = absl::Now();
  AuthoritySettings settings_;
};

TEST_F(AuthorityTest, NobodyHasNoCredentials) {
  const auto authority = *Authority::Open(settings_);
  const absl::Status nobody = Identify(*authority, {}).status();
  EXPECT_EQ(nobody.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(core::ErrorReason(nobody), "CREDENTIALS_MISSING");
  Evidence stated;
  stated.stated_principal = "root";
  stated.stated_roles = "admin";
  EXPECT_EQ(core::ErrorReason(Identify(*authority, stated).status()), "CREDENTIALS_MISSING");
}

TEST_F(AuthorityTest, ATokenOrACertificateSaysWhoCalls) {
  const auto authority = *Authority::Open(settings_);
  Evidence evidence;
  evidence.names = {"dns:other.acme.internal", "dns:crm.acme.internal"};
  const auto crm = Identify(*authority, evidence);
  ASSERT_TRUE(crm.ok()) << crm.status();
  EXPECT_EQ(crm->id, "crm");
  EXPECT_THAT(crm->roles, ElementsAre(Role::kService));
  evidence.authorization = Bearer(first_);
  EXPECT_EQ(Identify(*authority, evidence)->id, "ada");  // for whom the service calls
  evidence.authorization = "Basic " + Bearer(first_).substr(7);
  EXPECT_EQ(core::ErrorReason(Identify(*authority, evidence).status()), "INVALID_TOKEN");
}

TEST_F(AuthorityTest, ANameOfAnotherTypeOrOfTwoPrincipalsIsUnknown) {
  const auto authority = *Authority::Open(settings_);
  for (const std::vector<std::string>& names :
       {std::vector<std::string>{"uri:crm.acme.internal"},
        {"dns:crm.acme.internal.evil.example"},
        {"dns:crm.acme.internal", "uri:spiffe://acme/ops"}}) {
    Evidence evidence;
    evidence.names = names;
    EXPECT_EQ(core::ErrorReason(Identify(*authority, evidence).status()), "UNKNOWN_CLIENT");
  }
}

TEST_F(AuthorityTest, KeysRotateAndARemovedKeyEndsItsTokens) {
  const auto authority = *Authority::Open(settings_);
  Evidence old, renewed;
  old.authorization = Bearer(first_);
  renewed.authorization = Bearer(second_);
  EXPECT_TRUE(Identify(*authority, old).ok());
  EXPECT_FALSE(Identify(*authority, renewed).ok());
  Write("jwks.json", KeySetOf({&first_, &second_}));
  authority->Reload(now_);
  EXPECT_TRUE(Identify(*authority, old).ok());
  EXPECT_TRUE(Identify(*authority, renewed).ok());
  Write("jwks.json", KeySetOf({&second_}));
  authority->Reload(now_);
  EXPECT_EQ(core::ErrorReason(Identify(*authority, old).status()), "UNKNOWN_KEY");
}

TEST_F(AuthorityTest, ABrokenFileKeepsTheOldKeysForAWhileThenNobodyIsLetIn) {
  settings_.stale_max = absl::Minutes(10);
  const auto authority = *Authority::Open(settings_);
  Evidence evidence;
  evidence.authorization = Bearer(first_);
  for (const bool missing : {false, true}) {
    Write("jwks.json", "half a fi");
    if (missing) std::filesystem::remove(settings_.key_set_file);
    authority->Reload(now_ + absl::Minutes(9));
    EXPECT_TRUE(authority->Identify(evidence, now_ + absl::Minutes(9)).ok());
    const auto late = authority->Identify(evidence, now_ + absl::Minutes(11));
    EXPECT_EQ(late.status().code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(core::ErrorReason(late.status()), "KEYS_STALE");
  }
  Write("jwks.json", KeySetOf({&first_}));
  authority->Reload(now_ + absl::Minutes(12));
  EXPECT_TRUE(authority->Identify(evidence, now_ + absl::Minutes(12)).ok());
}

TEST_F(AuthorityTest, ABrokenPolicyKeepsTheOldOne) {
  const auto authority = *Authority::Open(settings_);
  Principal crm;
  crm.id = "crm";
  crm.roles = {Role::kService, Role::kRep};
  const std::string get = "baton.v1.LeadService/GetLead";
  EXPECT_THAT(*authority->RolesFor(crm, get), ElementsAre(Role::kRep, Role::kService));
  Write("methods.yaml", "methods: {baton.v1.LeadService: {GetLead: [boss]}}\n");
  authority->Reload(now_);
  EXPECT_TRUE(authority->RolesFor(crm, get).ok());
  Write("methods.yaml", "methods: {}\n");
  authority->Reload(now_);
  EXPECT_EQ(core::ErrorReason(authority->RolesFor(crm, get).status()), "METHOD_DENIED");
}

TEST_F(AuthorityTest, WhatIsNotListedIsDenied) {
  const auto authority = *Authority::Open(settings_);
  Principal root;
  root.id = "root";
  root.roles = {Role::kAdmin, Role::kMarketing, Role::kSales, Role::kRep, Role::kService};
  for (const char* method :
       {"", "baton.v1.LeadService/ListLeads", "baton.v1.LeadService/getlead", "/", "GetLead"}) {
    const absl::Status denied = authority->RolesFor(root, method).status();
    EXPECT_EQ(denied.code(), absl::StatusCode::kPermissionDenied) << method;
  }
}

TEST_F(AuthorityTest, FilesThatCannotBeUsedAreNamedAtTheStart) {
  Write("methods.yaml", "methods:\n  a: {b: [boss]}\n");
  EXPECT_THAT(Refusal(), HasSubstr("methods.yaml: line 2: roles are marketing"));
  Write("methods.yaml", "method: {}\n");
  EXPECT_THAT(Refusal(), HasSubstr("unknown key method"));
  Write("methods.yaml", "methods: {a: {b: [rep], b: [admin]}}\n");
  EXPECT_THAT(Refusal(), HasSubstr("twice"));
  Write("methods.yaml", "methods: [\n");
  EXPECT_THAT(Refusal(), HasSubstr("is not YAML"));
  Write("methods.yaml", kMethods);
  Write("clients.yaml", "clients:\n  - {name: crm, principal: crm}\n");
  EXPECT_THAT(Refusal(), HasSubstr("clients.yaml: line 2: name begins with dns: or uri:"));
  Write("clients.yaml", "clients:\n  - {name: 'dns:a', principal: a, role: [admin]}\n");
  EXPECT_THAT(Refusal(), HasSubstr("unknown key role"));
  Write("clients.yaml", "clients:\n  - {name: 'dns:a', principal: a, roles: [rep]}\n");
  EXPECT_THAT(Refusal(), HasSubstr("which rep it is"));
  Write("clients.yaml",
        "clients:\n  - {name: 'dns:a', principal: a}\n  - {name: 'dns:a', principal: b}\n");
  EXPECT_THAT(Refusal(), HasSubstr("dns:a stands there twice"));
  std::filesystem::remove(settings_.key_set_file);
  EXPECT_THAT(Refusal(), HasSubstr("jwks.json: cannot be read"));
}

TEST(BelievingAuthorityTest, TakesCallersAtTheirWord) {
  const auto authority = *Authority::Open({.believe = true});
  Evidence evidence;
  EXPECT_EQ(authority->Identify(evidence, absl::Now())->id, "");
  evidence.stated_principal = "ada@acme.example";
  evidence.stated_roles = "marketing, admin,,rep";
  const auto ada = authority->Identify(evidence, absl::Now());
  ASSERT_TRUE(ada.ok()) << ada.status();
  EXPECT_EQ(ada->id, "ada@acme.example");
  EXPECT_THAT(ada->roles, ElementsAre(Role::kMarketing, Role::kRep, Role::kAdmin));
  EXPECT_TRUE(ada->every_workspace);
  evidence.stated_roles = "boss";
  EXPECT_EQ(core::ErrorReason(authority->Identify(evidence, absl::Now()).status()),
            "INVALID_PRINCIPAL");
  evidence.stated_roles = "";
  evidence.stated_principal = "a|b";
  EXPECT_EQ(core::ErrorReason(authority->Identify(evidence, absl::Now()).status()),
            "INVALID_PRINCIPAL");
}

}  // namespace
}  // namespace baton::identity
