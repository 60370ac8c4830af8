#include "reports/cycle_table.h"

#include "absl/hash/hash.h"
#include "core/text.h"

namespace baton::reports {
namespace {

constexpr size_t kLostMin = 100'000;  // of a pool; less is not worth it

template <typename T>
bool IsHalfLost(const Pool<T>& pool) {
  return pool.lost() > kLostMin && pool.lost() * 2 > pool.size();
}

}  // namespace

uint32_t Names::Number(const std::string& text) {
  if (text.empty()) return 0;
  const auto [entry, is_new] = numbers_.try_emplace(text, static_cast<uint32_t>(texts_.size()));
  if (is_new) texts_.push_back(text);
  return entry->second;
}

int64_t Names::Find(std::string_view text) const {
  if (text.empty()) return 0;
  const auto found = numbers_.find(core::ToAbsl(text));
  return found == numbers_.end() ? -1 : static_cast<int64_t>(found->second);
}

size_t CycleTable::NameHash::operator()(const RowName& name) const {
  return absl::HashOf(name.lead, name.cycle);
}

size_t CycleTable::NameHash::operator()(uint32_t row) const {
  return (*this)(table->NameOf(row));
}

bool CycleTable::NameEqual::operator()(uint32_t row, const RowName& name) const {
  const RowName own = table->NameOf(row);
  return own.cycle == name.cycle && own.lead == name.lead;
}

CycleTable::CycleTable() : index_(0, NameHash{this}, NameEqual{this}) {}

CycleTable::RowName CycleTable::NameOf(uint32_t row) const {
  return {LeadOf(rows_[row]), rows_[row].cycle};
}

std::string_view CycleTable::LeadOf(const Row& row) const {
  const absl::Span<const char> text = texts_.Get(row.lead);
  return {text.data(), text.size()};
}

Row& CycleTable::FindOrAdd(const std::string& lead, int32_t cycle) {
  const auto found = index_.find(RowName{lead, cycle});
  if (found != index_.end()) return rows_[*found];
  Row& row = rows_.emplace_back();
  texts_.Put(lead, row.lead);
  row.cycle = cycle;
  index_.insert(static_cast<uint32_t>(rows_.size() - 1));
  return row;
}

void CycleTable::PutLists(const Cycle& cycle, Row& row) {
  std::vector<RowOffer> offers;
  for (const Offer& offer : cycle.offers) {
    offers.push_back({offer.at_ms, offer.deadline_ms, offer.accepted_at_ms, offer.ended_at_ms,
                      queues_.Number(offer.queue), reps_.Number(offer.rep),
                      reasons_.Number(offer.reason), offer.touches, offer.end, offer.charged});
  }
  std::vector<RowClock> clocks;
  for (const Clock& clock : cycle.clocks) {
    clocks.push_back({clock.last_at_ms, slas_.Number(clock.sla), clock.accept, clock.warned,
                      clock.broken_at_ms != 0, clock.met_at_ms != 0, clock.late});
  }
  std::vector<uint32_t> factors;
  for (const std::string& factor : cycle.factors) factors.push_back(rules_.Number(factor));
  offers_.Put(offers, row.offers);
  clocks_.Put(clocks, row.clocks);
  factors_.Put(factors, row.factors);
}

void CycleTable::Put(const std::string& lead, int32_t number, const Cycle& cycle) {
  Row& row = FindOrAdd(lead, number);
  row.stage = cycle.stage;
  row.last_at_ms = cycle.last_at_ms;
  row.reached = {cycle.captured_at_ms, cycle.began_at_ms,       cycle.delivered_at_ms,
                 cycle.accepted_at_ms, cycle.first_touch_at_ms, cycle.sql_at_ms,
                 cycle.sqo_at_ms,      cycle.won_at_ms};
  row.signal_at_ms = cycle.signal_at_ms;
  row.touch_offer_at_ms = cycle.touch_offer_at_ms;
  row.lost_at_ms = cycle.lost_at_ms;
  row.rejected_at_ms = cycle.rejected_at_ms;
  row.recycled_at_ms = cycle.recycled_at_ms;
  row.requalified_at_ms = cycle.requalified_at_ms;
  row.source = sources_.Number(cycle.source);
  row.campaign = campaigns_.Number(cycle.campaign);
  const bool offered = !cycle.offers.empty();
  row.queue = queues_.Number(offered ? cycle.offers.back().queue : cycle.queue);
  row.rep = offered ? reps_.Number(cycle.offers.back().rep) : 0;
  row.reason = reasons_.Number(cycle.reason);
  row.currency = currencies_.Number(cycle.currency);
  row.amount_minor = cycle.amount_minor;
  row.policy_revision = cycle.policy_revision;
  row.touches = cycle.touches;
  row.fault = cycle.fault;
  row.counts = cycle.counts;
  row.premature = cycle.premature;
  PutLists(cycle, row);
}

bool CycleTable::IsWorn() const {
  return IsHalfLost(offers_) || IsHalfLost(clocks_) || IsHalfLost(factors_);
}

}  // namespace baton::reports
