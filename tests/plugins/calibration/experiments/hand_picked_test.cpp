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
    EXPECT_EQ(sinkPlacesText(parseSinkPlaces("3.1:12,4.0:2,3.1:7,3.1:12")), "3.1:7,3.1:12,4.0:2");
    for (const char* bad : {"3.1", "3.1:", "3.1:x", "3.1:-1", "3.1:99999999999", "3.9:1", ":4"})
        EXPECT_FALSE(parseHeadSinks(bad, "sinks_off", config())) << bad;
}

// A run and the figures of it read the same items.
TEST(HandPicked, LeavesOutWhatARunWouldRefuse)
{
    for (const char* item : {"3.1", "3.1=", "3.1=x", "3.1=-0.1", "3.1=7", "3.1=nan", "3=0.2",
                             "-3.1=0.2", "3.1=0.2=0.3", "", "99999999999.1=0.2"}) {
        const std::string list = std::string(item) + ",4.0=0.5";
        EXPECT_EQ(headBetasText(parseHeadBetas(list)), "4.0=0.5") << item;
        EXPECT_FALSE(parseHeadBetas(list, config())) << item;
    }
    for (const char* item :
         {"3.1", "3.1:", "3.1:x", "3.1:-1", "3.1:0.5", ":4", "", "3.1:1000000001"}) {
        const std::string list = std::string(item) + ",4.0:2";
        EXPECT_EQ(sinkPlacesText(parseSinkPlaces(list)), "4.0:2") << item;
        EXPECT_FALSE(parseHeadSinks(list, "sinks_on", config())) << item;
    }
}

TEST(HandPicked, TakesSpacesAroundHeadsAndValues)
{
    EXPECT_EQ(headBetasText(*parseHeadBetas(" 3.1 = 0.2 , 4.0 =0.5,", config())),
              "3.1=0.2,4.0=0.5");
    EXPECT_EQ(headBetasText(parseHeadBetas(" 3.1 = 0.2 , 4.0 =0.5,")), "3.1=0.2,4.0=0.5");
    EXPECT_EQ(sinkPlacesText(parseSinkPlaces("3.1 : 7")), "3.1:7");
}

TEST(HandPicked, SaysWhichItemIsWrongAndWhichHeadTheModelLacks)
{
    EXPECT_EQ(parseHeadBetas("4.0=0.5,x=1", config()).error().message,
              "head_betas has \"x=1\": a list such as 3.1=0.2,4.0=0.5 (0 to 1) expected");
    EXPECT_THAT(parseHeadSinks("9.1:2", "sinks_on", config()).error().message,
                testing::HasSubstr("sinks_on names head 9.1: the model has the layers 0 to 5"));
}

} // namespace
} // namespace vitrine::calibration_plugin
