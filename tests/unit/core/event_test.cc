#include "core/event.h"

#include <gtest/gtest.h>

namespace baton::core {
namespace {

TEST(EventTypeNameTest, NamesEachType) {
  EXPECT_EQ(EventTypeName(EventType::kCaptured), "captured");
  EXPECT_EQ(EventTypeName(EventType::kUpdated), "updated");
  EXPECT_EQ(EventTypeName(EventType::kActivity), "activity");
  EXPECT_EQ(EventTypeName(EventType::kConsent), "consent");
}

TEST(ConsentNameTest, NamesEachConsent) {
  EXPECT_EQ(ConsentName(Consent::kUnknown), "unknown");
  EXPECT_EQ(ConsentName(Consent::kGranted), "granted");
  EXPECT_EQ(ConsentName(Consent::kWithdrawn), "withdrawn");
}

}  // namespace
}  // namespace baton::core
