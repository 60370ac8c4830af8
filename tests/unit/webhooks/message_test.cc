#include "webhooks/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "events/handoff_event_codec.h"

namespace baton::webhooks {
namespace {

using nlohmann::json;

platform::kafka::Record AssignedRecord() {
  store::OutboxEntry entry;
  entry.key = {core::WorkspaceId::Trusted("acme"), core::LeadId::Trusted("eve")};
  entry.epoch = 5;
  entry.version = 7;
  entry.at_ms = 1'772'366'400'250;
  entry.change.type = core::ChangeType::kAssigned;
  entry.change.stage = core::Stage::kOffered;
  entry.change.queue = core::QueueId::Trusted("dach");
  entry.change.rep = core::RepId::Trusted("ada");
  entry.change.generation = 1;
  entry.change.actor = "policy";
  entry.attribution["campaign"] = "a \"quoted\" 東";
  const auto sent = events::EncodeHandoffEvent(entry, events::MakeTopicNames("baton")).front();
  platform::kafka::Record record;
  record.key = sent.key;
  record.value = sent.value;
  record.has_key = record.has_value = true;
  record.headers = sent.headers;
  return record;
}

TEST(MessageTest, CarriesTheChangeAsKafkaHasIt) {
  const platform::kafka::Record record = AssignedRecord();
  const auto message = MakeMessage(record);
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(message->type, "assigned");
  EXPECT_EQ(message->queue, "dach");
  EXPECT_EQ(message->delivery.id, "acme/eve/5/7");
  EXPECT_EQ(message->delivery.lead, "eve");
  const json body = json::parse(message->delivery.body);
  EXPECT_EQ(body["type"], "dev.baton.lead.assigned.v1");
  EXPECT_EQ(body["timestamp"], "2026-03-01T12:00:00.250Z");
  EXPECT_EQ(body["data"], json::parse(record.value));
  EXPECT_EQ(body.size(), 3u);
  EXPECT_EQ(WorkspaceOf(record), "acme");
}

TEST(MessageTest, BelongsToTheTraceOfTheChange) {
  platform::kafka::Record record = AssignedRecord();
  EXPECT_EQ(MakeMessage(record)->delivery.traceparent, "");
  const std::string traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  record.headers.emplace_back("ce_traceparent", traceparent);
  EXPECT_EQ(MakeMessage(record)->delivery.traceparent, traceparent);
}

TEST(MessageTest, WhatTheRelayDidNotWriteIsNone) {
  platform::kafka::Record record = AssignedRecord();
  record.value = "not json";
  EXPECT_FALSE(MakeMessage(record).ok());
  EXPECT_FALSE(MakeMessage(platform::kafka::Record()).ok());
  EXPECT_EQ(WorkspaceOf(platform::kafka::Record()), "");
}

TEST(MessageTest, AWebhookWantsItsTypesAndQueues) {
  const auto message = MakeMessage(AssignedRecord());
  ASSERT_TRUE(message.ok());
  store::Webhook webhook;
  EXPECT_TRUE(Wants(webhook, *message));
  webhook.types = {"accepted", "assigned"};
  webhook.queues = {"dach"};
  EXPECT_TRUE(Wants(webhook, *message));
  webhook.queues = {"triage"};
  EXPECT_FALSE(Wants(webhook, *message));
  webhook.queues = {};
  webhook.types = {"accepted"};
  EXPECT_FALSE(Wants(webhook, *message));
}

TEST(MessageTest, AWebhookWantsWhatHappenedSinceItBegins) {
  const auto message = MakeMessage(AssignedRecord());
  ASSERT_TRUE(message.ok());
  store::Webhook webhook;
  webhook.created_at_ms = message->at_ms;
  EXPECT_TRUE(Wants(webhook, *message));
  webhook.created_at_ms = message->at_ms + 1;
  EXPECT_FALSE(Wants(webhook, *message));
  webhook.from_ms = message->at_ms;
  EXPECT_TRUE(Wants(webhook, *message));
}

TEST(MessageTest, APingNamesItsWebhook) {
  const Delivery ping = MakePing({core::WorkspaceId::Trusted("acme"), "crm"}, "p1", 0);
  EXPECT_EQ(ping.id, "ping/p1");
  const json body = json::parse(ping.body);
  EXPECT_EQ(body["type"], kPingType);
  EXPECT_EQ(body["data"]["webhook"], "crm");
}

}  // namespace
}  // namespace baton::webhooks
