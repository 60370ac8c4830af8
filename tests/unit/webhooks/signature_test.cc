#include "webhooks/signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "webhooks/retry.h"

namespace baton::webhooks {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Decoded(const std::string& base64) {
  std::string bytes;
  EXPECT_TRUE(absl::Base64Unescape(base64, &bytes)) << base64;
  return bytes;
}

store::WebhookKey CrmOf(const std::string& workspace) {
  return {core::WorkspaceId::Trusted(workspace), "crm"};
}

// From the tests of the reference implementations.
TEST(SignatureTest, IsThatOfStandardWebhooks) {
  const std::string secret = Decoded("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  EXPECT_EQ(SecretText(secret), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  EXPECT_EQ(
      SignatureOf({secret}, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})"),
      "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(SignatureTest, EachSecretSigns) {
  const std::string one = SignatureOf({"a"}, "id", 1, "{}");
  const std::string other = SignatureOf({"b"}, "id", 1, "{}");
  EXPECT_NE(one, other);
  EXPECT_EQ(SignatureOf({"a", "b"}, "id", 1, "{}"), one + " " + other);
}

TEST(SignatureTest, SecretsDifferByInstallationWorkspaceWebhookAndSalt) {
  const std::string secret = SecretOf("installation", CrmOf("acme"), "salt");
  EXPECT_EQ(secret.size(), 32u);
  EXPECT_EQ(secret, SecretOf("installation", CrmOf("acme"), "salt"));
  EXPECT_NE(secret, SecretOf("another", CrmOf("acme"), "salt"));
  EXPECT_NE(secret, SecretOf("installation", CrmOf("beta"), "salt"));
  EXPECT_NE(secret, SecretOf("installation", CrmOf("acme"), "pepper"));
  EXPECT_NE(secret, SecretOf("installation", {core::WorkspaceId::Trusted("acme"), "dwh"}, "salt"));
  EXPECT_NE(NewSalt(), NewSalt());
}

TEST(SignatureTest, TheOldSecretSignsUntilItsTime) {
  store::Webhook webhook;
  webhook.salt = "new";
  webhook.old_salt = "old";
  webhook.old_salt_until_ms = 1000;
  const std::string now = SecretOf("i", CrmOf("acme"), "new");
  EXPECT_THAT(SigningSecrets("i", CrmOf("acme"), webhook, 999),
              ElementsAre(now, SecretOf("i", CrmOf("acme"), "old")));
  EXPECT_THAT(SigningSecrets("i", CrmOf("acme"), webhook, 1000), ElementsAre(now));
}

TEST(RetryDelayTest, GrowsFourfoldUpToTheMost) {
  const RetrySettings settings;
  EXPECT_EQ(RetryDelay(settings, 1, 0.5), absl::Seconds(5));
  EXPECT_EQ(RetryDelay(settings, 2, 0.5), absl::Seconds(20));
  EXPECT_EQ(RetryDelay(settings, 3, 0.5), absl::Seconds(80));
  EXPECT_EQ(RetryDelay(settings, 6, 0.5), absl::Hours(1));
  EXPECT_EQ(RetryDelay(settings, 1'000'000, 0.5), absl::Hours(1));
}

TEST(RetryDelayTest, IsSpreadByATenthEachWay) {
  const RetrySettings settings;
  EXPECT_EQ(RetryDelay(settings, 1, 0), absl::Seconds(4.5));
  EXPECT_EQ(RetryDelay(settings, 1, 1), absl::Seconds(5.5));
}

}  // namespace
}  // namespace baton::webhooks
