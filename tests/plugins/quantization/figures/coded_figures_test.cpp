#include "plugins/quantization/figures/coded_figures.h"

#include "core/base/statistics.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/coded_drawing.h"
#include "tests/plugins/quantization/coded_runs.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace vitrine::quantization_plugin
{
namespace
{

using testing::HasSubstr;

const RunRecord kPlain = storedCodedRun({});
const RunRecord kSmaller = storedCodedRun({.number = 2,
                                           .method = "fq-vit",
                                           .accuracy = 0.70,
                                           .size = 0.7e6,
                                           .pValue = 1e-6,
                                           .bits = 4,
                                           .inFloat = {"LayerNorm", "softmax"}});
const RunRecord kWorse = storedCodedRun(
    {.number = 3, .method = "from-the-future", .accuracy = 0.60, .size = 0.8e6, .bits = 5});
const RunRecord kElsewhere =
    storedCodedRun({.number = 4, .data = "other-pictures", .accuracy = 0.99, .size = 0.1e6});

const figure::Figure* find(const std::vector<figure::Figure>& all, const char* name)
{
    const auto found = std::ranges::find(all, name, &figure::Figure::name);
    return found == all.end() ? nullptr : &*found;
}

TEST(CodedFigures, OneRunHasAllButThePareto)
{
    const auto all = codedFigures({&kPlain});
    std::vector<std::string> names;
    for (const figure::Figure& figure : all) {
        names.push_back(figure.name);
        EXPECT_FALSE(figure.altText.empty()) << figure.name;
        EXPECT_FALSE(figure.caption.empty()) << figure.name;
        EXPECT_EQ(figure.recipe.experiment, "quantization.vision");
    }
    EXPECT_THAT(names, testing::ElementsAre("coded-accuracy", "coded-times", "coded-layers",
                                            "coded-stream", "coded-operations", "coded-energy"));
}

TEST(CodedFigures, RunsOfOtherExperimentsHaveNone)
{
    RunRecord other = kPlain;
    other.experiment = "vision.evaluate";
    EXPECT_TRUE(codedFigures({&other}).empty());
}

// A smaller run that is less often right and a larger one that is more often: both stay; one that
// is larger and worse than another does not.
TEST(CodedFigures, TheFrontLeavesOutWhatIsBeatenInBoth)
{
    const auto all = codedFigures({&kPlain, &kSmaller, &kWorse});
    const figure::Figure* pareto = find(all, "coded-pareto");
    ASSERT_TRUE(pareto);
    const auto front =
        std::ranges::find(pareto->series, "none is better in both", &figure::Series::name);
    ASSERT_NE(front, pareto->series.end());
    EXPECT_THAT(front->x, testing::ElementsAre(0.7, 1.25, 1.25));
    EXPECT_THAT(front->y, testing::ElementsAre(70, 70, 85));
}

TEST(CodedFigures, ManyRunsAreNumberedAtTheirPointsInsteadOfALegend)
{
    std::vector<RunRecord> all;
    for (int i = 1; i <= 6; ++i)
        all.push_back(storedCodedRun({.number = i, .accuracy = 0.8 + 0.01 * i}));
    const auto numbered = [&](std::size_t count) {
        Runs runs;
        for (std::size_t i = 0; i < count; ++i)
            runs.push_back(&all[i]);
        const auto figures = codedFigures(runs);
        return *find(figures, "coded-pareto");
    };
    EXPECT_TRUE(numbered(5).annotations.empty());
    const figure::Figure six = numbered(6);
    ASSERT_EQ(six.annotations.size(), 6U);
    EXPECT_EQ(six.annotations[2].text, "#3");
    EXPECT_EQ(std::ranges::count_if(six.series, [](const auto& one) { return !one.name.empty(); }),
              1); // the original: all take the same room, so there is no front
}

TEST(CodedFigures, WhatJudgedOtherPicturesIsNotCompared)
{
    const auto all = codedFigures({&kPlain, &kSmaller, &kElsewhere});
    const figure::Figure* pareto = find(all, "coded-pareto");
    ASSERT_TRUE(pareto);
    EXPECT_THAT(pareto->caption, HasSubstr("Left out, as they judged others: 1."));
    for (const figure::Series& series : pareto->series)
        EXPECT_THAT(series.name, testing::Not(HasSubstr("#4")));
    EXPECT_EQ(find(codedFigures({&kPlain, &kElsewhere}), "coded-pareto"), nullptr);
}

TEST(CodedFigures, BitsAreThoseOfWhatIsStored)
{
    const auto all = codedFigures({&kPlain, &kSmaller}, {.isBitsShown = true});
    const figure::Figure* pareto = find(all, "coded-pareto");
    ASSERT_TRUE(pareto);
    EXPECT_EQ(pareto->x.unit, "bit");
    const auto plain = std::ranges::find(pareto->series, codedName(kPlain), &figure::Series::name);
    ASSERT_NE(plain, pareto->series.end());
    EXPECT_DOUBLE_EQ(plain->x[0], 8); // 1.25 MB of 5
}

// A block of EfficientViT has two sums of one name.
TEST(CodedFigures, LayersOfOneNameHavePlacesOfTheirOwn)
{
    RunRecord run = kPlain;
    for (Table& table : run.result.tables)
        if (table.name == "layers")
            table.rows.insert(table.rows.end(), {table.rows.back(), table.rows.back()});
    const auto all = codedFigures({&run});
    const figure::Figure* layers = find(all, "coded-layers");
    ASSERT_TRUE(layers);
    const std::vector<double>& x = layers->series[0].x;
    ASSERT_GE(x.size(), 3u);
    EXPECT_TRUE(std::ranges::is_sorted(x));
    EXPECT_EQ(std::ranges::adjacent_find(x), x.end());
}

TEST(CodedFigures, LayersOfSeveralRunsShareTheAxisAndSkipWhatIsNotCompared)
{
    const auto all = codedFigures({&kPlain, &kSmaller});
    const figure::Figure* layers = find(all, "coded-layers");
    ASSERT_TRUE(layers);
    ASSERT_EQ(layers->series.size(), 2u);
    EXPECT_THAT(layers->series[0].y, testing::ElementsAre(30, 25, 23));
    ASSERT_EQ(layers->x.ticks.size(), 1u); // where its block begins
    EXPECT_EQ(layers->x.ticks[0].label, "0");
    EXPECT_EQ(layers->x.label, "Layer (block)");
    EXPECT_EQ(layers->x.ticks[0].position, 1);
    EXPECT_NE(layers->series[0].colour, layers->series[1].colour);
}

TEST(CodedFigures, TheStreamStepsFromSumToSum)
{
    const auto all = codedFigures({&kPlain});
    const figure::Figure* stream = find(all, "coded-stream");
    ASSERT_TRUE(stream);
    const auto down = std::ranges::find(stream->bars, "loses", &figure::Bars::name);
    ASSERT_NE(down, stream->bars.end());
    EXPECT_THAT(down->base, testing::ElementsAre(30, 25));
    EXPECT_THAT(down->height, testing::ElementsAre(-5, -2)); // from the base
}

TEST(CodedFigures, EnergiesStackToTheirSum)
{
    const auto all = codedFigures({&kPlain});
    const figure::Figure* energy = find(all, "coded-energy");
    ASSERT_TRUE(energy);
    double top = 0; // of the original
    for (const figure::Bars& bars : energy->bars)
        for (std::size_t i = 0; i < bars.position.size(); ++i)
            if (bars.position[i] == 0)
                top = std::max(top, bars.base[i] + bars.height[i]);
    EXPECT_NEAR(top, 3.7 + 812.5, 1e-9);
    EXPECT_NEAR(figure::xRange(*energy).high, 816.2, 0.05 * 816.2);
}

TEST(CodedFigures, RescalesAreSharesOfTheRunsFactors)
{
    RunRecord run = kPlain;
    addInside(run);
    const auto all = codedFigures({&run});
    const figure::Figure* rescales = find(all, "coded-rescales");
    ASSERT_TRUE(rescales);
    EXPECT_THAT(rescales->bars[0].height, testing::ElementsAre(testing::DoubleNear(66.667, 0.01),
                                                               testing::DoubleNear(16.667, 0.01),
                                                               testing::DoubleNear(16.667, 0.01)));
    EXPECT_THAT(rescales->bars[0].name, HasSubstr("shift"));
    const figure::Figure* map = find(all, "coded-rescale-map");
    ASSERT_TRUE(map);
    EXPECT_EQ(map->grids[0].rows, 3);
    EXPECT_EQ(map->grids[0].columns, 2);
    EXPECT_EQ(map->grids[0].values[0], 4); // seven places, the first layer
}

TEST(CodedFigures, ChannelsAreSortedAndTheWidestLayerIsShownFirst)
{
    RunRecord run = kPlain;
    addInside(run);
    EXPECT_EQ(channelLayer(run, {}), "blocks.0.norm1");
    const auto all = codedFigures({&run}, {.layer = "blocks.0.norm1"});
    const figure::Figure* channels = find(all, "coded-channels");
    ASSERT_TRUE(channels);
    EXPECT_THAT(channels->series[0].y, testing::ElementsAre(10, 1, 1));
    EXPECT_THAT(channels->series[1].y, testing::ElementsAre(5, 1, 1));
    EXPECT_EQ(channels->spans[0].from, 8);
    const figure::Figure* spread = find(all, "coded-spread");
    ASSERT_TRUE(spread);
    EXPECT_THAT(spread->series[0].y, testing::ElementsAre(2, 10));
    EXPECT_THAT(spread->series[1].y, testing::ElementsAre(1, 5));
}

TEST(CodedTable, NamesWhatStaysInFloatAndLeavesNothingOut)
{
    const VersionTable made = codedTable({&kPlain, &kSmaller});
    ASSERT_EQ(made.table.rows.size(), 3u);
    EXPECT_THAT(made.runOf, testing::ElementsAre(-1, 0, 1));
    const auto at = [&](std::size_t row, const char* column) {
        return made.table.rows[row][static_cast<std::size_t>(made.table.column(column))];
    };
    EXPECT_EQ(textOf(at(1, "Stays in float")), "nothing");
    EXPECT_EQ(textOf(at(2, "Stays in float")), "LayerNorm, softmax");
    EXPECT_EQ(numberOf(at(2, "p-value")), 1e-6);
    EXPECT_EQ(numberOf(at(0, "Size")), 5);
    EXPECT_TRUE(std::holds_alternative<std::monostate>(at(2, "Integer")));
    for (const int column : made.givingWay)
        EXPECT_GE(column, 0);
}

// Runs of ViTALiTy and ShiftAddViT: other layers, in floating point.
RunRecord reworkedRun(const char* original)
{
    RunRecord run = storedCodedRun({.number = 9, .method = "vitality", .inFloat = {"everything"}});
    std::erase_if(run.result.metrics, [](const Metric& metric) {
        return metric.name == "seconds_simulated" || metric.name == "seconds_integer";
    });
    run.result.metrics.push_back({"seconds_changed", 0.003, "s", {}, ""});
    run.params.set("model", ParamValue(std::string("vitrine-deit-vitality")));
    run.params.set("original", ParamValue(std::string(original)));
    return run;
}

TEST(CodedTable, AFineTunedModelIsComparedWithWhatItWasMadeFrom)
{
    const RunRecord tuned = reworkedRun("vitrine-deit");
    EXPECT_EQ(codedName(tuned), "#9 ViTALiTy, fine-tuned, fp32");
    EXPECT_TRUE(judgedAlike(kPlain, tuned));
    EXPECT_FALSE(judgedAlike(kPlain, reworkedRun("another-deit")));
    const VersionTable made = codedTable({&kPlain, &tuned});
    ASSERT_EQ(made.table.rows.size(), 3u); // one original
    const auto place = static_cast<std::size_t>(made.table.column("Changed"));
    EXPECT_EQ(numberOf(made.table.rows[2][place]), 3);
    EXPECT_LT(codedTable({&kPlain}).table.column("Changed"), 0);
    EXPECT_EQ(simulatorParams(tuned),
              (std::map<std::string, std::string>{{"accelerator", "vitality"},
                                                  {"workload", "vitrine-deit"}}));
    EXPECT_THAT(codedVerdict({&tuned}), HasSubstr("All of it is computed in floating point."));
    for (const std::string& remark : codedRemarks({&tuned}))
        EXPECT_THAT(remark, testing::Not(HasSubstr("A run of before")))
            << "it has no codes to keep";
}

TEST(CodedVerdict, WhatTakesMoreIsNotCalledLess)
{
    RunRecord larger = reworkedRun("vitrine-deit");
    std::ranges::find(larger.result.metrics, "size_ratio", &Metric::name)->value = 0.8;
    std::ranges::find(larger.result.metrics, "energy_ratio", &Metric::name)->value = 1.03;
    EXPECT_THAT(codedVerdict({&larger}),
                HasSubstr("1.2 times more, and by the estimate about as much energy"));
}

TEST(CodedLayersTable, NamesColumnsAsPeopleReadThem)
{
    const Table table = codedLayersTable(kPlain);
    ASSERT_FALSE(table.rows.empty());
    EXPECT_EQ(table.rows.size(), kPlain.result.table("layers")->rows.size());
    EXPECT_EQ(table.columns.front().name, "Layer");
    EXPECT_GE(table.column("Signal to noise"), 0);
    RunRecord bare = kPlain;
    bare.result.tables.clear();
    EXPECT_TRUE(codedLayersTable(bare).rows.empty());
}

// Names of blocks that stand side by side below an axis.
TEST(BlockTicks, AreTheNumbersOfBlocks)
{
    const std::vector<std::string> staged = {"stem.in_conv.conv", "stages.1.blocks.0.main.conv",
                                             "stages.1.blocks.0.add",
                                             "stages.2.blocks.11.context_module.main.qkv"};
    const auto ticks = blockTicks(staged);
    ASSERT_EQ(ticks.size(), 2u);
    EXPECT_EQ(ticks[0].label, "1.0");
    EXPECT_EQ(ticks[0].position, 1);
    EXPECT_EQ(ticks[1].label, "2.11");
    EXPECT_EQ(ticks[1].position, 3);
    EXPECT_EQ(blockAxis("Layer", staged), "Layer (stage.block)");
    EXPECT_EQ(shortLayer("stages.2.blocks.1.add"), "2.1.add");
    EXPECT_EQ(shortLayer("my_blocks.3"), "my_blocks.3");

    const auto flat = blockTicks({"fc1", "fc2"});
    ASSERT_EQ(flat.size(), 2u);
    EXPECT_EQ(flat[1].label, "fc2");
    EXPECT_EQ(blockAxis("Layer", {"fc1", "fc2"}), "Layer");
}

// A chance that no double holds, and the 0 that earlier versions kept of one.
TEST(CodedTable, AChanceIsNeverZero)
{
    for (const double chance : {kLeastChance, 0.0}) {
        const RunRecord run = storedCodedRun({.pValue = chance});
        const Table table = codedTable({&run}).table;
        EXPECT_EQ(textOf(table.rows[1][static_cast<std::size_t>(table.column("p-value"))]),
                  kLeastChanceText);
    }
}

TEST(InFloatMatrix, HasARowForEachPartOfAnyRun)
{
    const State state;
    const Table table = inFloatMatrix(CodedDrawing({&kPlain, &kSmaller}, state));
    ASSERT_EQ(table.rows.size(), 2u);
    EXPECT_EQ(textOf(table.rows[0][0]), "LayerNorm");
    EXPECT_EQ(textOf(table.rows[0][2]), "codes");
    EXPECT_EQ(textOf(table.rows[0][3]), "float");
}

TEST(CodedVerdict, ClaimsNoMoreThanTheTestAllows)
{
    EXPECT_THAT(codedVerdict({&kPlain}), HasSubstr("cannot be told apart from the original"));
    EXPECT_THAT(codedVerdict({&kPlain}), HasSubstr("Nothing stays in float"));
    EXPECT_THAT(codedVerdict({&kSmaller}), HasSubstr("is worse than the original"));
    EXPECT_THAT(codedVerdict({&kSmaller}), HasSubstr("p < 0.001"));
    EXPECT_THAT(codedVerdict({&kWorse}), HasSubstr("#3 from-the-future, W5/A8"));
    const std::string both = codedVerdict({&kPlain, &kSmaller});
    EXPECT_THAT(both, HasSubstr("On 400 pictures of fashion-mnist the original"));
    EXPECT_THAT(both, HasSubstr("#2 FQ-ViT style, W4/A8: 70.00 %, is 16.0 points worse"));
}

TEST(CodedRemarks, SayWhatAnEarlierRunLacksAndWhatASmallModelCannotShow)
{
    const auto said = codedRemarks({&kPlain, &kElsewhere});
    EXPECT_THAT(said, testing::Contains(HasSubstr("run again to see them")));
    EXPECT_THAT(said, testing::Contains(HasSubstr("A small model of 1.2 million")));
    EXPECT_THAT(said, testing::Contains(HasSubstr("Not all runs judged the same original")));
}

TEST(AssumedEnergies, CarryTheirMarkAndSayWhatTheRunGave)
{
    RunRecord run = kPlain;
    run.params.set("energy_multiply", ParamValue(0.5));
    const Table table = assumedEnergies(run);
    const auto row = std::ranges::find(table.rows, Cell{std::string("Multiply codes")},
                                       [](const auto& r) { return r[0]; });
    ASSERT_NE(row, table.rows.end());
    EXPECT_EQ(numberOf((*row)[1]), 0.5);
    EXPECT_EQ(textOf((*row)[3]), "ours");
    EXPECT_EQ(textOf(table.rows[0][3]), "unverified");
}

TEST(CodedFigures, DivisorsAreSharesOfAllAndZerosAreSaid)
{
    RunRecord run = kPlain;
    using Whole = std::int64_t;
    const auto number = [](const char* name) { return Column{name, "1", {}, ""}; };
    run.result.tables.push_back(
        {"divisors",
         {{"layer", "", {}, ""}, number("exponent"), number("hardware"), number("released")},
         {{std::string("a"), Cell{}, Whole{10}, Whole{10}},
          {std::string("a"), Whole{3}, Whole{30}, Whole{20}},
          {std::string("a"), Whole{4}, Whole{0}, Whole{10}},
          {std::string("b"), Whole{4}, Whole{60}, Whole{60}}}});
    const auto all = codedFigures({&run});
    const figure::Figure* divisors = find(all, "coded-divisors");
    ASSERT_TRUE(divisors);
    ASSERT_EQ(divisors->bars.size(), 2u);
    EXPECT_THAT(divisors->bars[0].height, testing::ElementsAre(30, 60));
    EXPECT_THAT(divisors->bars[1].height, testing::ElementsAre(20, 70));
    EXPECT_THAT(divisors->caption, HasSubstr("10 % are 0"));
    EXPECT_EQ(find(codedFigures({&kPlain}), "coded-divisors"), nullptr);
}

} // namespace
} // namespace vitrine::quantization_plugin
