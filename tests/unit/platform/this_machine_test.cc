#include "platform/this_machine.h"

#include <gtest/gtest.h>

namespace baton::platform {
namespace {

TEST(ThisMachineTest, IsLocalhostAndWhatIsWrittenAsALoopbackAddress) {
  for (const char* here : {"localhost", "LocalHost:7400", "127.0.0.1", "127.0.0.1:7400",
                           "127.255.0.9:1", "[::1]", "[::1]:7400", "[0:0:0:0:0:0:0:1]:7400"}) {
    EXPECT_TRUE(IsThisMachine(here)) << here;
  }
}

TEST(ThisMachineTest, IsNoNameThatOnlyBeginsLikeOne) {
  for (const char* elsewhere :
       {"127.evil.example:7400", "127.0.0.1.evil.example:7400", "127.", "127.1:7400", "128.0.0.1",
        "localhost.evil.example:7400", "[::1].evil.example:7400", "[::1", "[::2]:7400", "::1",
        "[127.0.0.1]:7400", "dns:///localhost:7400", "baton.acme.example:7400", ""}) {
    EXPECT_FALSE(IsThisMachine(elsewhere)) << elsewhere;
  }
}

}  // namespace
}  // namespace baton::platform
