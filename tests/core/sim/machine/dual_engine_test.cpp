// Unit cycles of the authors' script, and the same schedule worked by hand layer by layer.
#include "core/sim/machine/dual_engine.h"

#include "tests/core/sim/simulated.h"

namespace vitrine::sim
{
namespace
{

using tests::extra;
using tests::simulated;

struct Anchor {
    const char* model;
    double unitCyclesA, cyclesA, macsA, utilisationA, gopsA;
    double cyclesB, macsB, utilisationB, gopsB, fpsB, noOverlap;
};

constexpr Anchor kAnchors[] = {
    {"efficientvit-b1@224", 4005490, 250343.1, 489.366528, 0.95448, 781.9, 250333, 495.388, 0.9663,
     791.6, 798.9, 0.9234},
    {"efficientvit-b1@256", 5186226, 324139.1, 639.172608, 0.96285, 788.8, 324111, 647.037, 0.9748,
     798.5, 617.1, 0.9334},
    {"efficientvit-b1@288", 6729490, 420593.1, 808.952832, 0.93914, 769.3, 420565, 818.906, 0.9508,
     778.9, 475.6, 0.9059},
    {"efficientvit-b2@224", 12192147, 762009.2, 1506.78528, 0.96552, 791.0, 763771, 1532.074,
     0.9795, 802.4, 261.9, 0.9435},
    {"efficientvit-b2@256", 15823059, 988941.2, 1968.04608, 0.97171, 796.0, 992734, 2001.076,
     0.9842, 806.3, 201.5, 0.9509},
    {"efficientvit-b2@288", 20384499, 1274031.2, 2490.80832, 0.95462, 782.0, 1273243, 2532.612,
     0.9712, 795.6, 157.1, 0.9309},
};

TEST(EfficientVitFpga, TheAuthorsScriptIsReproduced)
{
    for (const Anchor& anchor : kAnchors) {
        SCOPED_TRACE(anchor.model);
        const SimResult a = simulated("efficientvit", anchor.model);
        EXPECT_EQ(extra(a, "unit_cycles"), anchor.unitCyclesA);
        EXPECT_NEAR(a.cycles, anchor.cyclesA, 0.05);
        EXPECT_EQ(a.macs, std::llround(anchor.macsA * 1e6));
        EXPECT_NEAR(a.utilisation(), anchor.utilisationA, 5e-6);
        EXPECT_NEAR(a.gops(), anchor.gopsA, 0.05);
    }
}

TEST(EfficientVitFpga, ModeBIsItsScheduleWithoutOmissions)
{
    for (const Anchor& anchor : kAnchors) {
        SCOPED_TRACE(anchor.model);
        const SimResult b = simulated("efficientvit", anchor.model, {{"mode", 1}});
        EXPECT_NEAR(b.cycles, anchor.cyclesB, 1);
        EXPECT_NEAR(static_cast<double>(b.macs) / 1e6, anchor.macsB, 5e-4);
        EXPECT_NEAR(b.utilisation(), anchor.utilisationB, 5e-5);
        EXPECT_NEAR(b.gops(), anchor.gopsB, 0.05);
        EXPECT_NEAR(b.framesPerSecond(), anchor.fpsB, 0.05);
        EXPECT_NEAR(
            simulated("efficientvit", anchor.model, {{"mode", 1}, {"overlap", 0}}).utilisation(),
            anchor.noOverlap, 5e-5);
    }
}

TEST(EfficientVitFpga, ReplicasAsPixelsOrChannels)
{
    const struct {
        const char* model;
        double cycles;
    } kPixel[] = {{"efficientvit-b1@224", 294379},
                  {"efficientvit-b1@256", 336069},
                  {"efficientvit-b1@288", 453955},
                  {"efficientvit-b2@224", 898440},
                  {"efficientvit-b2@256", 1022508}};
    for (const auto& row : kPixel)
        EXPECT_NEAR(simulated("efficientvit", row.model, {{"mode", 1}, {"l_mode", 1}}).cycles,
                    row.cycles, 1)
            << row.model;
    EXPECT_NEAR(simulated("efficientvit", "efficientvit-b1@224", {{"mode", 1}, {"l_mode", 2}})
                    .utilisation(),
                0.4361, 5e-5);
}

// Unit cycles of B1 at 224, mode b. A pair stands for depthwise and pointwise together.
TEST(EfficientVitFpga, LayersOfB1)
{
    const Workload b1 = namedWorkload("efficientvit-b1@224").value();
    const SimResult result = simulated("efficientvit", b1, {{"mode", 1}});
    const auto unitCycles = [&](std::initializer_list<const char*> names) {
        double sum = 0;
        for (const char* name : names)
            for (std::size_t i = 0; i < b1.layers.size(); ++i)
                if (b1.layers[i].shape.name == name)
                    sum += 16 * result.layers[i].cycles;
        return sum;
    };
    const auto mbconv = [&](const std::string& name) {
        return unitCycles(
            {(name + ".depth_conv.conv").c_str(), (name + ".point_conv.conv").c_str()});
    };
    EXPECT_NEAR(unitCycles({"stem.in_conv.conv"}), 112896, 0.5);
    EXPECT_NEAR(mbconv("stem.res0.main"), 39209, 0.5);
    for (const char* expansion : {"stages.0.blocks.0.main", "stages.2.blocks.0.main",
                                  "stages.3.blocks.4.local_module.main"})
        EXPECT_NEAR(unitCycles({(std::string(expansion) + ".inverted_conv.conv").c_str()}), 100352,
                    0.5);
    EXPECT_NEAR(mbconv("stages.0.blocks.0.main"), 64324, 0.5);
    EXPECT_NEAR(mbconv("stages.0.blocks.1.main"), 128648, 0.5);
    EXPECT_NEAR(mbconv("stages.1.blocks.0.main"), 58312, 0.5);
    EXPECT_NEAR(mbconv("stages.1.blocks.2.main"), 116624, 0.5);
    EXPECT_NEAR(mbconv("stages.2.blocks.0.main"), 54352, 0.5);
    EXPECT_NEAR(mbconv("stages.2.blocks.3.local_module.main"), 108704, 0.5);
    EXPECT_NEAR(mbconv("stages.3.blocks.0.main"), 52480, 0.5);
    EXPECT_NEAR(mbconv("stages.3.blocks.1.local_module.main"), 104960, 0.5);
    const std::string s3 = "stages.2.blocks.1.context_module.main",
                      s4 = "stages.3.blocks.1.context_module.main";
    const auto part = [&](const std::string& module, const char* name) {
        return unitCycles({(module + name).c_str()});
    };
    EXPECT_NEAR(part(s3, ".qkv.conv"), 75264, 0.5);
    EXPECT_NEAR(part(s4, ".qkv.conv"), 75264, 0.5);
    EXPECT_NEAR(part(s3, ".aggreg.0.0") + part(s3, ".aggreg.0.1"), 33600, 0.5);
    EXPECT_NEAR(part(s4, ".aggreg.0.0") + part(s4, ".aggreg.0.1"), 16800, 0.5);
    EXPECT_NEAR(part(s3, ".context"), 6400, 0.5);
    EXPECT_NEAR(part(s3, ".lookup"), 6272, 0.5);
    EXPECT_NEAR(part(s4, ".context"), 3584, 0.5);
    EXPECT_NEAR(part(s4, ".lookup"), 3136, 0.5);
    EXPECT_NEAR(part(s3, ".proj.conv"), 50176, 0.5);
    EXPECT_NEAR(part(s4, ".proj.conv"), 50176, 0.5);
}

// 1 200 + 787.5 cycles for the two fully connected layers, and the 1x1 convolution.
TEST(EfficientVitFpga, TheHeadIsCountedWhenAsked)
{
    const double without = simulated("efficientvit", "efficientvit-b1@224").cycles;
    const double conv = 96.0 * 32 * 49 / 16;
    EXPECT_NEAR(simulated("efficientvit", "efficientvit-b1@224", {{"head", 1}}).cycles - without,
                conv + 1200 + 787.5, 1e-6);
}

TEST(EfficientVitFpga, TheHeadIsKnownByItsPart)
{
    Workload renamed = namedWorkload("efficientvit-b1@224").value();
    for (Layer& layer : renamed.layers)
        if (layer.shape.module == "head")
            layer.shape.module = "classifier";
    EXPECT_EQ(simulated("efficientvit", renamed).cycles,
              simulated("efficientvit", "efficientvit-b1@224").cycles);
}

// Bytes per image.
TEST(EfficientVitFpga, TrafficWithAndWithoutFusion)
{
    const struct {
        const char* model;
        std::int64_t apart, fused;
    } kTraffic[] = {{"efficientvit-b1@224", 14834944, 10223360},
                    {"efficientvit-b1@256", 19346944, 13352960},
                    {"efficientvit-b1@288", 24460544, 16899840},
                    {"efficientvit-b2@224", 29890176, 19850880}};
    for (const auto& row : kTraffic) {
        const Traffic apart = simulated("efficientvit", row.model, {{"fusion", 0}}).dram;
        const Traffic fused = simulated("efficientvit", row.model).dram;
        EXPECT_EQ(apart.in + apart.out, row.apart) << row.model;
        EXPECT_EQ(fused.in + fused.out, row.fused) << row.model;
    }
    EXPECT_EQ(simulated("efficientvit", "efficientvit-b1@224").dram.weights, 4620800);
    EXPECT_EQ(simulated("efficientvit", "efficientvit-b2@224").dram.weights, 14928192);
}

// The board's bandwidth binds the unfused network and not the fused one as a whole.
TEST(EfficientVitFpga, FusionSavesTheBandwidth)
{
    const auto rate = [](double fusion) {
        const SimResult result =
            simulated("efficientvit", "efficientvit-b1@224", {{"mode", 1}, {"fusion", fusion}});
        return static_cast<double>(result.dram.total()) * 797 / 1e9;
    };
    EXPECT_NEAR(rate(0), 15.5, 0.05);
    EXPECT_NEAR(rate(1), 11.8, 0.05);
}

TEST(EfficientVitFpga, PowerIsAnchoredAtB1)
{
    EXPECT_NEAR(simulated("efficientvit", "efficientvit-b1@224").watt(), 7.423, 0.005 * 7.423);
    EXPECT_NEAR(simulated("efficientvit", "efficientvit-b1@224", {{"mode", 1}}).watt(), 7.423,
                0.005 * 7.423);
    EXPECT_NEAR(calibratedMacPicojoule(CycleMode::a, ReplicaMode::ideal), 8.77,
                0.1); // worked by hand at 780.2 GOPS
}

// Overlapped at most as long, at least the depthwise layers and the MACs; doubling L
// halves ideal cycles; peak.
TEST(EfficientVitFpga, BoundsHold)
{
    const SimResult base = simulated("efficientvit", "efficientvit-b1@224", {{"mode", 1}});
    EXPECT_DOUBLE_EQ(
        simulated("efficientvit", "efficientvit-b1@224", {{"mode", 1}, {"replicas", 32}}).cycles,
        base.cycles / 2);
    EXPECT_DOUBLE_EQ(2 * base.peakMacsPerCycle * base.clockHz, 819.2e9);
    EXPECT_GT(simulated("efficientvit", "efficientvit-b1@224", {{"mode", 1}, {"reconfigurable", 0}})
                  .cycles,
              base.cycles);
    const SimResult fast =
        simulated("efficientvit", "efficientvit-b1@224", {{"mode", 1}, {"clock_mhz", 400}});
    EXPECT_EQ(fast.cycles, base.cycles);
    EXPECT_DOUBLE_EQ(fast.seconds(), base.seconds() / 2);
}

TEST(TrioVit, FramesPerSecondOfTheAuthorsScript)
{
    const struct {
        const char* model;
        double cycles, fps;
    } kRows[] = {{"efficientvit-b1@224", 250343, 798.9},
                 {"efficientvit-b1@256", 324139, 617.0},
                 {"efficientvit-b1@288", 420593, 475.5},
                 {"efficientvit-b2@224", 762009, 262.5},
                 {"efficientvit-b2@288", 1274031, 157.0}};
    for (const auto& row : kRows) {
        const SimResult result = simulated("trio-vit", row.model);
        EXPECT_NEAR(result.cycles, row.cycles, 0.5) << row.model;
        EXPECT_NEAR(result.framesPerSecond(), row.fps, 0.05) << row.model;
    }
}

TEST(TrioVit, TheHeadPipelineIsBetweenItsPartsAndTheirSum)
{
    const auto cycles = [](double msa) {
        return simulated("trio-vit", "efficientvit-b1@224", {{"msa", msa}}).cycles;
    };
    EXPECT_LT(cycles(1), cycles(2));
    EXPECT_GE(cycles(1), cycles(0)); // both engines on every head waste nothing but the fill
}

TEST(TrioVit, AShiftCostsLessThanADivision)
{
    EXPECT_LT(simulated("trio-vit", "efficientvit-b1@224").joule(),
              simulated("trio-vit", "efficientvit-b1@224", {{"divider", 0}}).joule());
}

} // namespace
} // namespace vitrine::sim
