// Values of the released code (GATECH-EIC/ShiftAddLLM) on a matrix of 32 x 64. It computes in
// single precision and solves for the scales by a few steps of conjugate gradients.
#include "core/quant/binary_coding.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/tensor/safetensors.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <map>

namespace vitrine::quant
{
namespace
{

struct ReleasedCoding {
    Safetensors file;
    std::map<std::string, double> meanSquared; // by case

    std::vector<float> values(const std::string& name) const
    {
        return toFloat(*file.tensor(name));
    }
};

std::optional<ReleasedCoding> releasedCoding()
{
    const auto folder = tests::goldenData("methods/shiftaddllm");
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
            const std::string name = "bcq.q" + std::to_string(bits) +
                                     (size == 64 ? ".g-1" : ".g16") + ".r0.alpha";
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
                const Outcome ours = fitAll(
                    *released, name, size,
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

} // namespace
} // namespace vitrine::quant
