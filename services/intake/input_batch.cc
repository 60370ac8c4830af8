#include "intake/input_batch.h"

#include <utility>
#include <variant>

#include "absl/container/flat_hash_map.h"

namespace baton::intake {

InputBatch MakeBatch(std::vector<platform::kafka::Record> records, const std::string& input) {
  InputBatch batch;
  batch.records = std::move(records);
  absl::flat_hash_map<core::LeadKey, size_t> index_of;
  for (size_t i = 0; i < batch.records.size(); ++i) {
    events::Decoded decoded = events::DecodeLeadEvent(batch.records[i]);
    if (auto* letter = std::get_if<events::DeadLetter>(&decoded)) {
      batch.refused.push_back({i, std::move(*letter)});
      continue;
    }
    auto& event = std::get<core::LeadEvent>(decoded);
    const platform::kafka::Record& record = batch.records[i];
    event.position = {core::LogFingerprint(input, record.partition), record.offset};
    const auto [place, is_new] = index_of.try_emplace(event.key, batch.leads.size());
    if (is_new) batch.leads.push_back({event.key, {}, {}});
    LeadWork& work = batch.leads[place->second];
    work.events.push_back(std::move(event));
    work.records.push_back(i);
  }
  return batch;
}

void Refuse(const LeadWork& work, const events::DeadLetter& letter, InputBatch& batch) {
  for (const size_t record : work.records) batch.refused.push_back({record, letter});
}

}  // namespace baton::intake
