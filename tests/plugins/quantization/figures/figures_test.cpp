#include "plugins/quantization/figures/figures.h"

#include "core/base/json.h"
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
    run.result.metrics = {
        {"bits_per_weight", bits, "1", {}, ""},      {"perplexity_original", 20, "1", {}, ""},
        {"perplexity_quantized", 24, "1", {}, ""},   {"perplexity_ratio", 1.2, "1", {}, ""},
        {"perplexity_ratio_low", 1.15, "1", {}, ""}, {"perplexity_ratio_high", 1.25, "1", {}, ""},
        {"predicted", 1000, "token", {}, ""},        {"kl_mean", 0.2, "nat", {}, ""}};
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
        {"windows",
         {column("window"), column("kl")},
         {{std::int64_t{0}, 0.1}, {std::int64_t{1}, 0.3}}},
        {"operations",
         {{"operation", "", {}, ""}, column("original_energy"), column("quantized_energy")},
         {{std::string("additions"), 1e6, 0.5e6}, {std::string("shifts"), 0.0, 0.1e6}}}};
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
    const RunRecord one = version(1, "rtn", 3.5), two = version(2, "bcq", 3.4);
    const auto all = figures({&one, &two});
    EXPECT_THAT(namesOf(all), ElementsAre("perplexity", "kl-windows", "layer-errors", "bit-map",
                                          "energy", "rounds"));
    const auto& perplexity = all[0];
    EXPECT_EQ(perplexity.series[0].x.front(), 3.5);
    EXPECT_THAT(perplexity.series[1].y, ElementsAre(23, 25));
    EXPECT_EQ(perplexity.spans.front().from, 20);
    EXPECT_EQ(perplexity.spans.size(), 1u);
    const auto& divergence = all[1];
    EXPECT_THAT(divergence.series[1].y, ElementsAre(0.1, 0.3));
    EXPECT_EQ(divergence.spans[1].from, 0.2); // over the whole text, in the colour of its run
    EXPECT_EQ(divergence.spans[1].colour, divergence.series[1].colour);
    const auto& rounds = all[5];
    EXPECT_THAT(rounds.series.front().y, ElementsAre(3, 1)); // means over the layers
    const auto& energy = all[4];
    EXPECT_THAT(energy.bars.front().height, ElementsAre(1, 0.5, 0.5)); // µJ
    EXPECT_THAT(energy.bars.back().base, ElementsAre(1, 0.5, 0.5));
    ASSERT_EQ(energy.bars.back().height.size(), 3u); // stacked: from the base on
    EXPECT_EQ(energy.bars.back().height[0], 0);
    EXPECT_DOUBLE_EQ(energy.bars.back().height[1], 0.1);
    EXPECT_DOUBLE_EQ(energy.bars.back().height[2], 0.1);
}

TEST(QuantizationFigures, BitMapStandsByBlockAndProjection)
{
    const RunRecord run = version(1, "rtn", 3.5);
    const auto all = figures({&run});
    EXPECT_EQ(all[3].title, "Bits of each layer");
    const auto& map = all[3].grids.front();
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
    for (const auto& each : figures({&run}))
        for (const auto& grid : each.grids)
            EXPECT_LE(grid.rows * grid.columns, 1024 * 8);
    RunRecord other = version(2, "rtn", 3.5);
    other.result.metrics.clear();
    EXPECT_TRUE(figures({&other}).empty());

    // Every layer another projection: a grid of a thousand by as many cells is no picture.
    RunRecord wide = version(3, "rtn", 3.5);
    wide.result.tables[0].rows.clear();
    for (int i = 0; i < 1000; ++i)
        wide.result.tables[0].rows.push_back(
            {fmt::format("odd {}", i), std::int64_t{1023}, std::int64_t{3}, 0.1});
    for (const auto& each : figures({&wide}))
        EXPECT_TRUE(each.grids.empty());
}

TEST(QuantizationFigures, ShowTheSelectedRunAndMarkTheSelectedLayer)
{
    const RunRecord one = version(1, "rtn", 3.5);
    RunRecord two = version(2, "bcq", 3.4);
    two.result.tables[0].rows[0][2] = std::int64_t{4};
    const State state{
        .places = {{"uid-2", 3}}, .run = "uid-2", .layer = "model.layers.1.mlp.up_proj.weight"};
    const auto all = figures({&one, &two}, state);

    EXPECT_EQ(all[2].spans.front().from, 1);
    const auto& map = all[3];
    EXPECT_EQ(map.title, "Bits of each layer, #2");
    EXPECT_EQ(map.grids.front().values[0], 4);
    EXPECT_THAT(map.recipe.runs, ElementsAre("uid-2"));
    ASSERT_EQ(map.spans.size(), 2u);
    EXPECT_EQ(map.spans[0].from, 0.5); // the column of "up"
    EXPECT_EQ(map.spans[1].to, 1.5);   // the row of block 1

    const State back = readState(parseJson(map.recipe.state, "state").value());
    EXPECT_EQ(back.run, state.run);
    EXPECT_EQ(back.layer, state.layer);
    EXPECT_EQ(back.places, state.places);
    EXPECT_EQ(readState(parseJson(R"({"run": 3, "layer": [], "run_places": 7})", "s").value()).run,
              "");
}

TEST(QuantizationFigures, RunsOfOtherModelsHaveLayersOfTheirOwn)
{
    const RunRecord one = version(1, "rtn", 3.5);
    RunRecord two = version(2, "rtn", 3.5);
    two.result.tables[0].rows[0][0] = std::string("model.layers.0.mlp.gate_proj.weight");
    two.result.metrics[1].value = 30; // another original
    const auto all = figures({&one, &two});

    EXPECT_EQ(all[0].spans.size(), 2u);
    EXPECT_THAT(all[2].series[1].x, ElementsAre(2, 1));
    EXPECT_EQ(all[2].x.ticks.size(), 3u);
}

} // namespace
} // namespace vitrine::quantization_plugin
