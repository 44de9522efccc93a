#include "core/learning/nets/superres/deformable.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

double valueAt(const Tensor& picture, int64_t y, int64_t x, int64_t channel)
{
    if (y < 0 || x < 0 || y >= picture.size(0) || x >= picture.size(1))
        return 0.0;
    return picture[y][x][channel].item<double>();
}

// DCN v2, eq. (1), pixel by pixel; x, offsets, masks of one picture.
double naiveTap(const Tensor& x, const Tensor& offset, const Tensor& mask, int64_t row,
                int64_t column, int64_t tap, int64_t channel)
{
    const double y =
        static_cast<double>(row + tap / 3 - 1) + offset[row][column][2 * tap].item<double>();
    const double z =
        static_cast<double>(column + tap % 3 - 1) + offset[row][column][2 * tap + 1].item<double>();
    const auto top = static_cast<int64_t>(std::floor(y)),
               left = static_cast<int64_t>(std::floor(z));
    double sum = 0.0;
    for (int64_t i = top; i <= top + 1; ++i)
        for (int64_t j = left; j <= left + 1; ++j)
            sum += (1.0 - std::abs(y - static_cast<double>(i))) *
                   (1.0 - std::abs(z - static_cast<double>(j))) * valueAt(x, i, j, channel);
    return sum * mask[row][column][tap].item<double>();
}

struct Taps {
    Tensor x, offsets, masks;
};
// Offsets end at a quarter of a pixel from whole numbers, where bilinear interpolation has a kink.
Taps randomTaps(int64_t height, int64_t width, int64_t channels)
{
    const auto f64 = torch::kDouble;
    const Tensor whole = torch::randint(-3, 3, {1, height, width, 18}, f64);
    return {torch::randn({1, height, width, channels}, f64),
            whole + torch::rand({1, height, width, 18}, f64) * 0.5 + 0.25,
            torch::rand({1, height, width, 9}, f64)};
}

TEST(SampleTaps, AgreesWithANaiveLoop)
{
    torch::manual_seed(1);
    const Taps t = randomTaps(4, 5, 3);

    const Tensor columns = sampleTaps(t.x, t.offsets, t.masks);

    for (int64_t y = 0; y < 4; ++y)
        for (int64_t x = 0; x < 5; ++x)
            for (int64_t tap = 0; tap < 9; ++tap)
                for (int64_t c = 0; c < 3; ++c)
                    ASSERT_NEAR(columns[0][y][x][tap * 3 + c].item<double>(),
                                naiveTap(t.x[0], t.offsets[0], t.masks[0], y, x, tap, c), 1e-12);
}

TEST(SampleTaps, HasTheGradientOfFiniteDifferences)
{
    torch::manual_seed(2);
    const Taps t = randomTaps(3, 4, 2);
    const Tensor weights = torch::randn({1, 3, 4, 18}, torch::kDouble);
    std::vector<Tensor> inputs{t.x, t.offsets, t.masks};
    for (Tensor& input : inputs)
        input.requires_grad_();
    const auto value = [&] {
        return (sampleTaps(inputs[0], inputs[1], inputs[2]) * weights).sum();
    };
    const auto slopes = torch::autograd::grad({value()}, inputs);

    const torch::NoGradGuard noGradient;
    for (size_t i = 0; i < 3; ++i) {
        const Tensor flat = inputs[i].detach().view({-1});
        for (int64_t j = 0; j < flat.numel(); ++j) {
            const double step = 1e-6, before = flat[j].item<double>();
            flat[j] = before + step;
            const double above = value().item<double>();
            flat[j] = before - step;
            const double below = value().item<double>();
            flat[j] = before;
            ASSERT_NEAR(slopes[i].view({-1})[j].item<double>(), (above - below) / (2 * step), 1e-7);
        }
    }
}

TEST(Deformable, WithoutOffsetsAndWithFullMasksIsAConvolution)
{
    torch::manual_seed(3);
    Deformable layer(6, 4);
    const Tensor x = torch::randn({2, 7, 5, 6});

    const Tensor ours = layer(x, torch::zeros({2, 7, 5, 18}), torch::ones({2, 7, 5, 9}));
    const Tensor judge = torch::conv2d(x.permute({0, 3, 1, 2}), layer->weight, layer->bias, 1, 1)
                             .permute({0, 2, 3, 1});

    EXPECT_LT((ours - judge).abs().max().item<double>(), 1e-5);
}

TEST(Deformable, WithWholeOffsetsReadsNeighbours)
{
    const Tensor x = torch::arange(20, torch::kFloat).view({1, 4, 5, 1});
    const Tensor offsets = torch::zeros({1, 4, 5, 18});
    offsets.select(3, 8).fill_(1.0);  // the middle tap: one below
    offsets.select(3, 9).fill_(-2.0); // and two to the left

    const Tensor middle = sampleTaps(x, offsets, torch::ones({1, 4, 5, 9})).select(3, 4)[0];

    EXPECT_EQ(middle[0][2].item<float>(), 5.0f);
    EXPECT_EQ(middle[2][4].item<float>(), 17.0f);
    EXPECT_EQ(middle[0][1].item<float>(), 0.0f); // beyond the left edge
    EXPECT_EQ(middle[3][4].item<float>(), 0.0f); // beyond the lower edge
}

// A network gone wrong must not read outside memory.
TEST(SampleTaps, TakesOffsetsFarAwayAndNotNumbersAsOutside)
{
    const Tensor offsets = torch::full({1, 2, 2, 18}, 1e30);
    offsets[0][0] = std::nan("");
    const Tensor x = torch::ones({1, 2, 2, 3});

    EXPECT_EQ(sampleTaps(x, offsets, torch::ones({1, 2, 2, 9})).abs().max().item<double>(), 0.0);
}

} // namespace
} // namespace vitrine::learning
