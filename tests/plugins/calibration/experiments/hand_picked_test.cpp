#include "plugins/calibration/experiments/hand_picked.h"

#include "tests/support/tiny_llm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::calibration_plugin
{
namespace
{

using testing::ElementsAre;
using testing::IsEmpty;

model::LlmConfig config()
{
    model::LlmConfig c = vitrine::tests::tinyConfig();
    c.layers = 6;
    return c;
}

TEST(HandPicked, BetasComeBackAsTheyAreWritten)
{
    const auto betas = parseHeadBetas(" 4.0=0.5, 3.1=0.2 ", config());

    ASSERT_TRUE(betas) << betas.error().message;
    EXPECT_EQ(betas->at({3, 1}), 0.2);
    EXPECT_EQ(headBetasText(*betas), "3.1=0.2,4.0=0.5");
    EXPECT_THAT(*parseHeadBetas("", config()), IsEmpty());
    for (const char* bad :
         {"3.1", "3.1=", "3.1=x", "3.1=-0.1", "3.1=nan", "3=0.2", "9.1=0.2", "3.1,4.0=0.5"})
        EXPECT_FALSE(parseHeadBetas(bad, config())) << bad;
}

TEST(HandPicked, SinksComeBackSortedEachOnce)
{
    const auto sinks = parseHeadSinks("3.1:12,4.0:2,3.1:7,3.1:12", "sinks_off", config());

    ASSERT_TRUE(sinks) << sinks.error().message;
    EXPECT_THAT(sinks->at({3, 1}), ElementsAre(7, 12));
    EXPECT_EQ(headSinksText(*sinks), "3.1:7,3.1:12,4.0:2");
    for (const char* bad : {"3.1", "3.1:", "3.1:x", "3.1:-1", "3.1:99999999999", "3.9:1", ":4"})
        EXPECT_FALSE(parseHeadSinks(bad, "sinks_off", config())) << bad;
}

} // namespace
} // namespace vitrine::calibration_plugin
