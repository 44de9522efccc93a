#include "core/tensor/kernels/binary_choice.h"

#include "core/base/random.h"
#include "core/tensor/kernels/multiply.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

namespace vitrine::kernels
{
namespace
{

double secondsOfBinaryProduct(const WeightMatrix& weights, const std::vector<float>& x,
                              std::vector<float>& y)
{
    const Product product{.weights = &weights, .y = y.data(), .stride = weights.outputs()};
    const auto start = std::chrono::steady_clock::now();
    multiply(x.data(), 1, weights.inputs(), {&product, 1});
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

SharedBinaryWeights partOfLayer()
{
    BinaryCodes codes{
        .outputs = 1024, .inputs = 4096, .planes = 2, .groupRows = 512, .groupColumns = 8};
    auto& bytes = *makeCodes(codes);
    Random random(2);
    std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(random.bits()); });
    codes.scales.assign(static_cast<std::size_t>(codes.planes * codes.groups()), 1.0f);
    return BinaryWeights::make(codes).value();
}

} // namespace

FamilySeconds measureFamilies(const BinaryWeights& weights, int rounds)
{
    if (!weights.hasFastProducts())
        return {};
    Random random(1);
    std::vector<float> x(static_cast<std::size_t>(weights.inputs()));
    std::vector<float> y(static_cast<std::size_t>(weights.outputs()));
    std::ranges::generate(x, [&] { return static_cast<float>(random.normal()); });
    const int bits = weights.product().inputBits;
    const auto dots = weights.withProduct({BinaryFamily::dots, bits});
    const auto lookups = weights.withProduct({BinaryFamily::lookups, bits});
    FamilySeconds least{std::numeric_limits<double>::max(), std::numeric_limits<double>::max()};
    for (int round = 0; round < std::max(rounds, 1); ++round) {
        least.dots = std::min(least.dots, secondsOfBinaryProduct(*dots, x, y));
        least.lookups = std::min(least.lookups, secondsOfBinaryProduct(*lookups, x, y));
    }
    return least;
}

BinaryFamily fasterFamily()
{
    static const BinaryFamily faster = measureFamilies(*partOfLayer()).faster();
    return faster;
}

} // namespace vitrine::kernels
