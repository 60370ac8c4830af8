#include "intake/input_batch.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/container/flat_hash_map.h"

namespace baton::intake {

namespace {

// Adds an event to the work on its lead or account.
template <typename Work, typename Key, typename Event>
void AddTo(std::vector<Work>& all, absl::flat_hash_map<Key, size_t>& index_of, Event event,
           size_t record) {
  const auto [place, is_new] = index_of.try_emplace(event.key, all.size());
  if (is_new) all.emplace_back().key = event.key;
  Work& work = all[place->second];
  work.events.push_back(std::move(event));
  work.records.push_back(record);
}

// The record, or why it is none for this input.
events::DecodedEvent DecodeAllowed(const platform::kafka::Record& record,
                                   const WorkspaceFilter& filter) {
  events::DecodedEvent decoded = events::DecodeEvent(record);
  std::optional<events::DeadLetter> refusal;
  if (const auto* lead = std::get_if<core::LeadEvent>(&decoded)) {
    refusal = filter.Refusal(lead->key.workspace);
  } else if (const auto* account = std::get_if<core::AccountEvent>(&decoded)) {
    refusal = filter.Refusal(account->key.workspace);
  }
  if (refusal) decoded = *std::move(refusal);
  return decoded;
}

// Likewise of sales: an action about another's workspace spoils its record.
SalesActions DecodeAllowedSales(const platform::kafka::Record& record, const DecodeSales& decode,
                                const WorkspaceFilter& filter) {
  SalesActions decoded = decode(record);
  const auto* const actions = std::get_if<std::vector<core::SalesEvent>>(&decoded);
  if (actions == nullptr) return decoded;
  for (const core::SalesEvent& action : *actions) {
    if (auto refusal = filter.Refusal(action.key.workspace)) return *std::move(refusal);
  }
  return decoded;
}

}  // namespace

InputBatch MakeBatch(std::vector<platform::kafka::Record> records, const std::string& input,
                     const WorkspaceFilter& filter) {
  InputBatch batch;
  batch.records = std::move(records);
  absl::flat_hash_map<core::LeadKey, size_t> leads;
  absl::flat_hash_map<core::AccountKey, size_t> accounts;
  for (size_t i = 0; i < batch.records.size(); ++i) {
    const platform::kafka::Record& record = batch.records[i];
    const core::SourcePosition position{core::LogFingerprint(input, record.partition),
                                        record.offset, record.timestamp_ms};
    events::DecodedEvent decoded = DecodeAllowed(record, filter);
    if (auto* letter = std::get_if<events::DeadLetter>(&decoded)) {
      batch.refused.push_back({i, std::move(*letter)});
    } else if (auto* account = std::get_if<core::AccountEvent>(&decoded)) {
      account->position = position;
      AddTo(batch.accounts, accounts, std::move(*account), i);
    } else {
      auto& event = std::get<core::LeadEvent>(decoded);
      event.position = position;
      AddTo(batch.leads, leads, std::move(event), i);
    }
  }
  return batch;
}

InputBatch MakeSalesBatch(std::vector<platform::kafka::Record> records, const std::string& input,
                          const DecodeSales& decode, const WorkspaceFilter& filter) {
  InputBatch batch;
  batch.records = std::move(records);
  batch.sales_fates.resize(batch.records.size(), SalesFate::kIgnored);
  absl::flat_hash_map<core::LeadKey, size_t> leads;
  for (size_t i = 0; i < batch.records.size(); ++i) {
    const platform::kafka::Record& record = batch.records[i];
    SalesActions decoded = DecodeAllowedSales(record, decode, filter);
    if (auto* letter = std::get_if<events::DeadLetter>(&decoded)) {
      RefuseSales(i, std::move(*letter), batch);
      continue;
    }
    for (core::SalesEvent& event : std::get<std::vector<core::SalesEvent>>(decoded)) {
      event.position = {core::LogFingerprint(input, record.partition), record.offset,
                        record.timestamp_ms};
      const auto [place, is_new] = leads.try_emplace(event.key, batch.sales.size());
      if (is_new) batch.sales.emplace_back().key = event.key;
      batch.sales[place->second].items.push_back({std::move(event), i});
    }
  }
  return batch;
}

std::map<int32_t, int64_t> FirstUnsettled(const InputBatch& batch) {
  std::map<int32_t, int64_t> first;
  const auto is_left = [&](size_t index) {
    const platform::kafka::Record& record = batch.records[index];
    const auto [place, is_new] = first.try_emplace(record.partition, record.offset);
    if (!is_new) place->second = std::min(place->second, record.offset);
  };
  for (const auto* all : {&batch.accounts, &batch.delayed_accounts}) {
    for (const AccountWork& work : *all) {
      for (const size_t record : work.records) is_left(record);
    }
  }
  for (const LeadWork& work : batch.leads) {
    for (const size_t record : work.records) is_left(record);
  }
  for (const auto* all : {&batch.sales, &batch.delayed_sales}) {
    for (const SalesWork& work : *all) {
      for (const SalesWork::Item& item : work.items) is_left(item.record);
    }
  }
  return first;
}

void GoOnBehindCheckpoints(InputBatch& batch) {
  const std::map<int32_t, int64_t> checkpoints = FirstUnsettled(batch);
  const auto is_passed = [&](size_t index) {
    const platform::kafka::Record& record = batch.records[index];
    const auto checkpoint = checkpoints.find(record.partition);
    return checkpoint == checkpoints.end() || record.offset < checkpoint->second;
  };
  bool all = false;
  const auto go_on = [&](auto& delayed, auto& works) {
    std::erase_if(delayed, [&](auto& work) {
      if (!all && !is_passed(*work.behind)) return false;
      work.behind.reset();
      works.push_back(std::move(work));
      return true;
    });
  };
  const auto go_on_with_both = [&] {
    go_on(batch.delayed_accounts, batch.accounts);
    go_on(batch.delayed_sales, batch.sales);
  };
  go_on_with_both();
  // The first unsettled record of the batch waits for one before it, whose partition is settled so
  // far: unless the log was read again in the midst of the batch.
  all = batch.accounts.empty() && batch.sales.empty();
  if (all) go_on_with_both();
}

void SetFate(size_t record, SalesFate fate, InputBatch& batch) {
  SalesFate& known = batch.sales_fates[record];
  known = std::max(known, fate);
}

void RefuseSales(size_t record, events::DeadLetter letter, InputBatch& batch) {
  if (batch.sales_fates[record] == SalesFate::kRefused) return;
  SetFate(record, SalesFate::kRefused, batch);
  batch.refused.push_back({record, std::move(letter)});
}

void Refuse(const std::vector<size_t>& records, const events::DeadLetter& letter,
            InputBatch& batch) {
  for (const size_t record : records) batch.refused.push_back({record, letter});
}

}  // namespace baton::intake
