// How often something happened, by UTC day number. Reads like a map in the order of the days; lies
// in one piece, as a lead has up to 25,600 such days and they are copied and looked through with
// each of its events. Value type.
#ifndef BATON_CORE_DAY_COUNTS_H_
#define BATON_CORE_DAY_COUNTS_H_

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <utility>
#include <vector>

namespace baton::core {

class DayCounts {
 public:
  using value_type = std::pair<int32_t, int64_t>;  // day, count
  using const_iterator = std::vector<value_type>::const_iterator;
  using iterator = const_iterator;

  DayCounts() = default;
  DayCounts(std::initializer_list<value_type> counts) {
    for (const auto& [day, count] : counts) (*this)[day] = count;
  }

  // 0 before. Days that come in order are added at the end.
  int64_t& operator[](int32_t day) {
    if (days_.empty() || days_.back().first < day) return days_.emplace_back(day, 0).second;
    auto place = days_.begin() + (lower_bound(day) - days_.cbegin());
    if (place->first != day) place = days_.insert(place, {day, 0});
    return place->second;
  }

  void EraseBefore(int32_t day) { days_.erase(days_.cbegin(), lower_bound(day)); }

  bool empty() const { return days_.empty(); }
  size_t size() const { return days_.size(); }
  const value_type& back() const { return days_.back(); }  // REQUIRES: not empty
  const_iterator begin() const { return days_.begin(); }
  const_iterator end() const { return days_.end(); }
  const_iterator lower_bound(int32_t day) const {
    return std::lower_bound(days_.begin(), days_.end(), day,
                            [](const value_type& one, int32_t other) { return one.first < other; });
  }

  bool operator==(const DayCounts&) const = default;

 private:
  std::vector<value_type> days_;  // by day, none twice
};

}  // namespace baton::core

#endif  // BATON_CORE_DAY_COUNTS_H_
