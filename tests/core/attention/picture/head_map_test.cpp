#include "core/attention/picture/head_map.h"

#include "core/base/random.h"
#include "tests/core/attention/picture/picture_fixture.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace vitrine::attention
{
namespace
{

PictureLayer layerOf(std::int64_t tokens, std::int64_t dim)
{
    PictureLayer layer;
    layer.heads = 1, layer.dim = dim;
    layer.queries = layer.keys = {0, 1, tokens};
    return layer;
}

std::vector<float> whole(const HeadMap& map)
{
    std::vector<float> weights(static_cast<std::size_t>(map.queries() * map.keys()));
    map.rows(0, weights);
    return weights;
}

// The worked example of the specification of ViTALiTy, section 1.4.
const HeadTensors kExample{{1, 0, 0, 1, 1, 1}, {1, 2, 3, 0, 2, 1}, {}};
constexpr double kValues[3][2] = {{1, 0}, {0, 2}, {3, 1}};

void expectOutput(Attending attending, const std::vector<std::vector<double>>& expected)
{
    const auto weights = whole({layerOf(3, 2), kExample, attending});
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t c = 0; c < 2; ++c) {
            double sum = 0;
            for (std::size_t j = 0; j < 3; ++j)
                sum += static_cast<double>(weights[i * 3 + j]) * kValues[j][c];
            EXPECT_NEAR(sum, expected[i][c], 1e-6) << i << ' ' << c;
        }
}

TEST(HeadMap, SoftmaxAndTaylorGiveTheWorkedExampleOfVitality)
{
    expectOutput(Attending::softmax, {{0.992015, 1.435946}, {1.427962, 0.564054}, {1.333333, 1.0}});
    expectOutput(Attending::taylor, {{1.097631, 1.471405}, {1.569036, 0.528595}, {1.333333, 1.0}});
}

TEST(HeadMap, ReluLinearDividesByTheSumOfItsWeightsAndGivesNothingWhereNoneIsAboveZero)
{
    // Trio-ViT's worked example: divisors 13, 15 and 0.
    PictureLayer layer = layerOf(3, 2);
    layer.kind = AttentionKind::linear;
    layer.epsilon = 1e-15f;
    const auto weights =
        whole({layer, {{1, 2, 0, 3, -1, -2}, {1, 0, 2, 1, 0, 4}, {}}, Attending::reluLinear});
    const double expected[] = {1. / 13, 4. / 13, 8. / 13, 0, 3. / 15, 12. / 15, 0, 0, 0};
    for (std::size_t i = 0; i < 9; ++i)
        EXPECT_NEAR(static_cast<double>(weights[i]), expected[i], 1e-7) << i;
}

HeadTensors randomTensors(std::int64_t tokens, std::int64_t dim, double size)
{
    Random random(3);
    HeadTensors tensors;
    for (std::int64_t i = 0; i < tokens * dim; ++i) {
        tensors.queries.push_back(static_cast<float>(size * random.normal()));
        tensors.keys.push_back(static_cast<float>(size * random.normal()));
    }
    return tensors;
}

TEST(HeadMap, TheTaylorMapComesCloserToTheSoftmaxAsScoresBecomeSmall)
{
    const PictureLayer layer = layerOf(49, 16);
    const auto error = [&](double size) {
        const HeadTensors tensors = randomTensors(49, 16, size);
        const auto exact = whole({layer, tensors, Attending::softmax}),
                   taylor = whole({layer, tensors, Attending::taylor});
        double most = 0;
        for (std::size_t i = 0; i < exact.size(); ++i)
            most = std::max(most, std::abs(static_cast<double>(exact[i] - taylor[i])));
        return most;
    };
    // Second order in the scores, which are second order in `size`.
    EXPECT_NEAR(std::log(error(0.4) / error(0.2)) / std::log(2.0), 4, 0.6);
}

TEST(HeadMap, ConstantsAddedToAllKeysChangeNeitherSoftmaxNorTaylor)
{
    const PictureLayer layer = layerOf(20, 8);
    const HeadTensors tensors = randomTensors(20, 8, 1);
    HeadTensors moved = tensors;
    for (float& key : moved.keys)
        key += 0.5f;
    for (const Attending attending : {Attending::softmax, Attending::taylor}) {
        const auto a = whole({layer, tensors, attending}), b = whole({layer, moved, attending});
        for (std::size_t i = 0; i < a.size(); ++i)
            ASSERT_NEAR(a[i], b[i], 1e-5f);
    }
}

TEST(HeadMap, BlocksOfRowsAreTheRows)
{
    const HeadMap map(layerOf(100, 8), randomTensors(100, 8, 1), Attending::softmax);
    const auto all = whole(map), one = map.row(71);
    for (std::size_t key = 0; key < 100; ++key)
        EXPECT_NEAR(one[key], all[7100 + key], 1e-7f);
    const auto received = map.received();
    double mean = 0;
    for (std::size_t row = 0; row < 100; ++row)
        mean += static_cast<double>(all[row * 100 + 13]) / 100;
    EXPECT_NEAR(static_cast<double>(received[13]), mean, 1e-7);
}

TEST(HeadMap, WeightsThatAreNotNumbersStayThat)
{
    HeadTensors tensors = kExample;
    tensors.keys[0] = std::nanf("");
    for (const Attending attending : {Attending::softmax, Attending::reluLinear, Attending::taylor})
        EXPECT_TRUE(std::isnan(HeadMap(layerOf(3, 2), tensors, attending).row(0)[1]))
            << attendingName(attending);
}

} // namespace
} // namespace vitrine::attention
