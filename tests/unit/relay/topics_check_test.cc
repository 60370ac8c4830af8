#include "relay/topics_check.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton::relay {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(TopicsCheckTest, AcceptsTopicsThatFitTheStore) {
  const events::TopicNames names = events::MakeTopicNames("baton");
  EXPECT_TRUE(CheckTopics({{names.assignments, 12},
                           {names.feedback, 12},
                           {names.lead_state, 12},
                           {names.shards, 16}},
                          names, 16)
                  .ok());
}

TEST(TopicsCheckTest, NamesEveryMissingTopic) {
  const events::TopicNames names = events::MakeTopicNames("baton");
  const absl::Status status = CheckTopics({{names.feedback, 12}}, names, 16);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(status.message(), HasSubstr(names.assignments));
  EXPECT_THAT(status.message(), HasSubstr(names.lead_state));
  EXPECT_THAT(status.message(), HasSubstr(names.shards));
  EXPECT_THAT(status.message(), Not(HasSubstr(names.feedback)));
}

TEST(TopicsCheckTest, RefusesAShardsTopicOfAnotherSize) {
  const events::TopicNames names = events::MakeTopicNames("baton");
  for (int partitions : {8, 32}) {
    const absl::Status status = CheckTopics({{names.assignments, 1},
                                             {names.feedback, 1},
                                             {names.lead_state, 1},
                                             {names.shards, partitions}},
                                            names, 16);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(status.message(), HasSubstr("16 shards"));
  }
}

}  // namespace
}  // namespace baton::relay
