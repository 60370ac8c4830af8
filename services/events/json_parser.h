// JSON from outside, bounded: kEventBytesMax and kJsonDepthMax hold.
#ifndef BATON_EVENTS_JSON_PARSER_H_
#define BATON_EVENTS_JSON_PARSER_H_

#include <simdjson.h>

#include <string_view>

#include "events/event_fields.h"

namespace baton::events {

// One parser per thread, whose buffers are used again and again.
class JsonParser {
 public:
  // `root` lives until the next call. `field` names the document in a refusal.
  Refusal Parse(std::string_view text, std::string_view field, simdjson::dom::element& root);

 private:
  simdjson::dom::parser parser_;
  bool ready_ = false;
};

}  // namespace baton::events

#endif  // BATON_EVENTS_JSON_PARSER_H_
