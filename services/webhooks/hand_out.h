// Gives what comes from Kafka to those webhooks that it is for.
#ifndef BATON_WEBHOOKS_HAND_OUT_H_
#define BATON_WEBHOOKS_HAND_OUT_H_

#include "platform/kafka/kafka.h"
#include "webhooks/directory.h"

namespace baton::webhooks {

// Offers the change to the webhooks of its workspace that want it, of those whose lane of the
// partition is `given`: Lane::live or Lane::catching. A record that is no change is logged.
void HandOut(Directory& directory, const platform::kafka::Record& record, bool Lane::*given);

}  // namespace baton::webhooks

#endif  // BATON_WEBHOOKS_HAND_OUT_H_
