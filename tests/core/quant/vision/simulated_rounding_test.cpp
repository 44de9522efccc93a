#include "core/base/random.h"
#include "core/quant/vision/simulated_steps.h"
#include "tests/support/each_target.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::quant
{
namespace
{

using tests::onEachTarget;

enum class By { real, shift, multiplier, mixed };

Rescale someRescale(By by, Random& random)
{
    const auto kind = by == By::mixed ? static_cast<By>(random.below(3)) : by;
    if (kind == By::shift)
        return {0, Requantizer{1, static_cast<int>(random.below(14)) - 2}};
    const double factor = std::exp2(-8 * random.uniform());
    if (kind == By::multiplier)
        return {0, multiplyRequantizer(random.below(2) ? factor
                                                       : std::exp2(-1 - double(random.below(6))))};
    return {factor, {}};
}

// Whole sums, of which many are half-way between codes, within 31 bits.
Matrix someSums(Eigen::Index rows, Eigen::Index columns, Random& random)
{
    Matrix sums(rows, columns);
    for (double& sum : sums.reshaped<Eigen::AutoOrder>()) {
        const double size = random.below(8) ? std::exp2(14 * random.uniform()) : 0x1p30;
        sum = std::round(size * (2 * random.uniform() - 1));
    }
    return sums;
}

struct Coded {
    Matrix codes;
    RoundingCount count;
};

// One sum after the other.
Coded plainCodes(Matrix sums, std::span<const Rescale> by, std::span<const double> biases,
                 const CodeGrid& grid, Rounding rounding)
{
    Coded coded{std::move(sums), {}};
    const SimulatedRounding to{rounding, &coded.count};
    for (Eigen::Index r = 0; r < coded.codes.rows(); ++r)
        for (Eigen::Index c = 0; c < coded.codes.cols(); ++c) {
            const auto column = static_cast<std::size_t>(c);
            const double sum = coded.codes(r, c) + (biases.empty() ? 0 : biases[column]);
            coded.codes(r, c) = to.code(sum, by[by.size() == 1 ? 0 : column], grid);
        }
    return coded;
}

void expectCodes(const Coded& expected, const Coded& found)
{
    EXPECT_EQ(found.codes, expected.codes);
    EXPECT_EQ(found.count.values, expected.count.values);
    EXPECT_EQ(found.count.halves, expected.count.halves);
}

TEST(SimulatedRounding, CodesAllSumsAsOneAfterTheOther)
{
    Random random(11);
    std::int64_t halves = 0;
    for (const By kind : {By::real, By::shift, By::multiplier, By::mixed})
        for (const Rounding rounding : {Rounding::halfUp, Rounding::halfEven})
            for (Eigen::Index columns = 1; columns < 36; columns += 1 + columns / 6) {
                const CodeGrid grid{.bits = 4 + static_cast<int>(random.below(5)),
                                    .isSigned = random.below(2) == 0,
                                    .zero = static_cast<std::int64_t>(random.below(9))};
                const bool isOne = kind != By::mixed && random.below(3) == 0;
                std::vector<Rescale> by;
                std::vector<double> biases;
                for (Eigen::Index c = 0; c < columns; ++c) {
                    if (c == 0 || !isOne)
                        by.push_back(someRescale(kind, random));
                    biases.push_back(static_cast<double>(random.below(100)) - 50);
                }
                if (random.below(2))
                    biases.clear();
                const Matrix sums = someSums(20, columns, random);
                const Coded expected = plainCodes(sums, by, biases, grid, rounding);
                halves += expected.count.halves;

                onEachTarget([&](const std::string& target) {
                    SCOPED_TRACE(target);
                    Coded found{sums, {}};
                    SimulatedRounding{rounding, &found.count}.codes(found.codes, by, biases, grid);
                    expectCodes(expected, found);
                });
            }
    EXPECT_GT(halves, 200);
}

TEST(SimulatedRounding, CodesAllNumbersAsOneAfterTheOther)
{
    Random random(12);
    const CodeGrid grid{.scale = 0.37, .zero = 3, .shifts = {0, 1, 2, 3, 0, 0, 1, 1, 3, 2, 0}};
    Matrix values(30, 11);
    for (double& value : values.reshaped<Eigen::AutoOrder>())
        value = 40 * random.normal();
    Coded expected{values, {}}, found{values, {}};
    for (Eigen::Index r = 0; r < values.rows(); ++r)
        for (Eigen::Index c = 0; c < values.cols(); ++c)
            expected.codes(r, c) = SimulatedRounding{Rounding::halfUp, &expected.count}.code(
                values(r, c), grid, static_cast<std::size_t>(c));

    SimulatedRounding{Rounding::halfUp, &found.count}.codes(found.codes, grid);

    expectCodes(expected, found);
}

// Powers of two next to weights of all sizes, the root of a half among them.
TEST(SimulatedSoftmax, GivesTheNearestPowerOfTwo)
{
    const CodedSoftmax work{SoftmaxForm::log2, 4};
    const CodeGrid scores{.scale = 0.1, .shifts = {}}, output{.bits = 4, .isSigned = false};
    Random random(13);
    Matrix codes(200, 17);
    for (double& code : codes.reshaped<Eigen::AutoOrder>())
        code = static_cast<double>(random.below(256)) - 128;
    const Matrix weights = simulateSoftmax(work, {&codes, &scores}, output, {});
    for (Eigen::Index r = 0; r < codes.rows(); ++r) {
        const double most = codes.row(r).maxCoeff();
        double sum = 0;
        for (const double code : codes.row(r))
            sum += std::exp((code - most) * 0.1);
        for (Eigen::Index c = 0; c < codes.cols(); ++c) {
            const double exponent =
                std::round(-std::log2(std::exp((codes(r, c) - most) * 0.1) / sum));
            EXPECT_EQ(weights(r, c), exponent > 15 ? 0 : std::exp2(15 - exponent));
        }
    }
}

} // namespace
} // namespace vitrine::quant
