#include "demo/topics.h"

#include <random>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "nlohmann/json.hpp"

namespace baton::demo {
namespace {

using nlohmann::json;
namespace kafka = platform::kafka;

constexpr absl::Duration kTick = absl::Milliseconds(10);
constexpr int kRepeatsMax = 5;

std::string Header(const kafka::Record& record, const std::string& name) {
  for (const auto& [key, value] : record.headers) {
    if (key == name) return value;
  }
  return "";
}

}  // namespace

Publisher::Publisher(kafka::KafkaConfig config, std::string topic, std::vector<Publication> log,
                     int rate_per_s)
    : kafka_(std::move(config)),
      topic_(std::move(topic)),
      log_(std::move(log)),
      rate_per_s_(rate_per_s) {}

Publisher::~Publisher() {
  Stop();
}

absl::Status Publisher::Start() {
  auto producer = kafka::Producer::Create(kafka_, kafka::ProducerOptions{});
  if (!producer.ok()) return producer.status();
  producer_ = *std::move(producer);
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

void Publisher::Stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void Publisher::Run() {
  const absl::Time start = absl::Now();
  size_t next = 0;
  while (!stopping_ && next < log_.size()) {
    const auto due =
        static_cast<size_t>(absl::ToDoubleSeconds(absl::Now() - start) * rate_per_s_) + 1;
    for (; next < log_.size() && next < due && !stopping_; ++next) {
      const Publication& publication = log_[next];
      if (!publication.id.empty()) {
        absl::MutexLock lock(&mutex_);
        sent_us_.try_emplace(publication.id, absl::ToUnixMicros(absl::Now()));
      }
      Send(next);
    }
    absl::SleepFor(kTick);
  }
  FlushAll();
  for (int round = 0; round < kRepeatsMax && !stopping_ && SendRefusedAgain(); ++round) FlushAll();
  absl::MutexLock lock(&mutex_);
  if (acknowledged_ == total()) {
    failure_.clear();
  } else if (!stopping_) {
    failure_ = absl::StrCat(total() - acknowledged_, " records were not taken: ", failure_);
  }
  done_ = true;
}

void Publisher::Send(size_t number) {
  const Publication& publication = log_[number];
  const kafka::OutRecord record{topic_,
                                publication.key,
                                publication.value,
                                false,
                                {{"content-type", "application/cloudevents+json"}}};
  const auto note = [this, number](const absl::Status& delivered) { Note(number, delivered); };
  absl::Status status = producer_->Produce(record, note);
  while (!status.ok() && !stopping_) {
    if (absl::IsInternal(status)) {
      if (!ReplaceProducer()) break;
    } else if (absl::IsResourceExhausted(status)) {
      absl::SleepFor(kTick);
    } else {
      break;
    }
    status = producer_->Produce(record, note);
  }
  if (!status.ok()) Note(number, status);
}

// One that lost its place at a broker that crashed takes nothing any more. What it still held it
// says to be refused.
bool Publisher::ReplaceProducer() {
  auto producer = kafka::Producer::Create(kafka_, kafka::ProducerOptions{});
  if (!producer.ok()) return false;
  producer_ = *std::move(producer);
  return true;
}

// What a crashed broker refused goes out once more, by a new producer; false: nothing was.
bool Publisher::SendRefusedAgain() {
  std::vector<size_t> again;
  {
    absl::MutexLock lock(&mutex_);
    again.swap(refused_);
  }
  if (again.empty()) return false;
  ReplaceProducer();
  for (size_t number : again) Send(number);
  return true;
}

void Publisher::FlushAll() {
  if (producer_->Flush(absl::Seconds(60)).ok()) return;
  absl::MutexLock lock(&mutex_);
  failure_ = "Kafka did not take every record within 60 s";
}

void Publisher::Note(size_t number, const absl::Status& status) {
  if (status.ok()) {
    ++acknowledged_;
    return;
  }
  absl::MutexLock lock(&mutex_);
  refused_.push_back(number);
  failure_ = std::string(status.message());
}

int64_t Publisher::SentAt(const std::string& id) const {
  absl::MutexLock lock(&mutex_);
  const auto found = sent_us_.find(id);
  return found == sent_us_.end() ? 0 : found->second;
}

std::string Publisher::failure() const {
  absl::MutexLock lock(&mutex_);
  return failure_;
}

Observer::Observer(kafka::KafkaConfig config, std::string feedback_topic, std::string dead_topic,
                   Audit* audit)
    : kafka_(std::move(config)),
      feedback_topic_(std::move(feedback_topic)),
      dead_topic_(std::move(dead_topic)),
      audit_(audit) {}

Observer::~Observer() {
  Stop();
}

absl::Status Observer::Start() {
  kafka::ConsumerOptions options;
  options.group = absl::StrCat("baton-demo-", std::random_device{}());
  options.topics = {feedback_topic_, dead_topic_};
  auto consumer = kafka::Consumer::Create(kafka_, options, nullptr);
  if (!consumer.ok()) return consumer.status();
  thread_ = std::thread(
      [this, held = std::shared_ptr<kafka::Consumer>(*std::move(consumer))] { Follow(*held); });
  return absl::OkStatus();
}

void Observer::Stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void Observer::Follow(kafka::Consumer& consumer) {
  while (!stopping_) {
    const auto records = consumer.Poll(1000, absl::Milliseconds(100));
    if (!records.ok()) {
      absl::SleepFor(absl::Milliseconds(100));
      continue;
    }
    for (const kafka::Record& record : *records) Read(record);
  }
  consumer.Close();
}

void Observer::Read(const kafka::Record& record) {
  if (record.topic == dead_topic_) {
    absl::MutexLock lock(&mutex_);
    dead_.insert(absl::StrCat(Header(record, "__dlq.errors.topic"), "/",
                              Header(record, "__dlq.errors.partition"), "/",
                              Header(record, "__dlq.errors.offset")));
    return;
  }
  const json data = json::parse(record.value, nullptr, false);
  if (!data.is_object())
    return audit_->Violation(absl::StrCat("feedback is not JSON: ", record.value));
  Feedback feedback;
  feedback.id = Header(record, "ce_id");
  feedback.cause = Header(record, "ce_causationid");
  feedback.lead = data.value("lead", "");
  feedback.change = data.value("change", "");
  feedback.stage = data.value("stage", "");
  feedback.rep = data.value("rep", "");
  feedback.version = data.value("version", int64_t{0});
  feedback.generation = data.value("generation", int64_t{0});
  audit_->Add(feedback);
}

int64_t Observer::dead_letters() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int64_t>(dead_.size());
}

}  // namespace baton::demo
