// Where an evaluation keeps what it makes: texts, lists and maps. Used again for the next one, it
// asks the system for no more memory than the greatest so far.
#ifndef BATON_EXPRESSION_SCRATCH_H_
#define BATON_EXPRESSION_SCRATCH_H_

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "expression/value.h"

namespace baton::expression {

// Of whom a condition is about, for functions of the host: they know what it really is.
struct Host {};

// Belongs to one thread. Values made with it are valid until Reset.
class Scratch {
 public:
  static constexpr size_t kBytesMax = 1 << 20;  // of texts and items

  explicit Scratch(size_t bytes_max = kBytesMax) : bytes_max_(bytes_max) {}

  // What functions of the host may ask; it outlives the evaluations.
  void set_host(const Host* host) { host_ = host; }
  const Host* host() const { return host_; }

  // The text as a value, or an error if there would be more than its bytes.
  Value Text(std::string_view text);
  Value List(const ListValue& items);
  Value Map(const MapValue& items);
  // An error that quotes what was met.
  Value Error(std::string_view why);

  std::vector<Value>& locals() { return locals_; }  // of the comprehensions under way
  std::vector<Value>& stack() { return stack_; }    // arguments of the calls under way

  void Reset();

 private:
  bool Spend(size_t bytes);
  std::string_view Keep(std::string_view text);

  const size_t bytes_max_;
  const Host* host_ = nullptr;
  std::deque<std::string> texts_;
  std::deque<ListValue> lists_;
  std::deque<MapValue> maps_;
  size_t texts_used_ = 0, lists_used_ = 0, maps_used_ = 0, bytes_ = 0;
  std::vector<Value> locals_, stack_;
};

}  // namespace baton::expression

#endif  // BATON_EXPRESSION_SCRATCH_H_
