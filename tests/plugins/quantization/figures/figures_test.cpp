#include "plugins/quantization/figures/figures.h"

#include "core/figure/data.h"

#include <gmock/gmock.h>

#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

using testing::ElementsAre;

RunRecord version(std::int64_t number, const char* method, double bits)
{
    RunRecord run;
    run.number = number;
    run.uid = fmt::format("uid-{}", number);
    run.experiment = "quantization.llm";
    run.params.set("method", ParamValue(std::string(method)));
    run.params.set("layout", ParamValue(std::string("row")));
    run.params.set("bits", ParamValue(std::string("3")));
    run.result.metrics = {{"bits_per_weight", bits, "1", {}, ""},
                          {"perplexity_original", 20, "1", {}, ""},
                          {"perplexity_quantized", 24, "1", {}, ""},
                          {"perplexity_quantized_low", 23, "1", {}, ""},
                          {"perplexity_quantized_high", 25, "1", {}, ""}};
    const auto column = [](const char* name) { return Column{name, "1", {}, ""}; };
    run.result.tables = {
        {"layers",
         {{"layer", "", {}, ""}, column("block"), column("bits"), column("output_error")},
         {{std::string("model.layers.0.self_attn.q_proj.weight"), std::int64_t{0}, std::int64_t{3},
           0.01},
          {std::string("model.layers.1.mlp.up_proj.weight"), std::int64_t{1}, std::int64_t{2},
           0.04}}},
        {"rounds",
         {{"layer", "", {}, ""}, column("round"), column("weight_error")},
         {{std::string("a"), std::int64_t{0}, 4.0},
          {std::string("b"), std::int64_t{0}, 2.0},
          {std::string("a"), std::int64_t{1}, 1.0}}},
        {"operations",
         {{"operation", "", {}, ""}, column("original_energy"), column("quantized_energy")},
         {{std::string("additions"), 1000.0, 500.0}, {std::string("shifts"), 0.0, 100.0}}}};
    return run;
}

std::vector<std::string> namesOf(const std::vector<figure::Figure>& figures)
{
    std::vector<std::string> names;
    for (const auto& each : figures)
        names.push_back(each.name);
    return names;
}

TEST(QuantizationFigures, DrawWhatTheRunsHold)
{
    const auto all = figures({version(1, "rtn", 3.5), version(2, "bcq", 3.4)});
    EXPECT_THAT(namesOf(all),
                ElementsAre("perplexity", "layer-errors", "bit-map", "rounds", "energy"));
    const auto& perplexity = all[0];
    EXPECT_EQ(perplexity.series[0].x.front(), 3.5);
    EXPECT_THAT(perplexity.series[1].y, ElementsAre(23, 25));
    EXPECT_EQ(perplexity.spans.front().from, 20);
    const auto& rounds = all[3];
    EXPECT_THAT(rounds.series.front().y, ElementsAre(3, 1)); // means over the layers
    const auto& energy = all[4];
    EXPECT_THAT(energy.bars.front().height, ElementsAre(1, 0.5, 0.5)); // nJ
    EXPECT_THAT(energy.bars.back().base, ElementsAre(1, 0.5, 0.5));
    EXPECT_THAT(energy.bars.back().height, ElementsAre(1, 0.6, 0.6));
}

TEST(QuantizationFigures, BitMapStandsByBlockAndProjection)
{
    const auto all = figures({version(1, "rtn", 3.5)});
    const auto& map = all[2].grids.front();
    EXPECT_EQ(map.rows, 2);
    EXPECT_EQ(map.columns, 2);
    EXPECT_EQ(map.values[0], 3);
    EXPECT_TRUE(std::isnan(map.values[1]));
    EXPECT_EQ(map.values[3], 2);
}

TEST(QuantizationFigures, HostileTablesDrawNothingWrong)
{
    RunRecord run = version(1, "rtn", 3.5);
    run.result.tables[0].rows[0][1] = std::int64_t{1} << 40; // a block that no model has
    run.result.tables[0].rows[1][2] = std::string("two");
    run.result.tables[1].columns.clear();
    run.result.tables[1].rows = {{}};
    run.params = {};
    for (const auto& each : figures({run}))
        for (const auto& grid : each.grids)
            EXPECT_LE(grid.rows * grid.columns, 1024 * 8);
    RunRecord other = version(2, "rtn", 3.5);
    other.result.metrics.clear();
    EXPECT_TRUE(figures({other}).empty());
}

} // namespace
} // namespace vitrine::quantization_plugin
