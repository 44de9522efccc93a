#include "core/model/vision/preprocessing.h"

#include "core/model/vision/vision_config.h"
#include "core/tensor/safetensors.h"
#include "tests/support/golden.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>

namespace vitrine::model
{
namespace
{

constexpr std::array kFilters = {Resampling::nearest, Resampling::lanczos, Resampling::bilinear,
                                 Resampling::bicubic, Resampling::box,     Resampling::hamming};

std::vector<std::uint8_t> ramp(std::int64_t width, std::int64_t height)
{
    std::vector<std::uint8_t> values;
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width; ++x)
            values.push_back(static_cast<std::uint8_t>((x * 23 + y * 41 + x * y * 7) % 256));
    return values;
}

TEST(Resampling, KeepsOneColourAsItIs)
{
    const std::vector<std::uint8_t> one(11 * 9, 77);
    for (const Resampling how : kFilters)
        for (const std::int64_t side : {3, 9, 30})
            for (const std::uint8_t value : resized({11, 9, 1, one}, side, side, how))
                EXPECT_EQ(value, 77);
}

TEST(Resampling, ToTheSameSizeChangesNothing)
{
    const auto values = ramp(13, 8);
    for (const Resampling how : kFilters)
        EXPECT_EQ(resized({13, 8, 1, values}, 13, 8, how), values);
}

TEST(Resampling, NamesAreThoseOfTimmAndNumbersThoseOfPillow)
{
    for (const Resampling how : kFilters)
        EXPECT_EQ(parseResampling(resamplingName(how)), how);
    EXPECT_EQ(static_cast<Resampling>(5), Resampling::hamming);
    EXPECT_EQ(parseResampling("cubic"), std::nullopt);
}

// By hand: halving widens the triangle to four pixels, weights 1 3 3 1 of 8, less at the ends where
// one is missing: 3 3 1 of 7.
TEST(Resampling, BilinearWidensItsFilterWhereAPictureShrinks)
{
    const std::vector<std::uint8_t> row = {0, 80, 160, 240};
    const auto half = resized({4, 1, 1, row}, 2, 1, Resampling::bilinear);
    EXPECT_EQ(half[0], 57);  // (3 * 0 + 3 * 80 + 160) / 7 = 57.1
    EXPECT_EQ(half[1], 183); // (80 + 3 * 160 + 3 * 240) / 7 = 182.9
}

// By hand: doubling reads at a quarter of a pixel; Keys' weights with a = -0.5 are -0.0703, 0.8672,
// 0.2266, -0.0234.
TEST(Resampling, BicubicIsThatOfKeysWithMinusOneHalf)
{
    const std::vector<std::uint8_t> row = {0, 0, 200, 0, 0, 0};
    const auto twice = resized({6, 1, 1, row}, 12, 1, Resampling::bicubic);
    EXPECT_EQ(twice[4], 173); // 0.8672 * 200
    EXPECT_EQ(twice[5], 173);
    EXPECT_EQ(twice[3], 45); // 0.2266 * 200
    EXPECT_EQ(twice[2], 0);  // -0.0703 * 200, cut to what 8 bits hold
}

// Single precision, step by step, as torchvision's ToTensor and Normalize have it; in double
// precision the last bit is another one for a third of all bytes.
TEST(Preprocessing, NormalisesInSinglePrecision)
{
    std::vector<std::uint8_t> bytes(256);
    std::vector<float> values(256);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(i);
        values[i] = static_cast<float>(i) / 255.0f;
    }
    const Preprocessing how{.side = 16, .mean = {0.286}, .deviation = {0.353}, .crop = 1};

    const auto ofBytes = prepare({16, 16, 1, bytes}, how), ofValues = prepare(values, how);

    ASSERT_TRUE(ofBytes && ofValues);
    EXPECT_EQ(*ofBytes, *ofValues);
    for (std::size_t i = 0; i < values.size(); ++i)
        EXPECT_EQ((*ofBytes)[i], (values[i] - 0.286f) / 0.353f) << i;
}

TEST(Preprocessing, TakesExactValuesPixelByPixelAlone)
{
    const Preprocessing how{.side = 4, .mean = {0, 0, 0}, .deviation = {1, 1, 1}, .crop = 1};
    Preprocessing cut = how;
    cut.crop = 0.5;

    EXPECT_TRUE(how.keeps(4, 4, 3));
    EXPECT_FALSE(how.keeps(4, 5, 3));
    EXPECT_FALSE(how.keeps(4, 4, 1));
    EXPECT_FALSE(cut.keeps(4, 4, 3)); // it would be enlarged first
    EXPECT_FALSE(prepare(std::vector<float>(4 * 4), how));
}

TEST(Preprocessing, CutsTheMiddleSquareAndNormalises)
{
    const auto values = ramp(6, 4);
    const Preprocessing how{.side = 2, .mean = {0.5}, .deviation = {0.25}, .crop = 0.5};
    ASSERT_EQ(how.resizedSide(), 4); // the shorter side stays as it is
    const auto out = prepare({6, 4, 1, values}, how).value();
    ASSERT_EQ(out.size(), 4u);
    EXPECT_FLOAT_EQ(out[0], (static_cast<float>(values[1 * 6 + 2]) / 255 - 0.5f) / 0.25f);
    EXPECT_FLOAT_EQ(out[3], (static_cast<float>(values[2 * 6 + 3]) / 255 - 0.5f) / 0.25f);
}

TEST(Preprocessing, SidesAreThoseOfTheSpecification)
{
    EXPECT_EQ((Preprocessing{.side = 224, .crop = 0.875}.resizedSide()), 256);
    EXPECT_EQ((Preprocessing{.side = 224, .crop = 0.9}.resizedSide()), 248);
    for (const auto& [side, wanted] : {std::pair{224, 236}, {256, 270}, {288, 304}})
        EXPECT_EQ((Preprocessing{.side = side, .crop = 0.95, .roundsUp = true}.resizedSide()),
                  wanted);
}

TEST(Preprocessing, PaddingPutsThePictureInTheMiddleOfBlack)
{
    const std::vector<std::uint8_t> values(28 * 28, 255);
    const Preprocessing how{.side = 32, .mean = {0.0}, .deviation = {1.0}, .padded = true};
    const auto out = prepare({28, 28, 1, values}, how).value();
    double sum = 0;
    for (const float value : out)
        sum += static_cast<double>(value);
    EXPECT_DOUBLE_EQ(sum, 28 * 28);
    EXPECT_EQ(out[2 * 32 + 2], 1);
    EXPECT_EQ(out[1 * 32 + 2], 0);
    EXPECT_EQ(out[29 * 32 + 29], 1);
    EXPECT_EQ(out[30 * 32 + 29], 0);
    EXPECT_FALSE(prepare({40, 28, 1, ramp(40, 28)}, how));
}

TEST(Preprocessing, GreyBecomesThreeEqualChannelsAndColourGrey)
{
    const std::vector<std::uint8_t> grey = {100}, red = {255, 0, 0};
    const Preprocessing colour{.side = 1, .mean = {0, 0, 0}, .deviation = {1, 1, 1}, .crop = 1};
    const auto three = prepare({1, 1, 1, grey}, colour).value();
    EXPECT_EQ(three.size(), 3u);
    EXPECT_EQ(three[0], three[2]);
    const Preprocessing one{.side = 1, .mean = {0}, .deviation = {1}, .crop = 1};
    EXPECT_FLOAT_EQ(prepare({1, 1, 3, red}, one).value()[0], 76.0f / 255); // ITU-R 601: 0.299
    EXPECT_FALSE(prepare({0, 0, 3, {}}, one));
}

TEST(Preprocessing, WhatNoFileSaysIsAssumedAndSaid)
{
    std::vector<std::string> assumed;
    VisionConfig config;
    preprocessingOf(config, {}, 3, assumed).value();
    EXPECT_EQ(assumed.size(), 3u);
    assumed.clear();
    config.mean = {0.5}, config.deviation = {0.5}, config.crop = 0.9,
    config.resampling = Resampling::bilinear;
    const Preprocessing how = preprocessingOf(config, {}, 1, assumed).value();
    EXPECT_TRUE(assumed.empty());
    EXPECT_EQ(how.channels(), 1);
    EXPECT_EQ(how.resampling, Resampling::bilinear);
}

TEST(Preprocessing, WhatIsNeitherResizedNorCutIsToFit)
{
    const Preprocessing how{
        .side = 6, .mean = {0}, .deviation = {1}, .resizes = false, .crops = false};
    EXPECT_TRUE(prepare({6, 6, 1, ramp(6, 6)}, how));
    const auto wide = prepare({8, 6, 1, ramp(8, 6)}, how);
    ASSERT_FALSE(wide);
    EXPECT_NE(wide.error().message.find("8 x 6"), std::string::npos) << wide.error().message;
}

// 100,000 x 1 would become 51,200,000 x 512.
TEST(Preprocessing, APictureThatWouldBecomeTooLargeIsRefused)
{
    const std::vector<std::uint8_t> line(100'000);
    const auto out =
        prepare({100'000, 1, 1, line}, {.side = 512, .mean = {0}, .deviation = {1}, .crop = 1});
    ASSERT_FALSE(out);
    EXPECT_NE(out.error().message.find("51200000 x 512"), std::string::npos) << out.error().message;
}

// A border that is odd is wider behind (torchvision), or before (transformers).
TEST(Preprocessing, ASmallPictureLiesInTheMiddleOfBlack)
{
    const std::vector<std::uint8_t> one(1, 255);
    Preprocessing how{.side = 4, .mean = {0}, .deviation = {1}, .resizes = false};
    EXPECT_EQ(prepare({1, 1, 1, one}, how).value()[1 * 4 + 1], 1);
    how.cutsDown = true;
    EXPECT_EQ(prepare({1, 1, 1, one}, how).value()[2 * 4 + 2], 1);
}

TEST(Preprocessing, WhatContradictsTheNetworkIsRefused)
{
    const auto messageOf = [](const VisionConfig& config, std::int64_t channels) {
        std::vector<std::string> assumed;
        const auto how = preprocessingOf(config, {}, channels, assumed);
        return how ? std::string("taken") : how.error().message;
    };
    VisionConfig config;
    EXPECT_EQ(messageOf(config, 1), "taken");
    config.mean = {0.5, 0.5, 0.5}, config.deviation = {0.5, 0.5, 0.5};
    EXPECT_EQ(messageOf(config, 3), "taken");
    EXPECT_NE(messageOf(config, 1).find("3 means"), std::string::npos);
    config.deviation = {0.5};
    EXPECT_NE(messageOf(config, 3).find("1 deviations"), std::string::npos);
    config.deviation = {0.5, 0, 0.5};
    EXPECT_NE(messageOf(config, 3).find("above 0"), std::string::npos);
    config.deviation = {0.5, 0.5, 0.5}, config.crop = 1e-9;
    EXPECT_NE(messageOf(config, 3).find("crop_pct"), std::string::npos);
    config.crop = 1e9;
    EXPECT_NE(messageOf(config, 3).find("crop_pct"), std::string::npos);
}

// What Pillow and numpy made (tests/golden/pictures/make.py).
class StoredPictures : public testing::Test
{
protected:
    void SetUp() override
    {
        const auto path = tests::goldenData("pictures/prepared.safetensors");
        if (!path)
            GTEST_SKIP() << "set VITRINE_GOLDEN to tests/golden";
        file_ = std::make_unique<Safetensors>(Safetensors::open(*path).value());
    }
    PictureView source(const std::string& name) const
    {
        const TensorView view = file_->tensor(name).value();
        return {view.shape[1], view.shape[0], 3, bytesOf(view)};
    }
    static std::span<const std::uint8_t> bytesOf(const TensorView& view)
    {
        return {reinterpret_cast<const std::uint8_t*>(view.bytes.data()), view.bytes.size()};
    }
    static constexpr std::array kSources = {"wide", "high", "small"};

    std::unique_ptr<Safetensors> file_;
};

TEST_F(StoredPictures, AreResizedAsPillowDoesToTheLastBit)
{
    int compared = 0;
    for (const std::string name : kSources)
        for (const Resampling how : kFilters)
            for (const auto& [width, height] :
                 {std::pair{16, 16}, {24, 31}, {11, 40}, {40, 7}, {1, 1}, {33, 35}}) {
                const auto stored = file_->tensor(
                    fmt::format("resized.{}.{}.{}x{}", name, resamplingName(how), width, height));
                ASSERT_TRUE(stored) << stored.error().message;
                const auto ours = resized(source("source." + name), width, height, how);
                EXPECT_TRUE(std::ranges::equal(ours, bytesOf(*stored)))
                    << name << " " << width << " x " << height << " " << resamplingName(how);
                ++compared;
            }
    EXPECT_EQ(compared, 108);
}

TEST_F(StoredPictures, BecomeGreyAsPillowDoes)
{
    for (const std::string name : kSources) {
        const PictureView colour = source("source." + name);
        const Preprocessing how{.side = std::min(colour.width, colour.height),
                                .mean = {0},
                                .deviation = {1},
                                .resizes = false,
                                .cutsDown = true,
                                .divisor = 1};
        const auto ours = prepare(colour, how).value();
        const auto grey = bytesOf(file_->tensor("grey." + name).value());
        const std::int64_t left = (colour.width - how.side) / 2,
                           top = (colour.height - how.side) / 2;
        for (std::int64_t y = 0; y < how.side; ++y)
            for (std::int64_t x = 0; x < how.side; ++x)
                ASSERT_EQ(ours[static_cast<std::size_t>(y * how.side + x)],
                          grey[static_cast<std::size_t>((y + top) * colour.width + x + left)]);
    }
}

TEST_F(StoredPictures, ArePreparedAsTheLibrariesDo)
{
    const std::vector<double> half(3, 0.5), zero(3, 0), one(3, 1);
    const std::vector<std::pair<const char*, Preprocessing>> cases = {
        {"timm", {.side = 12, .crop = 12.0 / 13}},
        {"squash",
         {.side = 12, .crop = 12.0 / 14, .resampling = Resampling::bilinear, .squashed = true}},
        {"vit",
         {.side = 12,
          .mean = half,
          .deviation = half,
          .resampling = Resampling::bilinear,
          .squashed = true,
          .resizedTo = 12,
          .crops = false}},
        {"deit",
         {.side = 12,
          .mean = half,
          .deviation = half,
          .squashed = true,
          .resizedTo = 15,
          .cutsDown = true}},
        {"bit", {.side = 12, .mean = half, .deviation = half, .resizedTo = 13, .cutsDown = true}},
        {"unscaled",
         {.side = 12,
          .mean = zero,
          .deviation = one,
          .resampling = Resampling::bilinear,
          .squashed = true,
          .resizedTo = 12,
          .crops = false,
          .divisor = 1}},
        {"unresized",
         {.side = 12, .mean = half, .deviation = half, .resizes = false, .cutsDown = true}}};
    for (const std::string name : kSources)
        for (const auto& [what, how] : cases) {
            const auto ours = prepare(source("source." + name), how);
            ASSERT_TRUE(ours) << ours.error().message;
            const auto stored = file_->tensor(fmt::format("prepared.{}.{}", name, what));
            ASSERT_TRUE(stored) << stored.error().message;
            EXPECT_LT(tests::largestDifference(*ours, toFloat(*stored)), 1e-6)
                << name << " " << what;
        }
}

} // namespace
} // namespace vitrine::model
