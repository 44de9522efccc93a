// Values of the released code (GATECH-EIC/ShiftAddLLM) on a matrix of 32 x 64. It computes in
// single precision and solves for the scales by a few steps of conjugate gradients.
#include "core/quant/binary_coding.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/quant/hessian.h"
#include "core/quant/layer_errors.h"
#include "core/quant/layer_update.h"
#include "core/quant/quantizer.h"
#include "core/tensor/safetensors.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>

namespace vitrine::quant
{
namespace
{

struct ReleasedCoding {
    Safetensors file;
    std::map<std::string, double> meanSquared; // by case

    std::vector<float> values(const std::string& name) const { return toFloat(*file.tensor(name)); }
};

std::optional<ReleasedCoding> releasedCoding()
{
    const auto folder = vitrine::tests::goldenData("methods/shiftaddllm");
    if (!folder)
        return std::nullopt;
    ReleasedCoding released{*Safetensors::open(*folder / "bcq_32x64.safetensors"), {}};
    const auto text = readFile(*folder / "index_32x64.json", 1 << 20);
    const Json index = *parseJson(*text, "index");
    for (const Json& one : index["bcq"])
        released.meanSquared[one["case"].get<std::string>()] = one["mse"].get<double>();
    return released;
}

// A group of the case, row-major [rows][groups of `size` inputs].
std::vector<double> groupOf(const std::vector<float>& weights, std::size_t index, std::size_t size)
{
    const auto begin = weights.begin() + static_cast<std::ptrdiff_t>(index * size);
    return {begin, begin + static_cast<std::ptrdiff_t>(size)};
}

struct Outcome {
    double meanSquared = 0;
    int groups = 0, sameScales = 0;
};

Outcome fitAll(const ReleasedCoding& released, const std::string& name, std::size_t size,
               const BinaryFitSettings& how)
{
    const std::vector<float> weights = released.values("W");
    const std::vector<float> alpha = released.values(name + ".alpha");
    const std::size_t groups = weights.size() / size, bits = static_cast<std::size_t>(how.bits);
    Outcome outcome;
    for (std::size_t g = 0; g < groups; ++g) {
        const std::vector<double> group = groupOf(weights, g, size);
        const BinaryFit fit = fitBinaryCodes(group, how);
        const BinaryLevels levels{std::span(fit.scales).first(bits)};
        for (const double weight : group)
            outcome.meanSquared +=
                std::pow(weight - static_cast<double>(levels.nearest(weight).value), 2) /
                static_cast<double>(weights.size());
        bool same = true;
        for (std::size_t b = 0; b < bits; ++b)
            same &= std::abs(fit.scales[b] - alpha[g * bits + b]) < 1e-3f * alpha[g * bits];
        outcome.groups += 1;
        outcome.sameScales += same;
    }
    return outcome;
}

TEST(ReleasedCode, GreedyScalesAreTheSame)
{
    const auto released = releasedCoding();
    if (!released)
        GTEST_SKIP() << "neither VITRINE_TEST_DATA nor VITRINE_GOLDEN is set";
    const std::vector<float> weights = released->values("W");
    for (const int bits : {1, 2, 3, 4})
        for (const std::size_t size : {64u, 16u}) {
            const std::string name =
                "bcq.q" + std::to_string(bits) + (size == 64 ? ".g-1" : ".g16") + ".r0.alpha";
            const std::vector<float> alpha = released->values(name);
            for (std::size_t i = 0; i < alpha.size(); ++i) {
                const auto b = static_cast<std::size_t>(bits);
                const auto scales = greedyScales(groupOf(weights, i / b, size), bits);
                ASSERT_NEAR(scales[i % b], static_cast<double>(alpha[i]), 1e-6) << name;
            }
        }
}

TEST(ReleasedCode, AlternatingScalesAreTheSame)
{
    const auto released = releasedCoding();
    if (!released)
        GTEST_SKIP() << "neither VITRINE_TEST_DATA nor VITRINE_GOLDEN is set";
    for (const int bits : {2, 3, 4})
        for (const int rounds : {1, 15})
            for (const std::size_t size : {64u, 16u}) {
                const std::string name = "bcq.q" + std::to_string(bits) +
                                         (size == 64 ? ".g-1" : ".g16") + ".r" +
                                         std::to_string(rounds);
                const Outcome ours =
                    fitAll(*released, name, size,
                           {.bits = bits, .rounds = rounds, .rounding = ScaleRounding::none});
                const double theirs = released->meanSquared.at(name);
                EXPECT_NEAR(ours.meanSquared, theirs, 2e-4 * theirs) << name;
                EXPECT_GE(ours.sameScales, ours.groups - 1) << name;
            }
}

TEST(ReleasedCode, ScalesOfPowersOfTwoAreTheSameOrBetter)
{
    const auto released = releasedCoding();
    if (!released)
        GTEST_SKIP() << "neither VITRINE_TEST_DATA nor VITRINE_GOLDEN is set";
    for (const int bits : {2, 3, 4})
        for (const int terms : {1, 2, 3})
            for (const std::size_t size : {64u, 16u}) {
                const std::string name = "shift.q" + std::to_string(bits) +
                                         (size == 64 ? ".g-1" : ".g16") + ".apot" +
                                         std::to_string(terms);
                const Outcome ours =
                    fitAll(*released, name, size,
                           {.bits = bits, .rounding = ScaleRounding::powers, .terms = terms});
                // Ours keeps the best round, theirs the last.
                EXPECT_LE(ours.meanSquared, 1.001 * released->meanSquared.at(name)) << name;
                EXPECT_GE(ours.sameScales, ours.groups * 3 / 4) << name;
            }
}

Matrix matrixOf(const Safetensors& file, const std::string& name)
{
    const TensorView tensor = *file.tensor(name);
    const std::vector<float> values = toFloat(tensor);
    Matrix matrix(tensor.shape[0], tensor.shape[1]);
    std::copy(values.begin(), values.end(), matrix.data());
    return matrix;
}

// Scales of each row fitted once, codes of one column after the other: the released row mode.
class RowsFittedOnce : public ColumnMethod
{
public:
    RowsFittedOnce(const Matrix& weights, int bits)
    {
        for (Eigen::Index n = 0; n < weights.rows(); ++n) {
            const auto fit =
                fitBinaryCodes({weights.row(n).data(), static_cast<std::size_t>(weights.cols())},
                               {.bits = bits, .rounding = ScaleRounding::none});
            levels_.emplace_back(std::span(fit.scales).first(static_cast<std::size_t>(bits)));
        }
    }
    std::size_t groups() const override { return 0; }
    void fit(std::size_t, ColumnSpan, const ConstRows&) override {}
    void assign(Eigen::Index, Eigen::Index firstRow, std::span<const double> current,
                std::span<double> decoded) override
    {
        for (std::size_t i = 0; i < current.size(); ++i)
            decoded[i] = static_cast<double>(
                levels_[static_cast<std::size_t>(firstRow) + i].nearest(current[i]).value);
    }

private:
    std::vector<BinaryLevels> levels_;
};

struct ReleasedUpdate {
    Safetensors file;
    Matrix weights, hessian; // damped already

    double error(const Matrix& decoded) const { return outputEnergy(weights - decoded, hessian); }
    // Share of weights that are the same.
    double same(const Matrix& decoded, const Matrix& theirs) const
    {
        return ((decoded - theirs).array().abs() < 2e-3).cast<double>().mean();
    }
    Matrix shiftAdd(const QuantSettings& settings) const
    {
        const auto ours = quantize(*findQuantizer("shiftadd"), settings, {weights, &hessian, {}});
        EXPECT_TRUE(ours) << ours.error().message;
        return ours->decoded;
    }
};

std::optional<ReleasedUpdate> releasedUpdate()
{
    const auto path = vitrine::tests::goldenData("methods/shiftaddllm/gptq_32x64.safetensors");
    if (!path)
        return std::nullopt;
    Safetensors file = *Safetensors::open(*path);
    const Matrix weights = matrixOf(file, "W"), hessian = matrixOf(file, "H_damped");
    return ReleasedUpdate{std::move(file), weights, hessian};
}

// The released update in its accuracy mode (by columns) and its latency mode (by blocks). One code
// that flips changes all that comes after it, and theirs are those of single precision and of the
// last round where ours are of the best: most two-bit results are the same throughout, of others
// the error that is left is compared.
TEST(ReleasedCode, CompensatedUpdateLeavesTheSameError)
{
    const auto released = releasedUpdate();
    if (!released)
        GTEST_SKIP() << "neither VITRINE_TEST_DATA nor VITRINE_GOLDEN is set";
    double ratios = 0;
    for (const bool isColumn : {true, false})
        for (const int bits : {2, 3, 4})
            for (const bool ordering : {false, true}) {
                const std::string name = fmt::format("gptq.{}.q{}.actorder{}.Q",
                                                     isColumn ? "acc" : "lat", bits, +ordering);
                const Matrix ours =
                    released->shiftAdd({.layout = isColumn ? Layout::column : Layout::block,
                                        .bits = bits,
                                        .terms = 3,
                                        .ordering = ordering,
                                        .damping = 0});
                const Matrix theirs = matrixOf(released->file, name);
                const double ratio = released->error(ours) / released->error(theirs);
                EXPECT_LT(ratio, 1.03) << name;
                EXPECT_GT(ratio, 0.85) << name;
                if (bits == 2) {
                    EXPECT_GT(released->same(ours, theirs), 0.99) << name;
                    EXPECT_NEAR(ratio, 1, 1e-3) << name;
                }
                ratios += ratio;
            }
    EXPECT_LT(ratios / 12, 1.0);
}

TEST(ReleasedCode, GroupsOfAColumnHaveScalesOfTheirOwn)
{
    const auto released = releasedUpdate();
    if (!released)
        GTEST_SKIP() << "neither VITRINE_TEST_DATA nor VITRINE_GOLDEN is set";
    const Matrix ours = released->shiftAdd(
        {.layout = Layout::column, .bits = 3, .group = 16, .terms = 2, .damping = 0});
    const Matrix theirs = matrixOf(released->file, "gptq.acc.q3.g16.apot2.Q");
    EXPECT_LT(released->error(ours), 1.03 * released->error(theirs));
}

TEST(ReleasedCode, CompensationWithFixedScalesIsTheSame)
{
    const auto released = releasedUpdate();
    if (!released)
        GTEST_SKIP() << "neither VITRINE_TEST_DATA nor VITRINE_GOLDEN is set";
    std::vector<Eigen::Index> order(64);
    std::iota(order.begin(), order.end(), 0);
    const Matrix upper = factorize(released->hessian, order, 0)->upper;
    const auto spans = columnSpans(64, 1);
    for (const int bits : {2, 3, 4}) {
        RowsFittedOnce method(released->weights, bits);
        const Matrix ours = updateColumns({released->weights, spans, &upper, {}}, method)->decoded;
        const Matrix theirs =
            matrixOf(released->file, fmt::format("gptq.row.q{}.actorder0.Q", bits));
        EXPECT_NEAR(released->error(ours) / released->error(theirs), 1, 1e-3) << bits;
        EXPECT_GT(released->same(ours, theirs), 0.99) << bits;
    }
}

} // namespace
} // namespace vitrine::quant
