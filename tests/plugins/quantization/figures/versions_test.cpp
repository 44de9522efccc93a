#include "plugins/quantization/figures/versions.h"

#include "core/jobs/experiment/read_run.h"

#include <gmock/gmock.h>

#include <cmath>
#include <initializer_list>

namespace vitrine::quantization_plugin
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;

RunRecord ratioRun(std::int64_t number, const char* method, const char* layout, double bits,
                   std::initializer_list<double> ratio)
{
    const double* at = ratio.begin();
    RunRecord run;
    run.number = number;
    run.uid = fmt::format("uid-{}", number);
    run.experiment = "quantization.llm";
    run.state = RunState::done;
    run.params.set("method", ParamValue(std::string(method)));
    run.params.set("layout", ParamValue(std::string(layout)));
    run.params.set("bits", ParamValue(std::string("3")));
    run.result.metrics = {{"bits_per_weight", bits, "1", {}, ""},
                          {"perplexity_original", 45, "1", {}, ""},
                          {"predicted", 1000, "token", {}, ""},
                          {"perplexity_ratio", at[0], "1", {}, ""},
                          {"perplexity_ratio_low", at[1], "1", {}, ""},
                          {"perplexity_ratio_high", at[2], "1", {}, ""}};
    return run;
}

std::string said(const std::vector<RunRecord>& runs)
{
    Runs all;
    for (const RunRecord& run : runs)
        all.push_back(&run);
    return verdict(all);
}

TEST(QuantizationVerdict, OfOneRunSaysWhatTheBitsCost)
{
    EXPECT_EQ(said({ratioRun(1, "rtn", "row", 3.5, {1.10, 1.08, 1.12})}),
              "3.5 bits a weight cost 10 % of perplexity (8 to 12 %).");
    EXPECT_EQ(said({ratioRun(1, "rtn", "row", 4.25, {1.031, 1.024, 1.038})}),
              "4.25 bits a weight cost 3.1 % of perplexity (2.4 to 3.8 %).");
    EXPECT_EQ(said({ratioRun(1, "rtn", "row", 2.25, {3.4, 3.1, 3.82})}),
              "2.25 bits a weight make perplexity 3.40 times as large (3.10 to 3.82).");
}

TEST(QuantizationVerdict, ClaimsNothingThatTheIntervalDoesNotAllow)
{
    EXPECT_EQ(said({ratioRun(1, "rtn", "row", 8, {1.002, 0.999, 1.004})}),
              "8 bits a weight cost nothing that this text can show: perplexity changes by 0.2 % "
              "(−0.1 to 0.4 %).");
    EXPECT_THAT(said({ratioRun(1, "rtn", "row", 8, {0.98, 0.97, 0.99})}),
                HasSubstr("which one would not expect"));
    EXPECT_THAT(said({ratioRun(1, "rtn", "row", 3, {1.1, std::nan(""), 1.2})}),
                HasSubstr("nothing is said of it"));
    EXPECT_THAT(said({ratioRun(1, "rtn", "row", 3, {1.1, 1.2, 1.3})}), // not an interval of it
                HasSubstr("nothing is said of it"));
}

TEST(QuantizationVerdict, NamesTheNearestVersionAndTheExpectedOrder)
{
    EXPECT_EQ(
        said({ratioRun(1, "rtn", "row", 3.5, {1.16, 1.14, 1.17}),
              ratioRun(2, "shiftadd", "column", 3.4, {1.06, 1.05, 1.07}),
              ratioRun(3, "shiftadd", "block", 3.4, {1.09, 1.08, 1.10})}),
        "ShiftAddLLM by columns (#2) is nearest to the original: 3.4 bits a weight cost 6.0 % "
        "of perplexity (5.0 to 7.0 %)." +
            std::string(" At equal bits a weight (within 5 %) the order is the expected one "
                        "(columns, blocks, other methods)."));
}

TEST(QuantizationVerdict, SaysWhereTheOrderDoesNotHoldOrCannotBeTold)
{
    const std::string against = said({ratioRun(1, "bcq", "row", 3.4, {1.05, 1.04, 1.06}),
                                      ratioRun(2, "shiftadd", "block", 3.4, {1.09, 1.08, 1.10})});
    EXPECT_THAT(against, HasSubstr("does not hold: Binary coding (BCQ) (#1) costs less than "
                                   "ShiftAddLLM by blocks (#2)"));
    const std::string open = said({ratioRun(1, "bcq", "row", 3.4, {1.085, 1.07, 1.095}),
                                   ratioRun(2, "shiftadd", "block", 3.4, {1.09, 1.08, 1.10})});
    EXPECT_THAT(open, HasSubstr("; ShiftAddLLM by blocks (#2) cannot be told apart from it."));
    EXPECT_THAT(open, HasSubstr("these cannot be told apart: ShiftAddLLM by blocks (#2) and "));
    // Columns may do no better than blocks.
    EXPECT_THAT(said({ratioRun(1, "shiftadd", "column", 3.4, {1.09, 1.08, 1.10}),
                      ratioRun(2, "shiftadd", "block", 3.4, {1.09, 1.08, 1.10})}),
                testing::Not(HasSubstr("expect")));
    // More bits prove nothing about methods.
    const std::string unequal = said({ratioRun(1, "bcq", "row", 4.4, {1.05, 1.04, 1.06}),
                                      ratioRun(2, "shiftadd", "block", 3.4, {1.09, 1.08, 1.1})});
    EXPECT_THAT(unequal, testing::Not(HasSubstr("order")));
}

RunRecord rotated(RunRecord run)
{
    run.params.set("incoherence", ParamValue(true));
    return run;
}

// A rotated version has dense weights: however near it is, no packed model is compared with it.
TEST(QuantizationVerdict, RotatedVersionsAreNamedApart)
{
    const RunRecord study = rotated(ratioRun(4, "shiftadd", "column", 32, {1.02, 1.01, 1.03})),
                    packed = ratioRun(2, "shiftadd", "column", 3.4, {1.06, 1.05, 1.07}),
                    rival = ratioRun(1, "rtn", "row", 3.5, {1.16, 1.14, 1.17});
    const std::string apart = "Accuracy study, whose weights are dense and cannot be packed, "
                              "apart: ShiftAddLLM by columns, rotated (#4): 32 bits a weight cost "
                              "2.0 % of perplexity (1.0 to 3.0 %).";
    EXPECT_EQ(said({rival, packed, study}),
              "ShiftAddLLM by columns (#2) is nearest to the original: 3.4 bits a weight cost 6.0 "
              "% of perplexity (5.0 to 7.0 %). At equal bits a weight (within 5 %) the order is "
              "the expected one (columns, blocks, other methods). " +
                  apart);
    EXPECT_EQ(said({packed, study}), "ShiftAddLLM by columns (#2): 3.4 bits a weight cost 6.0 % "
                                     "of perplexity (5.0 to 7.0 %). " +
                                         apart);
    EXPECT_EQ(said({study}), apart);
    EXPECT_THAT(said({study, rotated(ratioRun(5, "shiftadd", "column", 32, {1.1, 1.05, 1.2}))}),
                testing::AllOf(HasSubstr("Accuracy studies"), HasSubstr("(#4)"), HasSubstr("(#5)"),
                               testing::Not(HasSubstr("nearest"))));
    EXPECT_EQ(versionName(study), "#4 ShiftAddLLM, columns, rotated, 3 bits");
    EXPECT_EQ(shortName(packed), "#2 ShiftAddLLM, columns");
}

TEST(QuantizationVerdict, RatiosToDifferentOriginalsAreNotCompared)
{
    RunRecord other = ratioRun(2, "shiftadd", "block", 3.4, {1.09, 1.08, 1.10});
    other.result.metrics[2].value = 500;
    EXPECT_THAT(said({ratioRun(1, "bcq", "row", 3.4, {1.05, 1.04, 1.06}), other}),
                HasSubstr("are not compared"));
}

TEST(QuantizationVersions, TheOriginalIsTheFirstRow)
{
    RunRecord run = ratioRun(1, "rtn", "row", 3.5, {1.10, 1.08, 1.12});
    run.result.metrics.push_back({"size_bytes", 2.2e6, "B", {}, ""});
    run.result.metrics.push_back({"size_bytes_original", 5.2e6, "B", {}, ""});
    run.result.tables = {
        {"layers",
         {{"layer", "", {}, ""}, {"outputs", "1", {}, ""}, {"inputs", "1", {}, ""}},
         {{std::string("a"), std::int64_t{1000}, std::int64_t{1920}}}}};
    const VersionTable made = versionTable({&run});

    EXPECT_THAT(made.runOf, ElementsAre(-1, 0));
    const RowReader original(made.table, 0), version(made.table, 1);
    EXPECT_EQ(original.text("Version"), "Original");
    EXPECT_NEAR(original.number("Bits"), 16, 1e-9); // 3 MB less on 1.92 million weights
    EXPECT_EQ(original.number("Size"), 5.2);
    EXPECT_EQ(original.number("Ratio"), 1);
    EXPECT_EQ(version.text("Version"), "#1 Round to nearest");
    EXPECT_EQ(textOf(made.table.rows[1][5]), "1.08 to 1.12");
    EXPECT_FALSE(version.has("KL") && std::isfinite(version.number("KL"))); // not in this run

    EXPECT_FALSE(original.has("GB/s")); // earlier runs measured no bandwidth
    RunRecord single = run;             // of a model stored as F32: twice the bytes
    single.result.metrics.pop_back();
    single.result.metrics.push_back(
        {"size_bytes_original", 2.2e6 + 28.5 / 8 * 1.92e6, "B", {}, ""});
    for (const char* name : {"read_rate_original", "read_share_original"})
        single.result.metrics.push_back({name, 0.5, "1", {}, ""});
    for (const char* name : {"read_rate_quantized", "read_share_quantized"})
        single.result.metrics.push_back({name, 0.25, "1", {}, ""});
    const VersionTable ofSingle = versionTable({&single, &run});
    EXPECT_NEAR(RowReader(ofSingle.table, 0).number("Bits"), 32, 1e-9);
    EXPECT_EQ(RowReader(ofSingle.table, 0).number("GB/s"), 0.5);
    EXPECT_EQ(RowReader(ofSingle.table, 1).number("Of limit"), 25);
    EXPECT_TRUE(std::isnan(RowReader(ofSingle.table, 2).number("GB/s")));

    RunRecord elsewhere = ratioRun(2, "rtn", "row", 3.5, {1.10, 1.08, 1.12});
    elsewhere.result.metrics[1].value = 20;
    EXPECT_THAT(versionTable({&run, &elsewhere}).runOf, ElementsAre(-1, -1, 0, 1));
}

TEST(QuantizationRemarks, StandOnceAndSayWhoseTheyAre)
{
    RunRecord one = ratioRun(1, "rtn", "row", 3.5, {1.10, 1.08, 1.12}), two = one;
    two.number = 2;
    one.result.notes = {"both", "mine"};
    two.result.notes = {"both"};
    EXPECT_THAT(remarks({&one, &two}), ElementsAre("both", "#1: mine"));

    one.result.tables = {{"layers",
                          {{"outputs", "1", {}, ""}, {"inputs", "1", {}, ""}},
                          {{std::int64_t{1000}, std::int64_t{1900}}}}};
    EXPECT_THAT(remarks({&one}).back(), HasSubstr("1.9 million weights"));
}

} // namespace
} // namespace vitrine::quantization_plugin
