// Worked figures of the default array, and the paper's where they can be compared.
#include "tests/core/sim/simulated.h"

namespace vitrine::sim
{
namespace
{

using tests::simulated;

// Of a block's six products: qkv, Q K^T, A V, proj, fc1, fc2.
std::vector<double> blockCycles(const char* model)
{
    const Workload workload = namedWorkload(model).value();
    const SimResult result = simulated("p2vit", workload);
    std::vector<double> cycles;
    for (std::size_t i = 0; i < workload.layers.size(); ++i)
        if (workload.layers[i].shape.module == "blocks.0" && workload.layers[i].shape.k > 0)
            cycles.push_back(result.layers[i].cycles);
    return cycles;
}

TEST(P2Vit, CyclesOfABlock)
{
    EXPECT_EQ(blockCycles("deit-tiny"),
              (std::vector<double>{22464, 7683, 9984, 7488, 29952, 29952}));
    EXPECT_EQ(blockCycles("deit-small"),
              (std::vector<double>{89856, 15366, 19968, 29952, 119808, 119808}));
    EXPECT_EQ(blockCycles("deit-base"),
              (std::vector<double>{359424, 30732, 39936, 119808, 479232, 479232}));
}

TEST(P2Vit, TotalsOfTheModels)
{
    const struct {
        const char* model;
        double cycles, utilisation, fps, gops;
    } kTotals[] = {{"deit-tiny", 1323228, 0.9252, 377.9, 947.4},
                   {"deit-small", 4803000, 0.9351, 104.1, 957.5},
                   {"deit-base", 18232176, 0.9408, 27.4, 963.3}};
    for (const auto& total : kTotals) {
        const SimResult result = simulated("p2vit", total.model);
        EXPECT_EQ(result.cycles, total.cycles) << total.model;
        EXPECT_NEAR(result.utilisation(), total.utilisation, 5e-5) << total.model;
        EXPECT_NEAR(result.framesPerSecond(), total.fps, 0.05) << total.model;
        EXPECT_NEAR(result.gops(), total.gops, 0.05) << total.model;
        EXPECT_EQ(result.macs, namedWorkload(total.model)->macs()) << total.model;
    }
}

// One fitted constant for the paper's two points (0.890, 0.923), a prediction for the third.
TEST(P2Vit, OverheadPerBlock)
{
    EXPECT_NEAR(simulated("p2vit", "deit-tiny", {{"block_overhead", 4800}}).utilisation(), 0.8866,
                5e-5);
    EXPECT_NEAR(simulated("p2vit", "deit-small", {{"block_overhead", 4800}}).utilisation(), 0.9240,
                5e-5);
    EXPECT_NEAR(simulated("p2vit", "deit-base", {{"block_overhead", 4800}}).utilisation(), 0.9378,
                5e-5);
}

double cyclesWith(double inter, double intra, double exposure)
{
    return simulated("p2vit", "deit-tiny",
                     {{"inter_layer", inter}, {"intra_layer", intra}, {"exposure", exposure}})
        .cycles;
}

TEST(P2Vit, PipelinesOnlyHelp)
{
    for (const double exposure : {0.0, 1.0}) {
        const double both = cyclesWith(1, 1, exposure), none = cyclesWith(0, 0, exposure);
        EXPECT_LT(both, cyclesWith(1, 0, exposure));
        EXPECT_LT(both, cyclesWith(0, 1, exposure));
        EXPECT_GT(none, cyclesWith(1, 0, exposure));
        EXPECT_GT(none, cyclesWith(0, 1, exposure));
    }
}

// What belongs to an MLP is told by the part of a layer, whatever its checkpoint calls it.
TEST(P2Vit, TheMlpIsKnownByItsPart)
{
    const std::map<std::string, double> papers{
        {"inter_layer", 0}, {"intra_layer", 0}, {"exposure", 1}};
    const double expected = simulated("p2vit", "deit-tiny", papers).cycles;
    Workload renamed = namedWorkload("deit-tiny").value();
    for (Layer& layer : renamed.layers)
        layer.shape.name = "layer";
    EXPECT_EQ(simulated("p2vit", renamed, papers).cycles, expected);

    for (Layer& layer : renamed.layers)
        layer.shape.part = model::Part::other;
    EXPECT_NE(simulated("p2vit", renamed, papers).cycles, expected);
}

// The paper's ablation by module: attention exposes 0.34 between and 0.45 inside layers, the MLP
// 0.15 between.
TEST(P2Vit, PaperAblationAddsThePapersShares)
{
    constexpr double kAttention = 12 * 47619, kMlp = 12 * 59904;
    const double base = cyclesWith(1, 1, 1);
    EXPECT_NEAR(cyclesWith(0, 1, 1) - base, 0.34 * kAttention + 0.15 * kMlp, 1e-6);
    EXPECT_NEAR(cyclesWith(1, 0, 1) - base, 0.45 * kAttention, 1e-6);
    EXPECT_NEAR(cyclesWith(0, 0, 1) - base, 0.79 * kAttention + 0.15 * kMlp, 1e-6);
}

TEST(P2Vit, NarrowWeightsHalveTheColumns)
{
    const SimResult eight = simulated("p2vit", "deit-tiny"),
                    four = simulated("p2vit", "deit-tiny", {{"weight_bits", 4}});
    // Products of activations keep their time.
    EXPECT_EQ(eight.cycles - four.cycles, (1323228.0 - 12 * (7683 + 9984)) / 2);
    EXPECT_LE(four.utilisation(), 1);
    EXPECT_LT(four.joule(), eight.joule());
}

// The bit map of a quantization run: only the layers that are narrow get faster.
TEST(P2Vit, MixedWidthsFlowFromTheWorkload)
{
    Workload mixed = namedWorkload("deit-tiny").value();
    for (Layer& layer : mixed.layers)
        if (layer.shape.name == "blocks.3.mlp.fc1")
            layer.bitsWeight = 4;
    EXPECT_EQ(simulated("p2vit", mixed).cycles, 1323228 - 29952 / 2);
}

TEST(P2Vit, StallsComeFromTheDram)
{
    const SimResult ideal = simulated("p2vit", "deit-tiny"),
                    slow = simulated("p2vit", "deit-tiny", {{"memory", 1}, {"dram_gbs", 0.1}});
    EXPECT_GT(slow.cycles, ideal.cycles);
    EXPECT_GE(slow.cycles, static_cast<double>(slow.dram.total()) / slow.bytesPerCycle);
    EXPECT_EQ(slow.layers[2].bound, Bound::dram);
}

} // namespace
} // namespace vitrine::sim
