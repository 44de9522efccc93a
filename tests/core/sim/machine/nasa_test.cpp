// Table 2 of the paper, its allocation rule, and the savings that follow without a fitted constant.
#include "tests/core/sim/simulated.h"

#include <cmath>

namespace vitrine::sim
{
namespace
{

using tests::extra;
using tests::simulated;

struct PaperRow {
    const char* model;
    double convolutions, shifts, adders, kilocycles, saving;
};

// Elements, delay in kilocycles, and EDP saving in percent against FBNet on all MAC elements.
constexpr PaperRow kCifar10[] = {{"hybrid-shift-a@cifar10", 129, 95, 0, 228.7, 33.6},
                                 {"hybrid-shift-b@cifar10", 147, 51, 0, 219.2, 39.0},
                                 {"hybrid-shift-c@cifar10", 129, 95, 0, 190.4, 53.9},
                                 {"hybrid-adder-a@cifar10", 160, 0, 19, 221.0, 38.0},
                                 {"hybrid-all-a@cifar10", 109, 108, 35, 220.4, 38.0},
                                 {"hybrid-all-b@cifar10", 118, 73, 50, 235.7, 29.1},
                                 {"hybrid-all-c@cifar10", 104, 100, 57, 202.9, 47.3}};
constexpr PaperRow kCifar100[] = {{"hybrid-shift-a@cifar100", 0, 0, 0, 262.7, 39.0},
                                  {"hybrid-shift-b@cifar100", 0, 0, 0, 266.3, 37.4},
                                  {"hybrid-shift-c@cifar100", 0, 0, 0, 237.3, 50.3},
                                  {"hybrid-adder-a@cifar100", 139, 0, 70, 215.1, 58.9},
                                  {"hybrid-all-a@cifar100", 0, 0, 0, 233.3, 51.7},
                                  {"hybrid-all-b@cifar100", 0, 0, 0, 222.9, 55.9},
                                  {"hybrid-all-c@cifar100", 0, 0, 0, 245.6, 46.5}};

void expectRow(const PaperRow& row, double reference)
{
    SCOPED_TRACE(row.model);
    const SimResult ideal = simulated("nasa", row.model);
    EXPECT_NEAR(ideal.cycles / 1e3, row.kilocycles, 0.05001);
    EXPECT_NEAR(100 * (1 - ideal.edp() / reference), row.saving, 0.1);
    if (row.convolutions == 0)
        return;
    // The printed elements are rounded by largest remainder, which may exceed the budget by an
    // element; ours never does.
    const SimResult whole = simulated("nasa", row.model, {{"allocation", 1}});
    for (const auto& [name, printed] : {std::pair{"convolution_elements", row.convolutions},
                                        {"shift_elements", row.shifts},
                                        {"adder_elements", row.adders}}) {
        EXPECT_NEAR(extra(ideal, name), printed, 0.6) << name;
        EXPECT_NEAR(extra(whole, name), printed, 1) << name;
    }
}

TEST(Nasa, SavingsOnCifar10)
{
    const SimResult fbnet = simulated("nasa", "fbnet@cifar10");
    EXPECT_NEAR(fbnet.cycles, 47.2e6 / 168, 1e-6);
    EXPECT_NEAR(fbnet.seconds() * 1e3, 1.124, 5e-4);
    EXPECT_EQ(extra(fbnet, "convolution_elements"), 168);
    for (const PaperRow& row : kCifar10)
        expectRow(row, fbnet.edp());
}

TEST(Nasa, SavingsOnCifar100)
{
    const SimResult fbnet = simulated("nasa", "fbnet@cifar100");
    EXPECT_NEAR(fbnet.cycles, 56.6e6 / 168, 1e-6);
    for (const PaperRow& row : kCifar100)
        expectRow(row, fbnet.edp());
}

// additions = multiplications + shifts + 2 adder operations, within the printed digit.
TEST(Nasa, OperationsOfTable2AreConsistent)
{
    EXPECT_EQ(operationMixes().size(), 20u);
    for (const OperationMix& mix : operationMixes()) {
        const double adders = (mix.additions - mix.multiplications - mix.shifts) / 2;
        EXPECT_GE(adders, -0.1) << mix.name;
        EXPECT_NEAR(mix.additions, mix.multiplications + mix.shifts + 2 * mix.adderOperations(),
                    0.2001)
            << mix.name;
    }
    EXPECT_NEAR(operationMixes()[1].adderOperations(), 39.6, 1e-9); // AdderNet-MobileNetV2
    EXPECT_NEAR(3.3 + 39.6, operationMixes()[0].additions, 1e-9);   // DeepShift-MobileNetV2
}

TEST(Nasa, AllocationUsesTheBudget)
{
    for (const OperationMix& mix : operationMixes()) {
        const SimResult ideal = simulated("nasa", mix.name);
        const double area = 419 * extra(ideal, "convolution_elements") +
                            171 * extra(ideal, "shift_elements") +
                            173 * extra(ideal, "adder_elements");
        EXPECT_NEAR(area, 168 * 419, 1e-6) << mix.name;
        const SimResult whole = simulated("nasa", mix.name, {{"allocation", 1}});
        const double used = 419 * extra(whole, "convolution_elements") +
                            171 * extra(whole, "shift_elements") +
                            173 * extra(whole, "adder_elements");
        const double smallest = extra(whole, "shift_elements") > 0   ? 171
                                : extra(whole, "adder_elements") > 0 ? 173
                                                                     : 419;
        EXPECT_LE(used, 168 * 419) << mix.name;
        EXPECT_LT(168 * 419 - used, smallest) << mix.name; // no element fits any more
        EXPECT_GE(whole.cycles, ideal.cycles - 1e-6) << mix.name;
    }
}

TEST(Nasa, EdpIsHomogeneous)
{
    const double base = simulated("nasa", "hybrid-all-a@cifar10").edp();
    EXPECT_NEAR(simulated("nasa", "hybrid-all-a@cifar10", {{"node_scale", 2}}).edp(), 2 * base,
                1e-12 * base);
    EXPECT_NEAR(simulated("nasa", "hybrid-all-a@cifar10", {{"clock_mhz", 500}}).edp(), base / 2,
                1e-12 * base);
}

// One pool of elements 1.15 times a MAC's area runs everything in order.
TEST(Nasa, APoolRunsLayersInTurn)
{
    const SimResult pool = simulated("nasa", "hybrid-shift-a@cifar10", {{"pool", 1}});
    EXPECT_NEAR(pool.cycles, (29.6e6 + 21.6e6) / (168 / 1.15), 1e-3);
}

} // namespace
} // namespace vitrine::sim
