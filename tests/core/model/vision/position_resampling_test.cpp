#include "core/model/vision/position_resampling.h"

#include "core/base/random.h"
#include "core/model/network/vit_network.h"
#include "core/model/vision/vision_model.h"
#include "tests/core/model/vision/random_vision.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

namespace vitrine::model
{
namespace
{

using testing::Contains;
using testing::HasSubstr;

constexpr std::int64_t kWidth = 3;

std::vector<float> positionsOf(std::int64_t placed, std::int64_t side)
{
    Random random(static_cast<std::uint64_t>(side));
    std::vector<float> values(static_cast<std::size_t>((placed + side * side) * kWidth));
    std::ranges::generate(values, [&] { return static_cast<float>(random.normal()); });
    return values;
}

// The cubic convolution of Keys (1981), eq. 15, with any a.
double keys(double x, double a)
{
    x = std::abs(x);
    if (x <= 1)
        return (a + 2) * x * x * x - (a + 3) * x * x + 1;
    return x < 2 ? a * x * x * x - 5 * a * x * x + 8 * a * x - 4 * a : 0;
}

// One value, summed in two dimensions at once over pixels far beyond the border, where the border's
// own stand; the shrinking filter ends at the border instead and has sum 1.
double plainly(const std::vector<float>& positions, const PositionGrids& grids, std::int64_t row,
               std::int64_t column, std::int64_t channel)
{
    const double scale = static_cast<double>(grids.from) / static_cast<double>(grids.to);
    const double wide = grids.antialiased ? std::max(1.0, scale) : 1.0;
    const auto reach = static_cast<std::int64_t>(2 * wide) + 2;
    const double atY = (static_cast<double>(row) + 0.5) * scale - 0.5,
                 atX = (static_cast<double>(column) + 0.5) * scale - 0.5;
    const double a = grids.antialiased ? -0.5 : -0.75;
    double sum = 0, weights = 0;
    for (std::int64_t y = std::llround(atY) - reach; y <= std::llround(atY) + reach; ++y)
        for (std::int64_t x = std::llround(atX) - reach; x <= std::llround(atX) + reach; ++x) {
            const std::int64_t inY = std::clamp<std::int64_t>(y, 0, grids.from - 1),
                               inX = std::clamp<std::int64_t>(x, 0, grids.from - 1);
            if (grids.antialiased && (inY != y || inX != x))
                continue;
            const double weight = keys((static_cast<double>(y) - atY) / wide, a) *
                                  keys((static_cast<double>(x) - atX) / wide, a);
            weights += weight;
            sum += weight * static_cast<double>(positions[static_cast<std::size_t>(
                                (grids.placed + inY * grids.from + inX) * kWidth + channel)]);
        }
    return sum / weights;
}

TEST(PositionResampling, IsBicubicInterpolationBySize)
{
    for (const bool antialiased : {false, true})
        for (const auto& [from, to] :
             {std::pair{4, 6}, {4, 16}, {5, 3}, {37, 16}, {2, 3}, {1, 4}, {7, 1}}) {
            const PositionGrids grids{2, from, to, antialiased};
            const auto before = positionsOf(2, from);

            const auto after = resampledPositions(before, kWidth, grids);

            ASSERT_EQ(after.size(), static_cast<std::size_t>((2 + to * to) * kWidth));
            EXPECT_TRUE(std::equal(after.begin(), after.begin() + 2 * kWidth, before.begin()));
            for (std::int64_t i = 0; i < to * to * kWidth; ++i)
                ASSERT_NEAR(static_cast<double>(after[static_cast<std::size_t>(2 * kWidth + i)]),
                            plainly(before, grids, i / kWidth / to, i / kWidth % to, i % kWidth),
                            1e-6)
                    << from << " to " << to << (antialiased ? ", antialiased" : "");
        }
}

TEST(PositionResampling, ToTheSameGridChangesNothing)
{
    const auto before = positionsOf(1, 5);
    for (const bool antialiased : {false, true})
        EXPECT_EQ(resampledPositions(before, kWidth, {1, 5, 5, antialiased}), before);
}

const VitSizes kTrained{.width = 12,
                        .depth = 1,
                        .heads = 2,
                        .mlp = 16,
                        .patch = 7,
                        .side = 28,
                        .classes = 0,
                        .registers = 2,
                        .scaledBranches = true};

// A network that was trained on 4 x 4 patches, with pictures of another size.
class RegriddedVit : public testing::Test
{
protected:
    Result<std::shared_ptr<const VisionCheckpoint>> open(const std::string& type, int side)
    {
        weights_.write(folder_.path,
                       fmt::format(R"({{"model_type": "{}", "image_size": 28, "patch_size": 7,
                                       "num_attention_heads": 2}})",
                                   type));
        std::ofstream(folder_.path / "preprocessor_config.json") << fmt::format(
            R"({{"image_processor_type": "BitImageProcessor", "size": {{"shortest_edge": {0}}},
                 "crop_size": {0}}})",
            side);
        return openVisionCheckpoint(folder_.path);
    }

    tests::RandomVision weights_{vitNetwork(kTrained)};
    tests::TemporaryFolder folder_;
};

TEST_F(RegriddedVit, SeesPicturesAsTheyArePreparedAndSaysSo)
{
    for (const auto& [type, antialiased] :
         {std::pair{"dinov2", false}, {"dinov2_with_registers", true}}) {
        const auto opened = open(type, 42);
        ASSERT_TRUE(opened) << opened.error().message;
        const VisionCheckpoint& vit = **opened;

        EXPECT_EQ(vit.preprocessing().side, 42);
        EXPECT_EQ(vit.network().layers.front().shape.conv.inHeight, 42);
        EXPECT_EQ(toFloat(vit.tensor("pos_embed").value()),
                  resampledPositions(weights_["pos_embed"], 12, {1, 4, 6, antialiased}));
        EXPECT_THAT(vit.notes(), Contains(HasSubstr("4 x 4 patches")));
        EXPECT_THAT(vit.notes(),
                    Contains(HasSubstr(antialiased ? ", antialiased" : "not antialiased")));
        const auto features =
            VisionModel::open(*opened).value().run(std::vector<float>(42 * 42 * 3, 0.5f));
        ASSERT_TRUE(features) << features.error().message;
        EXPECT_EQ(features->size(), (3 + 36) * 12u);
    }
}

TEST_F(RegriddedVit, KeepsItsOwnGridWherePicturesFit)
{
    const auto opened = open("dinov2", 28);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(toFloat((*opened)->tensor("pos_embed").value()), weights_["pos_embed"]);
    EXPECT_THAT((*opened)->notes(), Not(Contains(HasSubstr("resampled"))));
}

TEST_F(RegriddedVit, RefusesPicturesThatAreNoWholeNumberOfPatches)
{
    for (const int side : {40, 7 * 513}) {
        const auto opened = open("dinov2", side);
        ASSERT_FALSE(opened);
        EXPECT_THAT(opened.error().message, HasSubstr("patches of 7"));
    }
}

} // namespace
} // namespace vitrine::model
