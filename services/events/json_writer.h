// Appends JSON to a string, compact and escaped. Commas are its business, nesting is the caller's.
//
//   JsonWriter json(out);
//   json.BeginObject();
//   json.Key("stage");
//   json.String("OFFERED");
//   json.EndObject();
//
// Strings must be valid UTF-8. Not thread-safe.
#ifndef BATON_EVENTS_JSON_WRITER_H_
#define BATON_EVENTS_JSON_WRITER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.h"

namespace baton::events {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void BeginObject() { Begin('{'); }
  void EndObject() { End('}'); }
  void BeginArray() { Begin('['); }
  void EndArray() { End(']'); }
  void Key(std::string_view name);

  void String(std::string_view value);
  void Int(int64_t value);
  void Bool(bool value);
  // The shortest text that reads back as the same double, and never as an integer. REQUIRES:
  // finite.
  void Double(double value);
  void Time(core::TimeMs at_ms);  // RFC 3339, UTC

 private:
  void Separate();
  void Begin(char bracket);
  void End(char bracket);

  std::string& out_;
  bool need_comma_ = false;
};

}  // namespace baton::events

#endif  // BATON_EVENTS_JSON_WRITER_H_
