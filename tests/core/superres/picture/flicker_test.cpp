#include "core/superres/picture/flicker.h"

#include "core/superres/picture/quality.h"
#include "tests/core/superres/pictures.h"

#include <gmock/gmock.h>

#include <cmath>

namespace vitrine::superres
{
namespace
{

// Luma of grey g is round(219 g / 255 + 16): 0 -> 16, 51 -> 60, 102 -> 104, 255 -> 235.
Picture grey(std::uint8_t left, std::uint8_t right)
{
    return {2, 1, 1, {left, right}};
}

TEST(FlickerIndex, OfAnErrorThatStandsStillIsNothing)
{
    const Picture x = grey(0, 102), y = grey(51, 51);
    EXPECT_EQ(flickerIndex({x, x}, {y, y}).value(), 0.0);
}

TEST(FlickerIndex, IsTheMeanOfWhatChangesOtherwise)
{
    const Picture black = grey(0, 0), step = grey(51, 0), other = grey(0, 102);
    EXPECT_EQ(flickerIndex({black, step}, {black, step}).value(), 0.0);
    EXPECT_EQ(flickerIndex({black, step}, {black, black}).value(), 44.0 / 2);
    EXPECT_EQ(flickerIndex({black, step}, {black, other}).value(), (44.0 + 88.0) / 2);
    EXPECT_EQ(flickerIndex({black, step}, {step, black}).value(), 88.0 / 2);
}

TEST(FlickerIndex, RefusesPicturesOfSeveralSizes)
{
    const Picture small = grey(0, 0), large = tests::noisePicture(3, 2, 3);
    EXPECT_THAT(flickerIndex({small, small}, {small, large}).error().message,
                testing::HasSubstr("not 2 x 1 and 3 x 2"));
    EXPECT_FALSE(flickerIndex({{}, {}}, {{}, {}}));
}

} // namespace
} // namespace vitrine::superres
