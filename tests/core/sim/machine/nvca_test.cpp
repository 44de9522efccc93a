// The reference network worked by hand: cycles, frames per second, traffic, and what was
// recollected.
#include "tests/core/sim/simulated.h"

namespace vitrine::sim
{
namespace
{

using tests::extra;
using tests::simulated;

constexpr const char* kReference = "ctvc-ref@1080p";

TEST(Nvca, TheReferenceNetworkHas74Point6Gmac)
{
    const Workload workload = namedWorkload(kReference).value();
    double conv = 0, strided = 0, deconv = 0, deformable = 0, all = 0;
    for (const Layer& layer : workload.layers) {
        const double gmac = static_cast<double>(layer.shape.macs()) / 1e9;
        all += gmac;
        if (layer.shape.kind == LayerKind::deconv)
            deconv += gmac;
        else if (layer.shape.kind == LayerKind::deformable)
            deformable += gmac;
        else if (layer.shape.kind == LayerKind::conv)
            (layer.shape.conv.strideHeight == 2 ? strided : conv) += gmac;
    }
    EXPECT_NEAR(all, 74.6, 0.05);
    EXPECT_NEAR(conv, 50.25, 0.005);
    EXPECT_NEAR(deconv, 8.01, 0.005);
    EXPECT_NEAR(deformable, 6.09, 0.005);
    EXPECT_NEAR(strided, 0.51, 0.005);
    EXPECT_NEAR(all - conv - deconv - deformable - strided, 9.78, 0.005);
}

struct Step {
    std::map<std::string, double> settings;
    double megacycles, fps, fps85, gops85;
};

// The worked table, within 0.5 %.
TEST(Nvca, TheWorkedTableIsReproduced)
{
    const Step kSteps[] = {{{{"fast", 0}, {"deformable_core", 0}}, 64.8, 6.17, 5.25, 783},
                           {{{"sparsity", 0}, {"deformable_core", 0}}, 36.7, 10.90, 9.27, 1383},
                           {{{"deformable_core", 0}}, 25.5, 15.71, 13.36, 1994},
                           {{}, 20.2, 19.84, 16.86, 2517}};
    for (const Step& step : kSteps) {
        const SimResult full = simulated("nvca", kReference, step.settings);
        auto settings = step.settings;
        settings["utilisation"] = 0.85;
        const SimResult used = simulated("nvca", kReference, settings);
        EXPECT_NEAR(full.cycles / 1e6, step.megacycles, 0.005 * step.megacycles);
        EXPECT_NEAR(full.framesPerSecond(), step.fps, 0.005 * step.fps);
        EXPECT_NEAR(used.framesPerSecond(), step.fps85, 0.005 * step.fps85);
        EXPECT_NEAR(used.gops(), step.gops85, 0.005 * step.gops85);
    }
    EXPECT_NEAR(extra(simulated("nvca", kReference), "deformable_cycles") / 1e6, 18.8,
                0.005 * 18.8);
}

TEST(Nvca, TrafficOfChainedLayers)
{
    const auto megabytes = [](double chaining) {
        const Traffic dram = simulated("nvca", kReference, {{"chaining", chaining}}).dram;
        return static_cast<double>(dram.in + dram.out) / 1e6;
    };
    EXPECT_NEAR(megabytes(0), 731.8, 0.05);
    EXPECT_NEAR(megabytes(1), 188.9, 0.05);
    EXPECT_NEAR(megabytes(2), 76.1, 0.05);
    EXPECT_NEAR(static_cast<double>(simulated("nvca", kReference).dram.weights) / (1 << 20), 0.75,
                0.01);
}

// An arithmetic check of recollected values, unverified: 25 FPS, 3525 GOPS, 4638 GOPS/W.
TEST(Nvca, RecollectedValuesAgreeWithEachOther)
{
    const SimResult result = simulated("nvca", "nvca-recollected", {{"utilisation", 0.85}});
    EXPECT_NEAR(result.framesPerSecond(), 25, 0.1);
    EXPECT_NEAR(result.gops(), 3525, 1);
    EXPECT_NEAR(result.gopsPerWatt(), 4638, 5);
    EXPECT_NEAR(result.watt(), 0.76, 0.001);
}

// Half the products, half the cycles.
TEST(Nvca, PruningHalfHalvesFastLayers)
{
    for (const double rounding : {0.0, 1.0}) {
        const SimResult half = simulated("nvca", kReference, {{"rounding", rounding}});
        const SimResult dense =
            simulated("nvca", kReference, {{"rounding", rounding}, {"sparsity", 0}});
        const Workload workload = namedWorkload(kReference).value();
        for (std::size_t i = 0; i < workload.layers.size(); ++i) {
            const model::LayerShape& s = workload.layers[i].shape;
            const double fill = rounding == 0 ? 0
                                : s.kind == LayerKind::deconv
                                    ? 12.0 * static_cast<double>((s.conv.inHeight + 2) / 3)
                                    : 6.0 * static_cast<double>(s.conv.outHeight);
            if (s.kind == LayerKind::deconv ||
                (s.kind == LayerKind::conv && s.conv.strideHeight == 1)) {
                EXPECT_NEAR(2 * (half.layers[i].computeCycles - fill),
                            dense.layers[i].computeCycles - fill, 1e-6)
                    << s.name;
            }
        }
    }
}

TEST(Nvca, WholeTilesTakeLonger)
{
    EXPECT_GT(simulated("nvca", kReference, {{"rounding", 1}}).cycles,
              simulated("nvca", kReference).cycles);
}

TEST(Nvca, StripesReadAndComputeTheirHaloAgain)
{
    const SimResult free = simulated("nvca", kReference),
                    small = simulated("nvca", kReference, {{"line_buffers", 1}});
    EXPECT_GT(extra(small, "stripes"), 1);
    EXPECT_GT(small.cycles, free.cycles);
    EXPECT_GT(small.dram.total(), free.dram.total());
    EXPECT_EQ(simulated("nvca", kReference, {{"line_buffers", 1}, {"sram_kb", 1 << 20}}).cycles,
              free.cycles);
}

TEST(Nvca, TheClockHelpsUntilTheDramBinds)
{
    const auto fps = [](double clock, double bandwidth) {
        return simulated("nvca", kReference,
                         {{"memory", 1}, {"clock_mhz", clock}, {"dram_gbs", bandwidth}})
            .framesPerSecond();
    };
    EXPECT_NEAR(fps(800, 10000) / fps(400, 10000), 2, 1e-9);
    EXPECT_NEAR(fps(800, 0.01) / fps(400, 0.01), 1, 1e-3);
}

} // namespace
} // namespace vitrine::sim
