// Writers as the message of record.proto.
#ifndef BATON_STORE_REDIS_WRITER_CODEC_H_
#define BATON_STORE_REDIS_WRITER_CODEC_H_

#include "baton/store/v1/record.pb.h"
#include "core/facts.h"

namespace baton::store::redis {

inline void SetWriter(const core::Writer& writer, v1::Writer& out) {
  out.set_occurred_at_ms(writer.occurred_at_ms);
  out.set_event_id(writer.event_id);
}

inline core::Writer GetWriter(const v1::Writer& writer) {
  return {writer.occurred_at_ms(), writer.event_id()};
}

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_WRITER_CODEC_H_
