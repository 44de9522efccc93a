#include "core/superres/picture/image.h"

#include <gtest/gtest.h>

namespace vitrine::superres
{
namespace
{

TEST(SuperresImage, EveryByteComesBack)
{
    Picture picture{16, 16, 3, {}};
    for (int i = 0; i < 16 * 16 * 3; ++i)
        picture.values.push_back(static_cast<std::uint8_t>(i % 256));
    EXPECT_EQ(pictureOf(imageOf(picture)).values, picture.values);
}

TEST(SuperresImage, WhatLiesOutsideIsClampedAndHalvesAreRoundedUp)
{
    const Image image{2, 1, {-0.2f, 1.7f, 0.5f / 255, 1.49f / 255, 1.51f / 255, 1.0f}};
    EXPECT_EQ(pictureOf(image).values, (std::vector<std::uint8_t>{0, 255, 1, 1, 2, 255}));
}

TEST(SuperresImage, GreyHasThreeEqualChannels)
{
    const Image image = imageOf({2, 1, 1, {0, 255}});
    EXPECT_EQ(image.values, (std::vector<float>{0, 0, 0, 1, 1, 1}));
}

} // namespace
} // namespace vitrine::superres
