#include "plugins/quantization/figures/cost.h"

#include <gmock/gmock.h>

#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;

// A million multiplications and 16 million bits before, half a million shifts and 4 million bits
// after; where scales act on the inputs, more of them.
RunRecord countedRun(bool isEarlier = false)
{
    RunRecord run;
    run.number = 1;
    run.uid = "uid-1";
    run.experiment = "quantization.llm";
    run.params.set("method", ParamValue(std::string("shiftadd")));
    run.params.set("bits", ParamValue(std::string("3")));
    run.params.set("count_traffic", ParamValue(true));
    run.params.set("scale_place", ParamValue(std::string("results")));
    run.params.set("e_multiply16", ParamValue(1.1));
    run.result.metrics = {{"bits_per_weight", 3, "1", {}, ""}};
    const auto column = [](const char* name) { return Column{name, "1", {}, ""}; };
    Table table{"operations",
                {{"operation", "", {}, ""},
                 column("original"),
                 column("quantized"),
                 column("original_energy"),
                 column("quantized_energy"),
                 column("quantized_results"),
                 column("quantized_inputs")},
                {{std::string("multiplications"), 1e6, 0.0, 1.1e6, 0.0, 0.0, 0.0},
                 {std::string("additions"), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0},
                 {std::string("shifts"), 0.0, 0.5e6, 0.0, 0.075e6, 0.5e6, 2e6},
                 {std::string("look-ups"), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0},
                 {std::string("reading weights"), 16e6, 4e6, 200e6, 50e6, 4e6, 4e6}}};
    if (isEarlier) {
        table.columns.resize(5);
        for (auto& row : table.rows)
            row.resize(5);
    }
    run.result.tables = {table};
    return run;
}

// What the original and the version take, µJ.
std::vector<double> totals(const RunRecord& run, const State& state)
{
    const Runs runs = {&run};
    const auto figure = energyFigure(Drawing(runs, state));
    std::vector<double> most;
    for (const auto& bars : figure.bars)
        for (std::size_t i = 0; i < bars.position.size(); ++i) {
            const auto at = static_cast<std::size_t>(bars.position[i]);
            most.resize(std::max(most.size(), at + 1));
            most[at] = std::max(most[at], bars.base[i] + bars.height[i]);
        }
    for (double& value : most)
        value = std::round(value * 1e6) / 1e6;
    return most;
}

TEST(CostAssumed, IsThatOfTheRunWhereNothingIsChanged)
{
    EXPECT_THAT(totals(countedRun(), {}), ElementsAre(201.1, 50.075));
    EXPECT_FALSE(isCostChanged({}));
}

TEST(CostAssumed, ChangesTheEnergiesWithoutARun)
{
    const RunRecord run = countedRun();
    EXPECT_THAT(totals(run, {.cost = {{"count_traffic", 0}}}), ElementsAre(1.1, 0.075));
    EXPECT_THAT(totals(run, {.cost = {{"scale_place", 1}}}), ElementsAre(201.1, 50.3));
    EXPECT_THAT(totals(run, {.cost = {{"e_dram16", 100}}}), ElementsAre(101.1, 25.075));
    EXPECT_THAT(totals(run, {.isOriginal32 = true}), ElementsAre(403.7, 50.075));
    EXPECT_THAT(
        totals(run, {.cost = {{"e_multiply32", 5}, {"count_traffic", 0}}, .isOriginal32 = true}),
        ElementsAre(5, 0.075));
    const Runs runs = {&run};
    const State state{.isOriginal32 = true};
    EXPECT_THAT(energyWords(Drawing(runs, state)), HasSubstr("FP32 takes 404 µJ"));
    EXPECT_THAT(energyWords(Drawing(runs, state)), HasSubstr("#1 50.1 µJ, 12 %"));
}

TEST(CostAssumed, EarlierRunsHoldTheCountsOfTheirOwnPlaceOfScales)
{
    const RunRecord run = countedRun(true);
    EXPECT_THAT(totals(run, {.cost = {{"count_traffic", 0}}}), ElementsAre(1.1, 0.075));
    EXPECT_TRUE(totals(run, {.cost = {{"scale_place", 1}}}).empty());
    const Runs runs = {&run};
    const State state{.cost = {{"scale_place", 1}}};
    EXPECT_THAT(energyWords(Drawing(runs, state)), HasSubstr("run again"));
}

TEST(CostAssumed, HostileValuesStayWithinTheirRange)
{
    RunRecord run = countedRun();
    EXPECT_EQ(assumedValue(run, {.cost = {{"e_add16", -5}}}, "e_add16"), 0);
    EXPECT_EQ(assumedValue(run, {.cost = {{"scale_place", 1e300}}}, "scale_place"), 1);
    EXPECT_TRUE(std::isnan(assumedValue(run, {}, "no such")));
    run.params.set("scale_place", ParamValue(std::int64_t{7}));
    run.params.set("count_traffic", ParamValue(std::string("maybe")));
    run.params.set("e_multiply16", ParamValue(std::string("much")));
    EXPECT_EQ(assumedValue(run, {}, "scale_place"), 0);
    EXPECT_EQ(assumedValue(run, {}, "e_multiply16"), 1.1);
    run.result.tables[0].rows[0][1] = std::nan("");
    EXPECT_TRUE(totals(run, {.cost = {{"e_add16", 1}}}).empty());
    run.result.tables[0].columns.clear();
    EXPECT_TRUE(totals(run, {.cost = {{"e_add16", 1}}}).empty());
}

} // namespace
} // namespace vitrine::quantization_plugin
