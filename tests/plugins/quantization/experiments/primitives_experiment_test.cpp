#include "plugins/quantization/experiments/primitives_experiment.h"

#include "core/base/parallel.h"
#include "core/jobs/experiment/read_run.h"

#include <gmock/gmock.h>

namespace vitrine::quantization_plugin
{
namespace
{

Result<RunResult> runPrimitives(std::map<std::string, std::string> given)
{
    given.emplace("rounds", "1");
    const PrimitivesExperiment experiment;
    QuietProgress progress;
    VITRINE_TRY(const Params params, resolveParams(experiment, given));
    setThreadCount(2);
    auto out = experiment.run(params, progress);
    EXPECT_EQ(threadCount(), 2);
    setThreadCount(0);
    return out;
}

TEST(PrimitivesExperiment, MeasuresOwnSizesBesideTheMultiplication)
{
    const auto out = runPrimitives({{"tokens", "40"},
                                    {"inputs", "24"},
                                    {"outputs", "32"},
                                    {"heads", "2"},
                                    {"code_bits", "8"}});
    ASSERT_TRUE(out) << out.error().message;
    EXPECT_THAT(columnTexts(*out, "products", "kernel"),
                testing::ElementsAre("multiply, fp32", "add, fp32", "multiply, fp32", "add, fp32",
                                     "multiply, fp32", "powers rebuilt, multiply", "shift, int32",
                                     "to fixed point, shift", "multiply, fp32",
                                     "powers rebuilt, multiply", "shift, int32",
                                     "to fixed point, shift"));
    EXPECT_EQ(columnTexts(*out, "products", "product").front(), "add (2, 40, 24, 8)");
    EXPECT_EQ(columnTexts(*out, "products", "product").back(), "shift (1, 40, 24, 32)");
    const auto seconds = columnNumbers(*out, "products", "seconds"),
               ratios = columnNumbers(*out, "products", "ratio");
    for (std::size_t i = 0; i < 4; ++i)
        EXPECT_DOUBLE_EQ(ratios[i], seconds[i / 2 * 2] / seconds[i]);
    EXPECT_DOUBLE_EQ(metricOf(*out, "ratio_add"), ratios[1]);
    EXPECT_DOUBLE_EQ(metricOf(*out, "ratio_shift"), std::max(ratios[6], ratios[7]));
}

TEST(PrimitivesExperiment, TakesThePublishedSizesUnlessToldOtherwise)
{
    const auto out = runPrimitives({{"products", "add"}});
    ASSERT_TRUE(out) << out.error().message;
    const auto products = columnTexts(*out, "products", "product");
    ASSERT_EQ(products.size(), 12u);
    EXPECT_EQ(products.front(), "add (1, 3136, 32, 16)");
    EXPECT_EQ(out->metric("ratio_shift"), nullptr);
}

TEST(PrimitivesExperiment, RefusesSizesBeyondMemory)
{
    const auto out = runPrimitives({{"tokens", "65536"}, {"inputs", "16384"}});
    ASSERT_FALSE(out);
    EXPECT_THAT(out.error().message, testing::HasSubstr("an operand or the result has more than"));
}

TEST(PrimitivesExperiment, CanBeCancelled)
{
    const PrimitivesExperiment experiment;
    QuietProgress progress;
    progress.cancel();
    const auto out = experiment.run(resolveParams(experiment, {}).value(), progress);
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().kind, ErrorKind::cancelled);
}

} // namespace
} // namespace vitrine::quantization_plugin
