#include "plugins/quantization/figures/attention.h"
#include "plugins/quantization/figures/figures.h"
#include "plugins/quantization/figures/layer.h"
#include "plugins/quantization/figures/tokens.h"
#include "tests/plugins/quantization/probe_runs.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;

RunRecord probedRun(std::int64_t number)
{
    RunRecord run;
    run.number = number;
    run.uid = fmt::format("uid-{}", number);
    run.experiment = "quantization.llm";
    run.params.set("method", ParamValue(std::string("shiftadd")));
    run.params.set("layout", ParamValue(std::string("block")));
    run.params.set("bits", ParamValue(std::string("2")));
    run.result.metrics = {{"bits_per_weight", 3, "1", {}, ""},
                          {"perplexity_original", 20, "1", {}, ""},
                          {"predicted", 1000, "token", {}, ""}};
    run.result.tables = {tests::tokensTable(), tests::sinksTable()};
    return run;
}

std::vector<std::string> firstColumn(const Table& table)
{
    std::vector<std::string> texts;
    for (const auto& row : table.rows)
        texts.push_back(std::get<std::string>(row[0]));
    return texts;
}

TEST(NextTokens, OfEveryVersionStandBesideTheOriginals)
{
    RunRecord one = probedRun(1), two = probedRun(2), other = probedRun(3);
    two.result.tables[0].rows[2][6] = std::string("▁whale"); // here it agrees
    other.result.metrics[1].value = 30;                      // another original
    const Runs runs = {&one, &two, &other};
    const State state{.position = 1};
    const Drawing drawing(runs, state);

    const Table table = nextTokensTable(drawing);
    ASSERT_EQ(table.rows.size(), 3u);
    EXPECT_EQ(table.columns.size(), 4 + 2 * 3u);
    EXPECT_EQ(table.rows[1][1], Cell(std::string("Call")));
    EXPECT_EQ(table.rows[1][2], Cell(std::string("whale")));
    EXPECT_EQ(table.rows[1][4], Cell(std::string("≠ ship")));
    EXPECT_EQ(table.rows[1][7], Cell(std::string("whale")));
    EXPECT_EQ(table.rows[0][5], Cell(40.0));

    const Table likeliest = likeliestTable(drawing);
    ASSERT_EQ(likeliest.rows.size(), 2u); // ranks
    EXPECT_EQ(likeliest.rows[1][1], Cell(std::string("ship")));
    EXPECT_EQ(likeliest.rows[1][3], Cell(std::string("≠ whale")));

    const auto figure = klTokensFigure(drawing);
    ASSERT_EQ(figure.bars.size(), 2u);
    EXPECT_EQ(figure.bars[0].height.size(), 3u);
    EXPECT_EQ(figure.x.ticks[2].label, "me");
    EXPECT_EQ(figure.spans.front().from, 1);
}

TEST(NextTokens, HostileRowsAreLeftOut)
{
    RunRecord run = probedRun(1);
    auto& rows = run.result.tables[0].rows;
    rows[0][0] = std::int64_t{1} << 40;
    rows[1][3] = -3.0;
    rows[2][1] = std::string(100'000, 'x');
    rows[2][2] = std::nan("");
    rows[3][4] = 7.0;
    rows[4].resize(1);
    rows[5].clear();
    const Runs runs = {&run};
    const State state{.position = 1'000'000};
    const Drawing drawing(runs, state);
    const Table table = nextTokensTable(drawing);
    ASSERT_LE(table.rows.size(), 3u);
    for (const auto& row : table.rows)
        EXPECT_LT(std::get<std::string>(row[1]).size(), 100u);
    likeliestTable(drawing);
    for (const auto& bars : klTokensFigure(drawing).bars)
        for (const double height : bars.height)
            EXPECT_TRUE(std::isfinite(height));
    run.result.tables.clear();
    EXPECT_TRUE(nextTokensTable(drawing).rows.empty());
    EXPECT_TRUE(likeliestTable(drawing).rows.empty());
}

TEST(AttentionFigures, BeforeAndAfterShareOneScale)
{
    const RunRecord run = probedRun(1);
    const Runs runs = {&run};
    State state;
    const Probe probe = tests::smallProbe(2);
    const auto made = attentionFigures(Drawing(runs, state), probe);
    ASSERT_EQ(made.size(), 3u);
    EXPECT_EQ(made[0].title, "Attention before · layer 1"); // the one that moved most
    const auto &before = made[0].grids.front(), &after = made[1].grids.front(),
               &change = made[2].grids.front();
    EXPECT_EQ(before.maximum, after.maximum);
    EXPECT_EQ(before.maximum, 0.375); // beyond the first token and the diagonal
    EXPECT_TRUE(before.clipped);
    EXPECT_TRUE(std::isnan(before.values[1])); // no query sees a later key
    EXPECT_EQ(change.values[3], -0.25f);
    EXPECT_EQ(change.minimum, -change.maximum);
    EXPECT_EQ(change.map, figure::ColourMap::difference);

    state = {.layer = "model.layers.1.mlp.up_proj.weight", .mapLayer = 0, .isHeadShown = true};
    const auto other = attentionFigures(Drawing(runs, state), probe);
    EXPECT_EQ(other[0].title, "Attention before · layer 0");
    EXPECT_THAT(other[0].caption, HasSubstr("head 1"));
    EXPECT_EQ(other[2].grids.front().values[3], 0.25f);
}

TEST(AttentionFigures, WeightsThatAreNotFiniteAreNamed)
{
    const RunRecord run = probedRun(1);
    const Runs runs = {&run};
    const State state;
    Probe probe = tests::smallProbe(2);
    probe.maps[1].meanQuantized[3] = std::nanf("");
    for (const auto& figure : attentionFigures(Drawing(runs, state), probe)) {
        EXPECT_TRUE(std::isfinite(figure.grids.front().maximum));
        EXPECT_EQ(std::isinf(figure.grids.front().values[3]), figure.name != "attention-original");
    }
    probe.maps.clear();
    EXPECT_TRUE(attentionFigures(Drawing(runs, state), probe).empty());
}

TEST(SinkFigures, SetTheOriginalBesideEachVersion)
{
    const RunRecord one = probedRun(1), two = probedRun(2);
    RunRecord hostile = probedRun(3);
    hostile.result.tables[1].rows[0][0] = 1e300;
    hostile.result.tables[1].rows[1][3] = std::nan("");
    hostile.result.tables[1].rows[2].clear();
    const Runs runs = {&one, &two, &hostile};
    const State state;
    const Drawing drawing(runs, state);
    const auto sinks = sinksFigure(drawing);
    ASSERT_EQ(sinks.bars.size(), 4u);
    EXPECT_EQ(sinks.bars[0].colour, figure::kMuted);
    EXPECT_THAT(sinks.bars[0].height, ElementsAre(0.5, 0.5)); // mean over the heads
    EXPECT_THAT(sinks.bars[1].height, ElementsAre(0.25, 0.25));
    EXPECT_THAT(sinks.series[1].y, ElementsAre(0.125, 0.125));
    EXPECT_EQ(sinks.bars[3].height.size(), 1u);
    const auto heads = sinkHeadsFigure(drawing);
    EXPECT_EQ(heads.series[0].labels[3], "layer 1, head 1");
    EXPECT_EQ(heads.series[0].x[3], 0.75);
    EXPECT_EQ(heads.series[2].x.size(), 1u);
}

TEST(LookUpTable, HoldsEverySumOfTheInputsWithSigns)
{
    const std::vector<double> inputs = {1, -2, 3, 0.5, 4, 8, -16, 32};
    const auto entries = lookUpTable(inputs);
    ASSERT_EQ(entries.size(), 256u);
    for (std::size_t m = 0; m < entries.size(); ++m) {
        double sum = 0;
        for (std::size_t j = 0; j < inputs.size(); ++j)
            sum += (m >> j) & 1 ? inputs[j] : -inputs[j];
        EXPECT_EQ(entries[m], sum) << m;
    }
    EXPECT_THAT(lookUpTable(std::vector<double>{3.0}), ElementsAre(-3, 3)); // a ragged end
}

TEST(LayerFigures, FollowOneProductPlaneByPlane)
{
    const RunRecord run = probedRun(1);
    const Runs runs = {&run};
    const State state{.output = 1, .plane = 1};
    const Drawing drawing(runs, state);
    const Probe probe = tests::smallProbe(2);
    const ProbeLayer& layer = probe.layers.front();

    const ChunkProduct product = chunkProduct(layer, 1); // − +: 3 - 2 = 1
    EXPECT_EQ(product.planes[0].entry, 1);
    EXPECT_EQ(product.planes[0].addend, 0.75);
    EXPECT_EQ(product.sum, 1);
    EXPECT_EQ(product.decoded, 1);
    const Table steps = productTable(layer, 1);
    EXPECT_THAT(firstColumn(steps), ElementsAre("0", "1", "decoded weights"));
    EXPECT_EQ(steps.rows[1][2], Cell(std::string("−+")));
    EXPECT_THAT(productWords(layer, 1, 1), HasSubstr("Plane 1 of output 1 holds 0x02: −2 + 3"));

    const auto made = layerFigures(drawing, probe);
    ASSERT_EQ(made.size(), 4u);
    double weights = 0;
    for (const double count : made[0].bars.front().height)
        weights += count;
    EXPECT_EQ(weights, 6);
    EXPECT_EQ(made[1].grids.front().values[1], -0.0f); // 1 - 1
    EXPECT_EQ(made[1].grids.front().x0, 8);
    const auto& table = made[2];
    EXPECT_EQ(table.grids.front().values.size(), 4u); // of two inputs
    EXPECT_EQ(table.spans.front().from, 1.5);         // byte 2
    EXPECT_EQ(made[3].bars.back().height.front(), 1); // decoded
    // The addends end where the sum does.
    const auto& last = made[3].bars[made[3].bars.size() - 3];
    EXPECT_DOUBLE_EQ(last.base.front() + last.height.front(),
                     made[3].bars[made[3].bars.size() - 2].height.front());
}

TEST(LayerFigures, ScalesOfSingleInputsAreAppliedFirst)
{
    const Probe probe = tests::smallProbe(2, false);
    const ChunkProduct product = chunkProduct(probe.layers.front(), 0); // + −
    EXPECT_THAT(product.planes[0].inputs, ElementsAre(1.5, 4.5));
    EXPECT_EQ(product.planes[0].scale, 1);
    EXPECT_EQ(product.sum, -4);
    EXPECT_EQ(product.decoded, -4);
    EXPECT_THAT(productWords(probe.layers.front(), 0, 0), HasSubstr("scaled first"));
}

TEST(LayerFigures, DenseWeightsHaveNoProductOfLookUps)
{
    const RunRecord run = probedRun(1);
    const Runs runs = {&run};
    const State state{.layer = "no such layer", .output = 900'000, .plane = 900'000};
    const Drawing drawing(runs, state);
    const Probe probe = tests::smallProbe(0);
    EXPECT_EQ(layerFigures(drawing, probe).size(), 2u);
    EXPECT_TRUE(productTable(probe.layers.front(), 0).rows.empty());
    EXPECT_THAT(productWords(probe.layers.front(), 0, 0), HasSubstr("no codes"));
    EXPECT_EQ(layerFigures(drawing, tests::smallProbe(3)).size(), 4u); // the last plane
    Probe odd = tests::smallProbe(2);
    odd.layers[0].decoded.assign(6, std::nanf(""));
    odd.layers[0].scales.assign(8, INFINITY);
    for (const auto& figure : layerFigures(drawing, odd))
        for (const auto& grid : figure.grids)
            EXPECT_TRUE(std::isfinite(grid.maximum));
}

TEST(ProbeOfARun, IsReadFromItsFileOrNotThere)
{
    const tests::TemporaryFolder folder;
    RunRecord run = probedRun(1);
    EXPECT_FALSE(probeOf(run));
    const auto count = figures({&run}).size();
    run.result.tables.clear();
    tests::addProbe(run, tests::smallProbe(2), folder.path / "probe.safetensors");
    EXPECT_TRUE(probeOf(run));
    EXPECT_EQ(figures({&run}).size(), count + 7);
    std::filesystem::resize_file(folder.path / "probe.safetensors", 100);
    EXPECT_FALSE(probeOf(run));
    EXPECT_EQ(figures({&run}).size(), count);
}

} // namespace
} // namespace vitrine::quantization_plugin
