// Spot values with ShiftAddViT's constants.
#include "core/sim/machine/rs_tiling.h"

#include <gtest/gtest.h>

namespace vitrine::sim
{
namespace
{

RsLayer tilingProduct(std::int64_t rows, std::int64_t in, std::int64_t out)
{
    return {.n = rows, .m = out, .c = in};
}

RsMapping best(const RsLayer& layer, const RsMachine& machine, const RsEnergies& energies)
{
    const auto mapping = bestTiling(layer, machine, energies);
    EXPECT_TRUE(mapping) << (mapping ? "" : mapping.error().message);
    return mapping.value_or(RsMapping{});
}

void expectEnergy(const RsMapping& mapping, double millijoule)
{
    EXPECT_NEAR(mapping.cost.picojoule * 1e-9, millijoule, 1e-9 * millijoule);
}

TEST(RsTiling, MultipliesAt32Bits)
{
    const RsMapping mapping = best(tilingProduct(196, 192, 768), {}, rsEnergies(3.7, 32));
    expectEnergy(mapping, 1.2342294528);
    EXPECT_NEAR(mapping.seconds * 1e3, 0.802816, 1e-12);
    EXPECT_EQ(mapping.valid, 192152);
    EXPECT_EQ(mapping.tiling.n, (std::array<std::int64_t, 2>{196, 1}));
    EXPECT_EQ(mapping.tiling.m, (std::array<std::int64_t, 4>{16, 3, 4, 4}));
    EXPECT_EQ(mapping.tiling.c, (std::array<std::int64_t, 4>{1, 48, 4, 1}));
    expectEnergy(best(tilingProduct(3136, 32, 256), {}, rsEnergies(3.7, 32)), 1.3415514112);
}

// Words of 10 bits, and 10 / 32 of the time.
TEST(RsTiling, ShiftsWithTheCodesNarrowWords)
{
    const RsMapping mapping = best(tilingProduct(196, 192, 768), {}, rsEnergies(0.13, 10));
    expectEnergy(mapping, 0.35603666688);
    EXPECT_NEAR(mapping.seconds * 1e3 * 10 / 32, 0.25088, 1e-12);
    expectEnergy(best(tilingProduct(3136, 32, 256), {}, rsEnergies(0.13, 10)), 0.39287033856);
}

// Additions under a binary mask, whose operands the code takes to stay on chip.
TEST(RsTiling, AddsWithoutOuterLevels)
{
    RsEnergies energies = rsEnergies(0.9, 32);
    energies.dram = energies.buffer = energies.noc = 0;
    const RsMapping mapping = best(tilingProduct(3136, 32, 32), {}, energies);
    expectEnergy(mapping, 0.075665408);
    EXPECT_NEAR(mapping.seconds * 1e3, 0.401408, 1e-12);
}

TEST(RsTiling, FewerElementsTakeLonger)
{
    const RsMapping narrow =
        best(tilingProduct(196, 192, 768), {.elements = 96}, rsEnergies(3.7, 32));
    EXPECT_GT(narrow.cost.cycles,
              best(tilingProduct(196, 192, 768), {}, rsEnergies(3.7, 32)).cost.cycles);
}

TEST(RsTiling, ScalingEveryEnergyKeepsTheTiling)
{
    RsEnergies twice = rsEnergies(3.7, 32);
    for (double RsEnergies::*one :
         {&RsEnergies::operation, &RsEnergies::dram, &RsEnergies::buffer, &RsEnergies::noc,
          &RsEnergies::nocSum, &RsEnergies::registers, &RsEnergies::weightRegisters})
        twice.*one *= 2;
    const RsLayer layer{.n = 1, .m = 16, .c = 8, .h = 18, .w = 18, .r = 3, .s = 3};
    const RsMapping a = best(layer, {}, rsEnergies(3.7, 32)), b = best(layer, {}, twice);
    EXPECT_EQ(a.tiling.m, b.tiling.m);
    EXPECT_EQ(a.tiling.c, b.tiling.c);
    EXPECT_EQ(a.tiling.e, b.tiling.e);
    EXPECT_NEAR(b.cost.picojoule, 2 * a.cost.picojoule, 1e-9 * b.cost.picojoule);
}

TEST(RsTiling, WhatDoesNotFitIsSaid)
{
    EXPECT_FALSE(bestTiling(tilingProduct(1, 1, 0), {}, {}));
    EXPECT_FALSE(bestTiling(tilingProduct(7, 7, 7), {.elements = 1}, {}));
    EXPECT_FALSE(bestTiling({.h = 2, .w = 2, .r = 3, .s = 3}, {}, {}));
}

} // namespace
} // namespace vitrine::sim
