// What is still to happen in a run, in order: by instant, then by recorded sequence (what has none
// comes first), then by rank, then in the order in which it was added. Not thread-safe.
#ifndef BATON_SIMULATION_AGENDA_H_
#define BATON_SIMULATION_AGENDA_H_

#include <cstdint>
#include <limits>
#include <queue>
#include <tuple>
#include <vector>

#include "simulation/recording.h"

namespace baton::simulation {

// The sequence of what comes after everything else of its instant.
inline constexpr int64_t kLast = std::numeric_limits<int64_t>::max();
// The rank of what comes before everything else of its sequence.
inline constexpr int64_t kBeforeAll = -1;

struct Duty {
  enum class Kind {
    kTimer,   // `number`: when it was due
    kAction,  // the next recorded step of the lead's assignment; `number`: its generation
    kAccept,  // the model's; `number`: the generation
    kClose,   // likewise
    kDrain,   // `lead`: index of the rep
    kTurn,    // of the lead, whose queue is drained
    kReturn,  // `lead`: index of the rep, who was away
  };
  core::TimeMs at_ms = 0;
  int64_t sequence = 0;
  Kind kind = Kind::kTimer;
  LeadIndex lead = 0;
  int64_t number = 0;
  int64_t rank = 0;
  uint64_t added = 0;
};

class Agenda {
 public:
  void Add(Duty duty) {
    duty.added = ++added_;
    duties_.push(duty);
  }
  bool empty() const { return duties_.empty(); }
  const Duty& next() const { return duties_.top(); }
  Duty Take() {
    const Duty duty = duties_.top();
    duties_.pop();
    return duty;
  }

 private:
  struct Later {
    bool operator()(const Duty& a, const Duty& b) const {
      return std::tie(a.at_ms, a.sequence, a.rank, a.added) >
             std::tie(b.at_ms, b.sequence, b.rank, b.added);
    }
  };
  std::priority_queue<Duty, std::vector<Duty>, Later> duties_;
  uint64_t added_ = 0;
};

}  // namespace baton::simulation

#endif  // BATON_SIMULATION_AGENDA_H_
