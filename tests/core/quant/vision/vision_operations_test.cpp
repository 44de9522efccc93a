#include "core/quant/vision/vision_operations.h"

#include "tests/core/quant/vision/small_vit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace vitrine::quant
{
namespace
{

using testing::ElementsAre;
using testing::Key;
using testing::UnorderedElementsAre;

LayerOperations totalOf(const tests::SmallVit& vit, const char* method, int weightBits,
                        int activationBits)
{
    const VisionMethod found = findVisionMethod(method).value();
    const auto coded = found.quantize(
        vit.task(method, {.weightBits = weightBits, .activationBits = activationBits}));
    return totalOf(operationsOf(coded.value()));
}

double codeProducts(const LayerOperations& operations)
{
    return std::accumulate(operations.codeProducts.begin(), operations.codeProducts.end(), 0.0,
                           [](double sum, const auto& one) { return sum + one.second; });
}

TEST(OperationEnergies, AProductOfCodesCostsItsBitsMultiplied)
{
    const OperationEnergies energies{.codeMultiply = 0.64};
    EXPECT_DOUBLE_EQ(energies.of({8, 8}), 0.64);
    EXPECT_DOUBLE_EQ(energies.of({4, 8}), 0.32);
    EXPECT_DOUBLE_EQ(energies.of({4, 4}), 0.16);
    EXPECT_DOUBLE_EQ(energies.of({16, 8}), 1.28);
    EXPECT_EQ(productName({4, 8}), "multiply codes, 4 x 8 bits");
}

// Pictures keep 8 bits; queries meet keys, and weights of attention values, at the activations'.
TEST(VisionOperations, ProductsAreCountedByTheBitsOfBothFactors)
{
    const tests::SmallVit vit;
    const LayerOperations all8 = totalOf(vit, "minmax", 8, 8), a4 = totalOf(vit, "minmax", 8, 4),
                          w3a4 = totalOf(vit, "minmax", 3, 4);
    EXPECT_THAT(all8.codeProducts, ElementsAre(Key(CodeWidths{8, 8})));
    EXPECT_THAT(a4.codeProducts, UnorderedElementsAre(Key(CodeWidths{4, 4}), Key(CodeWidths{4, 8}),
                                                      Key(CodeWidths{8, 8})));
    EXPECT_THAT(
        w3a4.codeProducts,
        UnorderedElementsAre(Key(CodeWidths{4, 4}), Key(CodeWidths{4, 3}), Key(CodeWidths{8, 3})));
    EXPECT_EQ(codeProducts(a4), codeProducts(all8)) << "as many, whatever their bits";
    EXPECT_EQ(codeProducts(w3a4), codeProducts(all8));
    EXPECT_EQ(a4.counts, all8.counts) << "all else is as it was";
}

TEST(VisionOperations, FewerBitsOfActivationsCostLess)
{
    const tests::SmallVit vit;
    const OperationEnergies arithmetic{.countTraffic = false};
    double before = totalOf(vit, "p2vit", 8, 8).picojoules(arithmetic);
    for (const int bits : {6, 4, 2}) {
        const double energy = totalOf(vit, "p2vit", 8, bits).picojoules(arithmetic);
        EXPECT_LT(energy, before) << bits;
        before = energy;
    }
}

} // namespace
} // namespace vitrine::quant
