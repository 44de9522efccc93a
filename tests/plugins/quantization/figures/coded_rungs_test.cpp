#include "plugins/quantization/figures/coded_rungs.h"

#include "plugins/quantization/figures/coded_figures.h"
#include "tests/plugins/quantization/coded_runs.h"

#include <gmock/gmock.h>

namespace vitrine::quantization_plugin
{
namespace
{

RunRecord rungRun(std::int64_t number, const char* steps, double accuracy, std::int64_t bits = 8)
{
    RunRecord run = storedCodedRun({.number = number, .accuracy = accuracy});
    run.params.set("steps", ParamValue(std::string(steps)));
    run.params.set("activation_bits", ParamValue(bits));
    return run;
}

TEST(CodedLadder, PutsStepsOnInTheOrderOfTheMethod)
{
    const quant::VisionMethod method{
        .name = "m",
        .title = "M",
        .paper = "",
        .tricks = {{"a", "A", ""}, {"extra", "Extra", "", true}, {"b", "B", ""}, {"c", "C", ""}}};
    EXPECT_THAT(ladderSteps(method), testing::ElementsAre("none", "a", "a,b", "all"));
    EXPECT_TRUE(ladderSteps({.name = "m", .title = "M", .paper = "", .tricks = {}}).empty());
}

// P²-ViT: adaptive, ptf, smoothing, log2, integer.
TEST(CodedLadder, KnowsTheRungOfARun)
{
    EXPECT_EQ(rungOf(rungRun(1, "none", 0.5)), 0u);
    EXPECT_EQ(rungOf(rungRun(1, "adaptive", 0.5)), 1u);
    EXPECT_EQ(rungOf(rungRun(1, " ptf, adaptive", 0.5)), 2u);
    EXPECT_EQ(rungOf(rungRun(1, "all", 0.5)), 5u);
    EXPECT_EQ(rungOf(rungRun(1, "adaptive,ptf,smoothing,log2,integer", 0.5)), 5u);
    EXPECT_EQ(rungOf(rungRun(1, "ptf", 0.5)), std::nullopt);
    RunRecord unknown = storedCodedRun({.method = "from-the-future"});
    EXPECT_EQ(rungOf(unknown), std::nullopt);
    EXPECT_EQ(rungOf(storedCodedRun({.method = "minmax"})), std::nullopt);
}

TEST(CodedLadder, ARunIsNamedByItsRung)
{
    EXPECT_EQ(codedMethod(rungRun(1, "none", 0.5)), "P²-ViT (no steps)");
    EXPECT_EQ(codedMethod(rungRun(1, "adaptive", 0.5)), "P²-ViT (adaptive)");
    EXPECT_EQ(codedMethod(rungRun(1, "adaptive,ptf,smoothing", 0.5)), "P²-ViT (up to smoothing)");
    EXPECT_EQ(codedMethod(rungRun(1, "adaptive,ptf,smoothing,log2,integer", 0.5)), "P²-ViT");
    EXPECT_EQ(codedMethod(rungRun(1, "ptf,log2", 0.5)), "P²-ViT (ptf,log2)");
}

TEST(CodedLadder, AShiftAddViTOfItsOwnHasNone)
{
    RunRecord tuned = storedCodedRun({.method = "shiftaddvit"});
    EXPECT_FALSE(missingRungs(tuned, {}).empty());
    tuned.params.set("original", ParamValue(std::string("vitrine-deit")));
    EXPECT_TRUE(missingRungs(tuned, {}).empty());
    EXPECT_EQ(rungOf(tuned), std::nullopt);
}

TEST(CodedLadder, OnlyMissingRungsAreRunAtTheSameWidths)
{
    const RunRecord all = rungRun(1, "all", 0.85), first = rungRun(2, "none", 0.6),
                    narrow = rungRun(3, "adaptive", 0.7, 4);
    const auto missing = missingRungs(all, {&all, &first, &narrow});
    std::vector<std::string> steps;
    for (const auto& params : missing) {
        steps.push_back(params.at("steps"));
        EXPECT_EQ(params.at("activation_bits"), "8");
        EXPECT_EQ(params.at("model"), "vitrine-deit");
    }
    EXPECT_THAT(steps, testing::ElementsAre("adaptive", "adaptive,ptf", "adaptive,ptf,smoothing",
                                            "adaptive,ptf,smoothing,log2"));
    EXPECT_TRUE(missingRungs(storedCodedRun({.method = "minmax"}), {}).empty());
}

TEST(CodedLadder, HasALineForEachWidthOfRunsThatDifferInNothingElse)
{
    const RunRecord none = rungRun(1, "none", 0.6), some = rungRun(2, "adaptive", 0.7),
                    all = rungRun(3, "all", 0.85), narrow = rungRun(4, "none", 0.2, 4),
                    narrower = rungRun(5, "all", 0.4, 4), alone = rungRun(6, "all", 0.3, 3);
    RunRecord other = rungRun(7, "adaptive,ptf", 0.1);
    other.params.set("weight_bits", ParamValue(std::int64_t{4}));
    const auto figures = codedFigures({&none, &some, &all, &narrow, &narrower, &alone, &other});
    const auto ladder = std::ranges::find(figures, "coded-ladder", &figure::Figure::name);
    ASSERT_NE(ladder, figures.end());
    std::map<std::string, std::vector<double>> lines;
    for (const figure::Series& series : ladder->series)
        if (!series.name.empty())
            lines[series.name] = series.y;
    EXPECT_THAT(lines, testing::ElementsAre(testing::Pair("A4", testing::ElementsAre(20, 40)),
                                            testing::Pair("A8", testing::ElementsAre(60, 70, 85))));
    EXPECT_EQ(ladder->x.ticks.size(), 6u);
    EXPECT_EQ(ladder->x.ticks[1].label, "+ adaptive");
    ASSERT_EQ(ladder->spans.size(), 1u);
    EXPECT_DOUBLE_EQ(ladder->spans[0].from, 86);
}

} // namespace
} // namespace vitrine::quantization_plugin
