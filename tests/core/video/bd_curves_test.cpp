#include "core/video/bd_curves.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::video
{
namespace
{

using testing::HasSubstr;

TEST(BdCurves, AreTheTwoOfTheFile)
{
    const auto curves = parseBdCurves(R"({"anchor": {"rate": [1, 2], "quality": [30, 31.5]},
                                         "test": {"rate": [], "quality": []}, "by": "me"})",
                                      "c.json");

    ASSERT_TRUE(curves) << curves.error().message;
    ASSERT_EQ(curves->anchor.size(), 2u);
    EXPECT_EQ(curves->anchor[1].rate, 2);
    EXPECT_EQ(curves->anchor[1].quality, 31.5);
    EXPECT_TRUE(curves->test.empty());
}

TEST(BdCurves, AreRefusedByFileAndCurve)
{
    const std::string good = R"("anchor": {"rate": [1], "quality": [2]})";
    const auto refusal = [](const std::string& text) {
        return parseBdCurves(text, "c.json").error().message;
    };
    EXPECT_THAT(refusal("{"), HasSubstr("c.json"));
    EXPECT_THAT(refusal("[]"), HasSubstr("cannot read c.json: \"anchor\" is missing"));
    EXPECT_THAT(refusal("{" + good + "}"), HasSubstr("c.json: \"test\" is missing"));
    EXPECT_THAT(refusal("{" + good + R"(, "test": {"rate": [1]}})"),
                HasSubstr("\"test\" needs the lists rate and quality"));
    EXPECT_THAT(refusal("{" + good + R"(, "test": {"rate": [1, 2], "quality": [1]}})"),
                HasSubstr("\"test\" needs equally many rates and qualities"));
    EXPECT_THAT(refusal("{" + good + R"(, "test": {"rate": [null], "quality": [1]}})"),
                HasSubstr("\"test\" holds something that is not a number"));
}

} // namespace
} // namespace vitrine::video
