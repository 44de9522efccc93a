// Cycle counts worked by hand for DeiT-Tiny, and the comparison with Sanger.
#include "core/model/network/attention_form.h"
#include "core/model/network/named_networks.h"
#include "tests/core/sim/simulated.h"

#include <gmock/gmock.h>

namespace vitrine::sim
{
namespace
{

using testing::HasSubstr;
using tests::extra;
using tests::simulated;

constexpr double kScalesim = 0, kPreload = 1, kIdeal = 2;

TEST(Vitality, TheCycleTable)
{
    const struct {
        double mode, attention, linear, total;
    } kRows[] = {{kScalesim, 50508, 524616, 575124},
                 {kPreload, 23148, 274877, 298025},
                 {kIdeal, 14184, 262415, 276599}};
    for (const auto& row : kRows) {
        const SimResult result = simulated("vitality", "deit-tiny", {{"array_time", row.mode}});
        // The ideal column is rounded.
        EXPECT_NEAR(extra(result, "attention_cycles"), row.attention, row.mode == kIdeal ? 0.5 : 0);
        EXPECT_NEAR(extra(result, "linear_cycles"), row.linear, row.mode == kIdeal ? 0.5 : 0);
        EXPECT_NEAR(result.cycles, row.total, row.mode == kIdeal ? 0.5 : 0);
    }
    EXPECT_NEAR(simulated("vitality", "deit-tiny", {{"array_time", kScalesim}}).seconds() * 1e3,
                1.150, 5e-4);
    EXPECT_NEAR(simulated("vitality", "deit-tiny").seconds() * 1e3, 0.596, 5e-4);
    EXPECT_NEAR(simulated("vitality", "deit-tiny", {{"array_time", kIdeal}}).seconds() * 1e3, 0.553,
                5e-4);
}

TEST(Vitality, ContextAndLookupOfTheTable)
{
    const Workload deit = namedWorkload("deit-tiny").value();
    const auto sum = [&](double mode, LayerKind kind) {
        const SimResult result = simulated("vitality", deit, {{"array_time", mode}});
        double cycles = 0;
        for (std::size_t i = 0; i < deit.layers.size(); ++i)
            if (deit.layers[i].shape.kind == kind)
                cycles += result.layers[i].cycles;
        return cycles;
    };
    EXPECT_EQ(sum(kScalesim, LayerKind::scores), 36576);
    EXPECT_EQ(sum(kScalesim, LayerKind::values), 13932);
    EXPECT_EQ(sum(kPreload, LayerKind::scores), 11520);
    EXPECT_EQ(sum(kPreload, LayerKind::values), 11628);
    EXPECT_NEAR(sum(kIdeal, LayerKind::scores), 7092, 1e-6);
    EXPECT_NEAR(sum(kIdeal, LayerKind::values), 7092, 1e-6);
}

TEST(Vitality, CountsOfDeitTiny)
{
    const SimResult result = simulated("vitality", "deit-tiny");
    EXPECT_EQ(result.macs, 1074851328 + 58551552);
    // K, V, Khat sums, subtraction, numerator, denominator.
    EXPECT_EQ(extra(result, "additions"), 5 * 453888 + 7092);
    EXPECT_EQ(extra(result, "divisions"), 2304 + 453888);
    EXPECT_EQ(extra(result, "exponentials"), 0);
    EXPECT_EQ(
        extra(simulated("vitality", "deit-tiny", {{"design", 1}, {"rho", 1}}), "exponentials"),
        1397124);
}

Workload withTaylor(const char* network)
{
    const auto built = model::namedNetwork(network);
    EXPECT_TRUE(built) << network;
    return workloadOf(
        model::withAttention(*built, {model::AttentionForm::Kind::taylor}).value_or(*built));
}

// A fine-tuned model has Taylor attention already: the machine takes the same steps for it.
TEST(Vitality, ANetworkOfTaylorAttentionCountsLikeTheSoftmaxItStandsFor)
{
    const Workload taylor = withTaylor("deit-tiny");
    for (const std::map<std::string, double>& changes : {std::map<std::string, double>{},
                                                         {{"array_time", kScalesim}},
                                                         {{"pipeline", 1}},
                                                         {{"context", 1}},
                                                         {{"skip_denominator", 1}}}) {
        const SimResult softmax = simulated("vitality", "deit-tiny", changes),
                        already = simulated("vitality", taylor, changes);
        EXPECT_EQ(already.cycles, softmax.cycles);
        EXPECT_EQ(already.macs, softmax.macs);
        for (std::size_t part = 0; part < kEnergyParts; ++part)
            EXPECT_NEAR(already.energy[part], softmax.energy[part], 1e-9 * softmax.energy[part])
                << energyPartName(part);
        EXPECT_EQ(already.dram.total(), softmax.dram.total());
        for (const char* name : {"attention_cycles", "additions", "divisions"})
            EXPECT_EQ(extra(already, name), extra(softmax, name)) << name;
    }
}

TEST(Vitality, SangerAndTheSparsePartAreRefusedByName)
{
    const Accelerator& machine = *findAccelerator("vitality");
    const auto sanger = simulate(withTaylor("deit-tiny"), machine,
                                 settingsWith(machine.parameters, {{"design", 1}}).value());
    ASSERT_FALSE(sanger);
    EXPECT_THAT(sanger.error().message, HasSubstr("Sanger predicts"));
    const auto sparse =
        simulate(workloadOf(model::withAttention(model::namedNetwork("deit-tiny").value(),
                                                 {model::AttentionForm::Kind::taylorAndSparse})
                                .value()),
                 machine, settingsWith(machine.parameters, {}).value());
    ASSERT_FALSE(sparse);
    EXPECT_THAT(sparse.error().message, HasSubstr("blocks.0.attn.strong"));
}

TEST(Vitality, OtherMachinesSayWhatTheyDoNotCountOfTaylorAttention)
{
    const Workload taylor = withTaylor("deit-tiny");
    for (const Accelerator& machine : accelerators())
        EXPECT_EQ(std::ranges::any_of(simulated(machine.id.c_str(), taylor).notes,
                                      [](const std::string& note) {
                                          return note.find("Of Taylor attention") == 0;
                                      }),
                  machine.id != "vitality")
            << machine.id;
}

struct Rival {
    double mode, kept, attention, whole;
};

// Sanger over ViTALiTy, attention only and end to end, as printed.
TEST(Vitality, SangersTable)
{
    const Rival kRows[] = {
        {kScalesim, 0.15, 0.73, 3.25}, {kPreload, 0.15, 1.59, 3.71}, {kIdeal, 0.15, 1.85, 3.89},
        {kScalesim, 0.25, 0.86, 3.26}, {kPreload, 0.25, 1.89, 3.73}, {kIdeal, 0.25, 3.08, 3.95},
        {kScalesim, 0.35, 1.21, 3.29}, {kPreload, 0.35, 2.64, 3.79}, {kIdeal, 0.35, 4.31, 4.02},
        {kScalesim, 0.50, 1.73, 3.34}, {kPreload, 0.50, 3.77, 3.88}, {kIdeal, 0.50, 6.16, 4.11}};
    for (const Rival& row : kRows) {
        SCOPED_TRACE(testing::Message() << row.mode << " " << row.kept);
        const SimResult ours = simulated("vitality", "deit-tiny", {{"array_time", row.mode}});
        const SimResult sanger = simulated(
            "vitality", "deit-tiny", {{"array_time", row.mode}, {"design", 1}, {"rho", row.kept}});
        EXPECT_NEAR(extra(sanger, "attention_cycles") / extra(ours, "attention_cycles"),
                    row.attention, 0.0051);
        EXPECT_NEAR(sanger.cycles / ours.cycles, row.whole, 0.0051);
    }
}

TEST(Vitality, SangerOnLargerModels)
{
    const auto ratio = [](const char* model) {
        return simulated("vitality", model, {{"design", 1}}).cycles /
               simulated("vitality", model).cycles;
    };
    EXPECT_NEAR(ratio("deit-small"), 3.88, 0.0051);
    EXPECT_NEAR(ratio("deit-base"), 3.95, 0.0051);
}

// Per head 2 d^2 words that leave the array and come back.
TEST(Vitality, AStationaryContextSavesItsTrafficOnly)
{
    const SimResult away = simulated("vitality", "deit-tiny"),
                    stays = simulated("vitality", "deit-tiny", {{"context", 1}});
    EXPECT_EQ(away.cycles, stays.cycles);
    EXPECT_EQ(away.macs, stays.macs);
    EXPECT_EQ(away.sram.total() - stays.sram.total(), 36 * 2 * 64 * 64 * 4);
}

TEST(Vitality, FillAndDrainAreExposedOncePerLayer)
{
    EXPECT_EQ(simulated("vitality", "deit-tiny", {{"pipeline", 1}}).cycles -
                  simulated("vitality", "deit-tiny").cycles,
              12 * (2 * 197 + 1 + 8 + 64));
}

TEST(Vitality, BandwidthNeverHurts)
{
    double before = 1e18;
    for (const double bandwidth : {0.1, 1.0, 10.0, 100.0}) {
        const double now =
            simulated("vitality", "deit-tiny", {{"memory", 1}, {"dram_gbs", bandwidth}}).seconds();
        EXPECT_LE(now, before);
        before = now;
    }
}

} // namespace
} // namespace vitrine::sim
