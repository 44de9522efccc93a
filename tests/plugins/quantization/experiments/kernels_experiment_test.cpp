#include "plugins/quantization/experiments/kernels_experiment.h"

#include "core/base/parallel.h"
#include "core/jobs/experiment/read_run.h"

#include <gmock/gmock.h>

namespace vitrine::quantization_plugin
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;

Result<RunResult> runKernels(std::map<std::string, std::string> given)
{
    for (const auto& [name, value] :
         {std::pair{"rows", "256"}, {"columns", "320"}, {"cycle_mib", "1"}, {"rounds", "2"}})
        given.emplace(name, value);
    const KernelsExperiment experiment;
    QuietProgress progress;
    VITRINE_TRY(const Params params, resolveParams(experiment, given));
    setThreadCount(2);
    auto out = experiment.run(params, progress);
    EXPECT_EQ(threadCount(), 2);
    setThreadCount(0);
    return out;
}

TEST(KernelsExperiment, MeasuresEveryFamilyBesideDenseWeights)
{
    const auto out = runKernels({});
    ASSERT_TRUE(out) << out.error().message;
    EXPECT_THAT(columnTexts(*out, "kernels", "kernel"),
                ElementsAre("F32", "F16", "dot products, int16", "dot products, int8",
                            "look-ups, int16", "look-ups, int8", "F32", "F16",
                            "dot products, int16", "dot products, int8", "look-ups, int16",
                            "look-ups, int8"));
    EXPECT_THAT(columnNumbers(*out, "kernels", "threads"),
                ElementsAre(1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2));
    for (const double seconds : columnNumbers(*out, "kernels", "seconds"))
        EXPECT_GT(seconds, 0);
    const auto errors = columnNumbers(*out, "kernels", "error");
    EXPECT_LT(errors[0], 1e-5);
    for (const std::size_t int16 : {2u, 4u})
        EXPECT_LT(errors[int16], 2e-3); // of the largest of few outputs
    for (const std::size_t int8 : {3u, 5u})
        EXPECT_LT(errors[int8], 2e-2);
    EXPECT_EQ(errors[2], errors[4]); // the same product
    const auto bytes = columnNumbers(*out, "kernels", "bytes");
    EXPECT_EQ(bytes[0], 256 * 320 * 4);
    EXPECT_LT(bytes[2], 256 * 320 * 4 / 7.0); // 3 bits and their scales
}

TEST(KernelsExperiment, TakesEveryLayout)
{
    for (const char* layout : {"row", "column", "block"})
        for (const char* primitive : {"shift", "binary"}) {
            const auto out = runKernels(
                {{"layout", layout}, {"primitive", primitive}, {"bits", "2"}, {"family", "dot"}});
            ASSERT_TRUE(out) << layout << ": " << out.error().message;
            EXPECT_EQ(out->table("kernels")->rows.size(), 8u);
        }
}

TEST(KernelsExperiment, SharesAreOfTheMeasuredBandwidth)
{
    const auto out = runKernels({{"family", "dot"}});
    ASSERT_TRUE(out) << out.error().message;
    const auto shares = columnNumbers(*out, "kernels", "bandwidth_share"),
               rates = columnNumbers(*out, "kernels", "gigabytes_per_second");
    for (std::size_t i = 0; i < rates.size(); ++i)
        EXPECT_NEAR(shares[i] *
                        metricOf(*out, i < rates.size() / 2 ? "bandwidth_one_thread" : "bandwidth"),
                    rates[i], 1e-6 * rates[i]);
}

TEST(KernelsExperiment, SaysWhereACacheMayHaveBeenMeasured)
{
    const auto out = runKernels({{"family", "dot"}});
    ASSERT_TRUE(out) << out.error().message;
    EXPECT_THAT(out->notes, testing::Contains(HasSubstr("less than four times the last cache")));
}

TEST(KernelsExperiment, GroupsWithoutFastProductsAreRefused)
{
    const auto out = runKernels({{"layout", "column"}, {"group", "8"}});
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().kind, ErrorKind::argument);
    EXPECT_THAT(out.error().message, HasSubstr("8 x 1"));
}

} // namespace
} // namespace vitrine::quantization_plugin
