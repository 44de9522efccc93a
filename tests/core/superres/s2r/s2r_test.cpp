// The network whole, with the shipped weights: what it is, and what holds for every picture.
#include "core/superres/s2r/s2r.h"

#include "core/base/parallel.h"
#include "core/base/resources.h"
#include "core/model/network/s2r_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::superres
{
namespace
{

using testing::HasSubstr;

std::shared_ptr<const Upscaler> shipped(const std::string& id, std::int64_t scale)
{
    for (const UpscalingMethod& method : upscalingMethods())
        if (method.id == id) {
            const auto opened =
                method.open(scale, findResource("models/" + method.model(scale)).value_or(""));
            EXPECT_TRUE(opened) << (opened ? "" : opened.error().message);
            return opened.value_or(nullptr);
        }
    ADD_FAILURE() << "no method " << id;
    return nullptr;
}

Image pattern(std::int64_t width, std::int64_t height)
{
    Image image = blankImage(width, height);
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width; ++x)
            for (std::int64_t c = 0; c < 3; ++c)
                image.row(y)[3 * x + c] =
                    static_cast<float>(0.5 + 0.3 * std::sin(0.5 * static_cast<double>(x + c)) *
                                                 std::cos(0.3 * static_cast<double>(y - c)));
    return image;
}

TEST(S2rNetwork, HasTheParametersOfTheSpecification)
{
    const auto parameters = [](const model::S2rSizes& sizes) {
        return model::s2rNetwork(sizes, 16, 16).parameters();
    };
    EXPECT_EQ(parameters({.scale = 2}), 577'554); // the paper's 578 K
    EXPECT_EQ(parameters({.scale = 3}), 585'669);
    EXPECT_EQ(parameters({.scale = 4}), 597'030);
}

TEST(S2rNetwork, TheShippedOnesHaveTheirParametersAndProducts)
{
    const struct {
        const char* id;
        std::int64_t scale, parameters;
        double macs;
    } kRows[] = {{"s2r", 2, 577'554, 759'780},    {"s2r", 4, 597'030, 779'220},
                 {"s2r-fast", 2, 54'162, 92'340}, {"s2r-fast", 4, 63'918, 102'060},
                 {"s2r-live", 2, 41'952, 53'280}, {"s2r-live", 4, 51'708, 63'000}};
    for (const auto& row : kRows) {
        const auto upscaler = shipped(row.id, row.scale);
        ASSERT_NE(upscaler, nullptr);
        EXPECT_EQ(upscaler->parameters(), row.parameters) << row.id << row.scale;
        EXPECT_EQ(upscaler->macsPerPixel(), row.macs) << row.id << row.scale;
        EXPECT_EQ(upscaler->scale(), row.scale);
    }
}

// Squeeze and excitation are counted once for a picture, not for each of its pixels.
TEST(S2rNetwork, ProductsOfAPicture)
{
    EXPECT_EQ(model::s2rNetwork({}, 144, 176).macs(), 759'780LL * 144 * 176 + 2 * 240 * 15);
    EXPECT_EQ(model::s2rNetwork({}, 143, 161).macs(), model::s2rNetwork({}, 144, 176).macs());
}

TEST(S2r, TakesPicturesOfAnySize)
{
    for (const char* id : {"s2r", "s2r-fast", "s2r-live"})
        for (const std::int64_t scale : {2, 4})
            for (const auto& [width, height] :
                 {std::pair{1, 1}, {1, 3}, {2, 1}, {15, 17}, {16, 16}, {33, 8}}) {
                const auto high = shipped(id, scale)->enlarged(pattern(width, height), {});
                ASSERT_TRUE(high) << high.error().message;
                EXPECT_EQ(high->image.width, scale * width);
                EXPECT_EQ(high->image.height, scale * height);
                EXPECT_EQ(high->seamError, 0);
            }
}

TEST(S2r, IsTheSameForEveryThreadCount)
{
    const int before = threadCount();
    for (const char* id : {"s2r", "s2r-fast", "s2r-live"}) {
        const auto upscaler = shipped(id, 2);
        const Image low = pattern(70, 50);
        setThreadCount(1);
        const auto one = upscaler->enlarged(low, {});
        setThreadCount(3);
        const auto three = upscaler->enlarged(low, {});
        setThreadCount(before);
        ASSERT_TRUE(one && three);
        EXPECT_EQ(one->image.values, three->image.values) << id;
    }
}

TEST(S2r, OneColourStaysOneColour)
{
    Image grey = blankImage(64, 64);
    std::ranges::fill(grey.values, 0.6f);
    for (const char* id : {"s2r", "s2r-fast", "s2r-live"}) {
        const auto high = shipped(id, 2)->enlarged(grey, {});
        ASSERT_TRUE(high);
        for (std::int64_t y = 32; y < 96; ++y)
            for (std::int64_t x = 32; x < 96; ++x)
                EXPECT_NEAR(high->image.row(y)[3 * x], 0.6f, 2.0 / 255) << id;
    }
}

TEST(S2r, StopsWhenItIsTold)
{
    const auto stopped =
        shipped("s2r-fast", 2)->enlarged(pattern(64, 64), [](double share) { return share < 0.3; });
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
}

TEST(S2r, SharesGrowToOne)
{
    double last = 0;
    ASSERT_TRUE(shipped("s2r-live", 2)->enlarged(pattern(32, 32), [&](double share) {
        EXPECT_GT(share, last);
        return (last = share) <= 1;
    }));
    EXPECT_GT(last, 0.8);
}

// Else a run would carry the name of one network and the numbers of another.
TEST(S2r, WeightsOfAnotherNetworkAreRefused)
{
    for (const UpscalingMethod& method : upscalingMethods())
        if (method.id == "s2r-fast") {
            const auto opened = method.open(2, findResource("models/s2r-live-x2").value_or(""));
            ASSERT_FALSE(opened);
            EXPECT_THAT(opened.error().message, HasSubstr("holds the network \"s2r-live\""));
        }
}

TEST(S2r, AnotherScaleIsRefused)
{
    const auto opened = openS2r(findResource("models/s2r-live-x4").value_or(""), 2);
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, HasSubstr("enlarges 4 times, not 2 times"));
}

} // namespace
} // namespace vitrine::superres
