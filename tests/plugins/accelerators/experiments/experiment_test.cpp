#include "plugins/accelerators/experiments/map_experiment.h"
#include "plugins/accelerators/experiments/simulate_experiment.h"
#include "plugins/accelerators/experiments/sweep_experiment.h"
#include "plugins/accelerators/figures/figures.h"

#include "core/figure/data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <set>

namespace vitrine::accelerators_plugin
{
namespace
{

using testing::HasSubstr;

Result<RunRecord> run(const Experiment& experiment, const std::map<std::string, std::string>& given)
{
    auto params = resolveParams(experiment, given);
    if (!params)
        return tl::unexpected(params.error());
    QuietProgress progress;
    RunRecord record;
    record.experiment = experiment.info().id;
    record.uid = std::string(32, 'a');
    record.params = *params;
    VITRINE_TRY(record.result, experiment.run(*params, progress));
    return record;
}

RunRecord simulated(const std::map<std::string, std::string>& given)
{
    const auto record = run(SimulateExperiment(), given);
    EXPECT_TRUE(record) << (record ? "" : record.error().message);
    return record.value_or(RunRecord{});
}

double metric(const RunRecord& record, const char* name)
{
    const Metric* found = record.result.metric(name);
    EXPECT_NE(found, nullptr) << name;
    return found ? found->value : std::nan("");
}

std::string refusal(const Experiment& experiment, const std::map<std::string, std::string>& given)
{
    const auto record = run(experiment, given);
    return record ? "accepted" : record.error().message;
}

TEST(Simulate, GivesThePapersCycles)
{
    EXPECT_EQ(metric(simulated({{"accelerator", "efficientvit"}}), "unit_cycles"), 4005490);
    EXPECT_EQ(metric(simulated({{"accelerator", "p2vit"}, {"workload", "deit-small"}}), "cycles"),
              4803000);
    EXPECT_NEAR(
        metric(simulated({{"accelerator", "trio-vit"}, {"workload", "efficientvit-b2@224"}}),
               "fps"),
        262.5, 0.05);
}

TEST(Simulate, EveryAcceleratorHasTheMetricsOfTheContract)
{
    for (const char* accelerator :
         {"systolic", "p2vit", "trio-vit", "efficientvit", "nvca", "vitality", "nasa"}) {
        const RunRecord record = simulated({{"accelerator", accelerator}});
        for (const char* name : {"cycles", "latency_ms", "fps", "gops", "utilisation", "energy_mj",
                                 "gops_per_watt", "dram_bytes"})
            EXPECT_TRUE(std::isfinite(metric(record, name))) << accelerator << " " << name;
        for (const char* name :
             {"layers", "schedule", "units", "buffers", "area", "reference", "machine"})
            EXPECT_NE(record.result.table(name), nullptr) << accelerator << " " << name;
        for (const Table& table : record.result.tables)
            for (const auto& row : table.rows)
                ASSERT_EQ(row.size(), table.columns.size()) << accelerator << " " << table.name;
    }
}

TEST(Simulate, ParametersAreThoseOfTheAccelerator)
{
    EXPECT_EQ(metric(simulated({{"accelerator", "systolic"},
                                {"rows", "16"},
                                {"cols", "16"},
                                {"dataflow", "ws"},
                                {"workload", "deit-tiny"}}),
                     "peak_gops"),
              2 * 256 * 0.5);
    EXPECT_THAT(refusal(SimulateExperiment(), {{"accelerator", "nasa"}, {"dataflow", "ws"}}),
                HasSubstr("dataflow"));
    EXPECT_THAT(refusal(SimulateExperiment(), {{"accelerator", "systolic"}, {"rows", "0"}}),
                HasSubstr("rows"));
}

TEST(Simulate, ReadsTopologyTables)
{
    const auto path = std::filesystem::temp_directory_path() / "vitrine-accelerators.csv";
    std::ofstream(path) << "Layer, M, N, K,\nqkv, 197, 576, 192,\n";
    const RunRecord record = simulated({{"accelerator", "systolic"}, {"workload", path.string()}});
    EXPECT_EQ(metric(record, "cycles"), 32003);
    ASSERT_EQ(record.result.inputs.size(), 1u);
    EXPECT_EQ(record.result.inputs[0].path, path.string());
    const Table& layers = *record.result.table("layers");
    ASSERT_EQ(layers.rows.size(), 1u);
    EXPECT_EQ(layers.rows[0][static_cast<std::size_t>(layers.column("ifmap_reads"))],
              Cell{std::int64_t{680832}});
    std::ofstream(path) << "Layer, M, N, K,\nqkv, 197, x, 192,\n";
    EXPECT_THAT(
        refusal(SimulateExperiment(), {{"accelerator", "systolic"}, {"workload", path.string()}}),
        HasSubstr("row 2, column 3 (N)"));
    std::filesystem::remove(path);

    const auto capitals = std::filesystem::temp_directory_path() / "VITRINE-ACCELERATORS.CSV";
    std::ofstream(capitals) << "LAYER, M, N, K,\nqkv, 197, 576, 192,\n";
    EXPECT_EQ(
        metric(simulated({{"accelerator", "systolic"}, {"workload", capitals.string()}}), "cycles"),
        32003);
    std::filesystem::remove(capitals);
}

TEST(Simulate, UnknownWorkloadsSayWhatWouldHelp)
{
    EXPECT_THAT(refusal(SimulateExperiment(), {{"workload", "resnet"}}), HasSubstr("deit-tiny"));
    EXPECT_THAT(
        refusal(SimulateExperiment(), {{"accelerator", "systolic"}, {"workload", "fbnet@cifar10"}}),
        HasSubstr("nothing that"));
}

// Word widths of a quantization run flow into energy.
TEST(Simulate, NarrowWordsCostLess)
{
    EXPECT_LT(
        metric(simulated({{"accelerator", "p2vit"}, {"workload_weight_bits", "4"}}), "energy_mj"),
        metric(simulated({{"accelerator", "p2vit"}}), "energy_mj"));
}

TEST(Simulate, RepeatsBitForBit)
{
    const RunRecord a = simulated({{"accelerator", "nvca"}}),
                    b = simulated({{"accelerator", "nvca"}});
    EXPECT_EQ(a.result.metrics, b.result.metrics);
    EXPECT_EQ(a.result.tables, b.result.tables);
}

TEST(Sweep, MarksTheFront)
{
    const auto record =
        run(SweepExperiment(),
            {{"accelerator", "systolic"}, {"ranges", "rows=8,32;cols=8:32:8;dataflow=os,ws"}});
    ASSERT_TRUE(record) << record.error().message;
    EXPECT_EQ(metric(*record, "points"), 16);
    EXPECT_EQ(record->result.table("points")->rows.size(), 16u);
    EXPECT_EQ(static_cast<double>(record->result.table("front")->rows.size()),
              metric(*record, "front_points"));
    EXPECT_EQ(record->result.metric("points_per_second")->origin, Origin::measured);
    EXPECT_THAT(refusal(SweepExperiment(), {{"accelerator", "systolic"}, {"ranges", "lanes=4"}}),
                HasSubstr("lanes"));
}

// The stored run alone is enough to draw from.
TEST(Figures, ShowWhatTheTablesHold)
{
    const std::vector<RunRecord> runs{simulated({{"accelerator", "efficientvit"}}),
                                      simulated({{"accelerator", "trio-vit"}})};
    const auto all = figures(runs);
    std::set<std::string> names;
    for (const auto& figure : all) {
        names.insert(figure.name);
        EXPECT_FALSE(figure.altText.empty()) << figure.name;
        EXPECT_FALSE(figure.series.empty() && figure.bars.empty()) << figure.name;
    }
    EXPECT_EQ(names, (std::set<std::string>{"schedule", "cycles", "energy", "traffic", "roofline",
                                            "buffers"})); // no area: FPGAs
    EXPECT_FALSE(areaFigure({&runs[0]}).bars.size());
}

double sumOf(const figure::Figure& figure)
{
    double sum = 0;
    for (const figure::Bars& bars : figure.bars)
        for (const double height : bars.height)
            sum += height;
    return sum;
}

// However it is cut, it is all there.
TEST(Figures, BarsAddUpToTheMetrics)
{
    for (const char* accelerator : {"systolic", "p2vit", "nvca", "vitality", "nasa"}) {
        const RunRecord run = simulated({{"accelerator", accelerator}});
        for (const BarsPer per : {BarsPer::module, BarsPer::layer, BarsPer::run}) {
            EXPECT_NEAR(sumOf(barsFigure({&run}, BarsShow::cycles, per)), metric(run, "cycles"),
                        1e-6 * metric(run, "cycles"))
                << accelerator;
            EXPECT_NEAR(sumOf(barsFigure({&run}, BarsShow::energy, per)), metric(run, "energy_mj"),
                        1e-6 * metric(run, "energy_mj"))
                << accelerator;
            EXPECT_NEAR(sumOf(barsFigure({&run}, BarsShow::traffic, per)),
                        metric(run, "dram_bytes") / 1e6, 1e-6 * metric(run, "dram_bytes") / 1e6)
                << accelerator;
        }
    }
}

TEST(Figures, RunsOfOneWorkloadAreToldApartByTheirMachines)
{
    std::vector<RunRecord> runs{
        simulated({{"accelerator", "systolic"}, {"workload", "deit-tiny"}}),
        simulated({{"accelerator", "vitality"}, {"workload", "deit-tiny"}})};
    runs[0].number = 4;
    runs[1].number = 7;
    const auto figure = barsFigure({&runs[0], &runs[1]}, BarsShow::cycles, BarsPer::module);
    ASSERT_EQ(figure.bars.size(), 2u);
    EXPECT_EQ(figure.bars[0].name, "#4 Systolic array");
    EXPECT_EQ(figure.bars[1].name, "#7 ViTALiTy");
}

// A layer's colour in the schedule is that of its kind, whatever unit works on it.
TEST(Figures, TheScheduleHasARowPerUnitAndABlockToLookAt)
{
    const RunRecord run = simulated({{"accelerator", "p2vit"}, {"workload", "deit-tiny"}});
    const auto figure = scheduleFigure({&run});
    std::vector<std::string> units;
    for (const auto& tick : figure.y.ticks)
        units.push_back(tick.label);
    EXPECT_EQ(units, (std::vector<std::string>{"LayerNorm", "MAC array", "Shifter array", "Softmax",
                                               "Requantise", "DRAM"}));
    const auto block = blockRange({&run});
    ASSERT_TRUE(block);
    EXPECT_NEAR(block->high - block->low, metric(run, "cycles") / 12,
                0.2 * metric(run, "cycles") / 12);
}

TEST(Figures, BuffersAreNeverMoreThanFull)
{
    const RunRecord run = simulated({{"accelerator", "p2vit"}, {"weight_kb", "8"}});
    const auto figure = buffersFigure({&run});
    ASSERT_EQ(figure.series.size(), 2u); // activations, weights
    double most = 0;
    for (const auto& series : figure.series)
        for (const double share : series.y)
            most = std::max(most, share);
    EXPECT_EQ(most, 100);
}

TEST(Simulate, TakesWidthsPerLayerFromATable)
{
    const auto path = std::filesystem::temp_directory_path() / "vitrine-accelerators-bits.csv";
    std::ofstream(path) << "layer,bits\nblocks.0,4\n";
    const RunRecord plain = simulated({{"accelerator", "p2vit"}}),
                    mixed = simulated({{"accelerator", "p2vit"}, {"bit_map", path.string()}});
    EXPECT_LT(metric(mixed, "energy_mj"), metric(plain, "energy_mj"));
    EXPECT_EQ(mixed.result.inputs.size(), 1u);
    std::ofstream(path) << "layer,bits\nblocks.99,4\n";
    EXPECT_THAT(
        refusal(SimulateExperiment(), {{"accelerator", "p2vit"}, {"bit_map", path.string()}}),
        HasSubstr("row 2, column 1 (layer)"));
    std::filesystem::remove(path);
}

// The layers of a language model have the names of its tensors, as a quantization leaves them.
TEST(Simulate, TakesTheWidthsOfAQuantizedLanguageModel)
{
    const auto path = std::filesystem::temp_directory_path() / "vitrine-accelerators-llm-bits.csv";
    const auto write = [&](const char* layer) {
        std::ofstream(path) << "layer, weight bits\n" << layer << ", 2\n";
    };
    const auto given = [&](const char* machine, bool mapped) {
        std::map<std::string, std::string> all = {
            {"accelerator", machine}, {"workload", "vitrine-lm"}, {"tokens", "8"}};
        if (mapped)
            all["bit_map"] = path.string();
        return all;
    };
    write("model.layers.0.mlp.up_proj.weight");
    for (const char* machine :
         {"systolic", "p2vit", "trio-vit", "efficientvit", "vitality", "nasa"}) {
        const RunRecord plain = simulated(given(machine, false)),
                        mapped = simulated(given(machine, true));
        // 448 x 160 weights of 2 bits instead of 8; some machines read them again and again.
        EXPECT_GE(metric(plain, "dram_bytes") - metric(mapped, "dram_bytes"), 448 * 160 * 6 / 8)
            << machine;
    }
    EXPECT_THAT(refusal(SimulateExperiment(), given("nvca", true)),
                HasSubstr("bit_map: NVCA has the same widths in all layers"));
    write("model.layers.6.mlp.up_proj.weight");
    EXPECT_THAT(refusal(SimulateExperiment(), given("systolic", true)),
                HasSubstr("has no layer \"model.layers.6.mlp.up_proj.weight\""));
    std::filesystem::remove(path);
}

TEST(Simulate, WidthsThatAMachineDoesNotReadAreRefused)
{
    for (const char* name : {"workload_weight_bits", "workload_activation_bits"})
        EXPECT_THAT(refusal(SimulateExperiment(), {{"accelerator", "nvca"}, {name, "4"}}),
                    HasSubstr(std::string(name) + ": NVCA"));
}

// A width that overrides another without a word is a wrong number.
TEST(Simulate, TwoWidthsOfWeightsAreRefused)
{
    const auto path = std::filesystem::temp_directory_path() / "vitrine-accelerators-two.csv";
    std::ofstream(path) << "layer,bits\nblocks.0,4\n";
    using Given = std::map<std::string, std::string>;
    for (const auto& [name, value] :
         Given{{"bit_map", path.string()}, {"workload_weight_bits", "4"}}) {
        const Given one = {{"accelerator", "p2vit"}, {name, value}};
        Given both = one, swept = one;
        both["weight_bits"] = "8";
        swept["ranges"] = "weight_bits=0,4";
        for (const std::string& refused :
             {refusal(SimulateExperiment(), both), refusal(MapExperiment(), both),
              refusal(SweepExperiment(), swept)})
            EXPECT_THAT(refused, HasSubstr("weight_bits and " + name)) << name;
        EXPECT_EQ(refusal(SimulateExperiment(), one), "accepted") << name;
    }
    EXPECT_EQ(refusal(SimulateExperiment(), {{"accelerator", "p2vit"},
                                             {"weight_bits", "4"},
                                             {"workload_activation_bits", "6"}}),
              "accepted");
    std::filesystem::remove(path);
}

TEST(Map, FindsMoreThanTheDefaultAndSaysWhat)
{
    const auto record =
        run(MapExperiment(),
            {{"accelerator", "systolic"}, {"workload", "deit-tiny"}, {"budget", "5000"}});
    ASSERT_TRUE(record) << record.error().message;
    EXPECT_GT(metric(*record, "edp_gain"), 1);
    EXPECT_LE(metric(*record, "mappings_evaluated"), 5000);
    EXPECT_EQ(record->result.metric("mappings_per_second")->origin, Origin::measured);
    const Table& table = *record->result.table("mapping");
    EXPECT_GT(table.rows.size(), 50u);
    for (const auto& row : table.rows)
        ASSERT_EQ(row.size(), table.columns.size());
    EXPECT_EQ(mappingFigure({&*record}).bars.front().height.size(), table.rows.size());
}

TEST(Map, EveryAcceleratorAnswers)
{
    for (const char* accelerator : {"p2vit", "trio-vit", "efficientvit", "vitality", "nasa"}) {
        const auto record = run(MapExperiment(), {{"accelerator", accelerator}});
        ASSERT_TRUE(record) << accelerator << ": " << record.error().message;
        EXPECT_GE(metric(*record, "edp_gain"), 1) << accelerator;
        EXPECT_NE(record->result.table("mapping"), nullptr);
    }
}

// No layer is above the roof when the DRAM is waited for.
TEST(Figures, LayersLieBelowTheRoof)
{
    const RunRecord record =
        simulated({{"accelerator", "p2vit"}, {"memory", "stalls"}, {"weight_kb", "1"}});
    const auto figure = rooflineFigure({&record});
    ASSERT_EQ(figure.series.size(), 3u);
    const auto &points = figure.series[0], &slope = figure.series[1], &flat = figure.series[2];
    const double bandwidth = slope.y[0] / slope.x[0], peak = flat.y[0];
    EXPECT_EQ(slope.line, figure::Line::solid);
    ASSERT_FALSE(points.x.empty());
    for (std::size_t i = 0; i < points.x.size(); ++i)
        EXPECT_LE(points.y[i],
                  std::min(peak, bandwidth * points.x[i]) * 1.02); // 512 bytes are fetched ahead
}

// Counted as the papers do, a layer may be above it: the figure says so in its legend.
TEST(Figures, ARoofThatIsNotWaitedForIsDashed)
{
    const RunRecord record = simulated({{"accelerator", "p2vit"}, {"memory", "ideal"}});
    const auto figure = rooflineFigure({&record});
    ASSERT_EQ(figure.series.size(), 3u);
    EXPECT_EQ(figure.series[1].line, figure::Line::dash);
    EXPECT_NE(figure.series[1].name.find("memory=ideal"), std::string::npos);
}

TEST(Figures, SweepsShowTheirFront)
{
    const auto record = run(SweepExperiment(),
                            {{"accelerator", "systolic"}, {"ranges", "rows=8:64:8;cols=8:64:8"}});
    ASSERT_TRUE(record) << record.error().message;
    const auto figure = paretoFigure({&*record});
    ASSERT_EQ(figure.series.size(), 2u);
    for (std::size_t i = 1; i < figure.series[1].x.size(); ++i)
        EXPECT_LT(figure.series[1].y[i], figure.series[1].y[i - 1]);
}

} // namespace
} // namespace vitrine::accelerators_plugin
