// ShiftAddViT's energy model: the worked table of PVTv2-B0, and what each assumption is worth.
#include "core/sim/machine/shift_add_energy.h"

#include "core/model/network/shift_add_network.h"
#include "core/sim/machine/shift_add_pvt.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace vitrine::sim
{
namespace
{

EnergyReport reportOf(const std::vector<EnergyOperator>& operators,
                      const ShiftAddAssumptions& assumptions = {})
{
    auto report = energyReport(operators, assumptions);
    EXPECT_TRUE(report) << (report ? "" : report.error().message);
    return std::move(report).value_or(EnergyReport{});
}

double millijoule(const PvtVariant& variant, const ShiftAddAssumptions& assumptions = {})
{
    return reportOf(pvtOperators(variant), assumptions).total() * 1e-9;
}

TEST(ShiftAddEnergy, GivesTheTableOfPvtToItsLastDigit)
{
    const double printed[] = {26.62, 99.53, 24.46, 17.72, 16.24, 17.61, 15.26, 10.76};
    const auto variants = pvtVariants();
    ASSERT_EQ(variants.size(), std::size(printed));
    for (std::size_t i = 0; i < variants.size(); ++i)
        EXPECT_NEAR(millijoule(variants[i]), printed[i], 0.005) << variants[i].name;
}

TEST(ShiftAddEnergy, TheRowNextToTheHeadlineHasTheWorkedParts)
{
    const auto operators = pvtOperators(pvtVariants()[6]);
    const EnergyReport report = reportOf(operators);
    double mlpMult = 0, depthwise = 0, lastLinears = 0, softmax = 0, mlpShift = 0, linears = 0;
    for (std::size_t i = 0; i < operators.size(); ++i) {
        const double energy = report.operators[i].energy.total() * 1e-9;
        const std::string& name = operators[i].name;
        const bool isShift = operators[i].primitive == Primitive::shift;
        if (name.find(".mlp.fc") != name.npos)
            (isShift ? mlpShift : mlpMult) += energy;
        else if (name.find("dwconv") != name.npos)
            depthwise += energy;
        else if (name.ends_with("scores") || name.ends_with("values"))
            softmax += energy;
        else if (operators[i].primitive != Primitive::mask)
            (isShift ? linears : lastLinears) += energy;
    }
    EXPECT_NEAR(mlpMult, 6.33, 0.005);
    EXPECT_NEAR(mlpShift, 2.76, 0.005);
    EXPECT_NEAR(depthwise, 3.51, 0.005);
    EXPECT_NEAR(linears, 1.02, 0.005);
    EXPECT_NEAR(lastLinears, 1.22, 0.005);
    EXPECT_NEAR(softmax, 0.15, 0.005);
    EXPECT_NEAR(report.add.total() * 1e-9, 0.27, 0.005);
    EXPECT_NEAR(1 - report.total() * 1e-9 / millijoule(pvtVariants()[0]), 0.427, 0.0005);
}

TEST(ShiftAddEnergy, GivesTheSpotValuesOfTheTilingModel)
{
    const auto mult = operatorEnergy(rowsOperator("fc1", 196, 192, 768), {});
    const auto shift = operatorEnergy(rowsOperator("fc1", 196, 192, 768, Primitive::shift), {});
    const auto mask = operatorEnergy(rowsOperator("b", 3136, 32, 32, Primitive::mask), {});
    ASSERT_TRUE(mult && shift && mask);
    EXPECT_NEAR(mult->energy.total(), 1.2342294528e9, 1.3);
    EXPECT_NEAR(shift->energy.total(), 0.35603666688e9, 0.4);
    EXPECT_NEAR(mask->energy.total(), 0.075665408e9, 0.1);
    EXPECT_NEAR(mult->seconds, 0.802816e-3, 1e-12);
    EXPECT_NEAR(shift->seconds, 0.25088e-3, 1e-12);
    EXPECT_NEAR(mask->seconds, 0.401408e-3, 1e-12);
}

TEST(ShiftAddEnergy, FallsInAStraightLineAsTokensMoveToTheShift)
{
    PvtVariant variant = pvtVariants()[4];
    std::vector<double> energies;
    for (const double share : {1.0, 0.75, 0.5, 0.25, 0.0}) {
        variant.multShare = share;
        energies.push_back(millijoule(variant));
    }
    const double step = energies[0] - energies[1];
    EXPECT_GT(step, 0);
    for (std::size_t i = 1; i < energies.size(); ++i)
        EXPECT_NEAR(energies[i - 1] - energies[i], step, 1e-9);
}

// The discount of a shift is mostly that of its words.
TEST(ShiftAddEnergy, SavesLittleWhereShiftsReadWholeWords)
{
    const PvtVariant plain = pvtVariants()[2], shifted = pvtVariants()[7];
    ShiftAddAssumptions wide;
    wide.narrowShifts = false;
    const double narrowSaving = 1 - millijoule(shifted) / millijoule(plain),
                 wideSaving = 1 - millijoule(shifted, wide) / millijoule(plain, wide);
    EXPECT_GT(narrowSaving, 0.5);
    EXPECT_LT(wideSaving, 0.15);
    EXPECT_GT(wideSaving, 0);
}

TEST(ShiftAddEnergy, AdditionsCostMoreWhereTheirOperandsTravel)
{
    ShiftAddAssumptions travelling;
    travelling.addsStayOnChip = false;
    const auto operators = pvtOperators(pvtVariants()[2]);
    const EnergyReport here = reportOf(operators), there = reportOf(operators, travelling);
    EXPECT_EQ(here.add.dram + here.add.buffer + here.add.network, 0);
    EXPECT_GT(there.add.total(), 2 * here.add.total());
    EXPECT_EQ(there.multiply.total(), here.multiply.total());
}

TEST(ShiftAddEnergy, WhatTheReleaseLeavesOutCanBeCounted)
{
    model::ShiftAddSizes sizes;
    sizes.vit.depth = 1;
    sizes.binaryBlocks = 1;
    const auto operators = energyOperators(workloadOf(model::shiftAddNetwork(sizes)));
    ShiftAddAssumptions ours;
    ours.compatRelease = false;
    const EnergyReport released = reportOf(operators), counted = reportOf(operators, ours);
    EXPECT_EQ(released.elementwise.total(), 0);
    EXPECT_GT(counted.elementwise.total(), 0);
    EXPECT_GT(counted.multiply.operations, released.multiply.operations);
    EXPECT_EQ(counted.add.operations, released.add.operations);
    ours.countElementwise = false;
    EXPECT_EQ(reportOf(operators, ours).elementwise.total(), 0);
}

TEST(ShiftAddEnergy, ExpertsOfAWorkloadShareTheWholeLayer)
{
    model::ShiftAddSizes sizes;
    sizes.vit.depth = 1;
    const auto operators = energyOperators(workloadOf(model::shiftAddNetwork(sizes)));
    const auto named = [&](const std::string& name) {
        return *std::ranges::find(operators, name, &EnergyOperator::name);
    };
    const EnergyOperator mult = named("blocks.0.mlp.fc1.mult"),
                         shift = named("blocks.0.mlp.fc1.shift");
    EXPECT_EQ(mult.layer.n, 197);
    EXPECT_EQ(shift.primitive, Primitive::shift);
    EXPECT_NEAR(mult.share, 79.0 / 197, 1e-12); // 0.4 of 197 tokens, whole ones
    EXPECT_NEAR(mult.share + shift.share, 1, 1e-12);
}

TEST(ShiftAddEnergy, AdderLayersAreRefused)
{
    EXPECT_FALSE(operatorEnergy(rowsOperator("adder", 4, 4, 4, Primitive::adder), {}));
}

} // namespace
} // namespace vitrine::sim
