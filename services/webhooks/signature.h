// Secrets and signatures of webhooks, as Standard Webhooks has them. Pure but for NewSalt.
#ifndef BATON_WEBHOOKS_SIGNATURE_H_
#define BATON_WEBHOOKS_SIGNATURE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "store/webhook_store.h"

namespace baton::webhooks {

// What a new secret is made from: random, fit for printing.
std::string NewSalt();

// The 32 bytes of a webhook's secret: made from a salt and what the installation keeps to itself,
// so that it is stored nowhere and equal on every replica.
std::string SecretOf(const std::string& installation_secret, const store::WebhookKey& key,
                     const std::string& salt);

// "whsec_...": how people and libraries know a secret.
std::string SecretText(const std::string& secret);

// The secrets that sign at `now`: the webhook's, then the old one while it still does.
std::vector<std::string> SigningSecrets(const std::string& installation_secret,
                                        const store::WebhookKey& key, const store::Webhook& webhook,
                                        core::TimeMs now_ms);

// The header webhook-signature: "v1,<base64>" of each secret, separated by spaces.
std::string SignatureOf(const std::vector<std::string>& secrets, const std::string& id,
                        int64_t timestamp_s, const std::string& body);

}  // namespace baton::webhooks

#endif  // BATON_WEBHOOKS_SIGNATURE_H_
