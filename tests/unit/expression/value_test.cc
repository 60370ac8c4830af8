#include "expression/value.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton::expression {
namespace {

TEST(ValueTest, NumbersAreEqualByWhatTheyStandFor) {
  EXPECT_TRUE(Equals(Value::Int(1), Value::Double(1)));
  EXPECT_FALSE(Equals(Value::Int(1), Value::Double(1.5)));
  EXPECT_FALSE(Equals(Value::Int(1), Value::String("1")));
  EXPECT_FALSE(Equals(Value::Double(NAN), Value::Double(NAN)));
  EXPECT_FALSE(Equals(Value::Int(1), Value::Bool(true)));
  EXPECT_TRUE(Equals(Value::Null(), Value::Null()));
}

TEST(ValueTest, ListsAndMapsAreEqualByTheirItems) {
  const ListValue one = {Value::Int(1), Value::String("a")};
  const ListValue other = {Value::Double(1), Value::String("a")};
  EXPECT_TRUE(Equals(Value::List(&one), Value::List(&other)));
  const MapValue map = {{Value::String("a"), Value::Int(1)}, {Value::Int(2), Value::Null()}};
  const MapValue turned = {{Value::Int(2), Value::Null()}, {Value::String("a"), Value::Int(1)}};
  EXPECT_TRUE(Equals(Value::Map(&map), Value::Map(&turned)));
  const MapValue less = {{Value::String("a"), Value::Int(1)}};
  EXPECT_FALSE(Equals(Value::Map(&map), Value::Map(&less)));
}

TEST(ValueTest, OrdersWhatHasAnOrder) {
  EXPECT_EQ(Compare(Value::Int(1), Value::Double(1.5)), Order::kLess);
  EXPECT_EQ(Compare(Value::Double(2), Value::Int(1)), Order::kGreater);
  EXPECT_EQ(Compare(Value::Double(NAN), Value::Int(1)), Order::kNone);
  EXPECT_EQ(Compare(Value::String("a"), Value::Int(1)), Order::kUnordered);
  EXPECT_EQ(Compare(Value::Null(), Value::Null()), Order::kUnordered);
  EXPECT_EQ(Compare(Value::Duration(absl::Seconds(-1)), Value::Duration(absl::ZeroDuration())),
            Order::kLess);
}

TEST(ValueTest, KeepsTimesToTheNanosecond) {
  const absl::Duration duration = -absl::Nanoseconds(1'500'000'001);
  EXPECT_EQ(Value::Duration(duration).duration(), duration);
  EXPECT_EQ(DebugString(Value::Duration(duration)), "duration(\"-1.500000001s\")");
  EXPECT_EQ(DebugString(Value::Timestamp(absl::FromUnixMillis(1'500))),
            "timestamp(\"1970-01-01T00:00:01.5Z\")");
}

}  // namespace
}  // namespace baton::expression
