#include "core/jobs/experiment/metric_words.h"

#include "core/base/statistics.h"

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

std::string titleOfMetric(const char* name, const char* unit)
{
    return metricTitle({name, 1, unit, Origin::computed, ""});
}

TEST(MetricTitle, LeavesTheUnitToTheValue)
{
    EXPECT_EQ(titleOfMetric("energy_mj", "mJ"), "energy");
    EXPECT_EQ(titleOfMetric("default_latency_ms", "ms"), "default latency");
    EXPECT_EQ(titleOfMetric("first_token_mass", "1"), "first token mass");
    EXPECT_EQ(titleOfMetric("dram_mb", "MB"), "DRAM");
    EXPECT_EQ(titleOfMetric("edp_gain", "1"), "EDP gain");
}

TEST(MetricTitle, WritesShortFormsAsTheFieldDoes)
{
    EXPECT_EQ(titleOfMetric("best_psnr_y", "dB"), "best PSNR-Y");
    EXPECT_EQ(titleOfMetric("best_ms_ssim", "1"), "best MS-SSIM");
    EXPECT_EQ(titleOfMetric("best_bd_rate_psnr", "%"), "best BD-rate PSNR");
    EXPECT_EQ(titleOfMetric("time_ms_total", "s"), "time ms total");
}

TEST(MetricTitle, KeepsWhatIsNoUnitOfTheValue)
{
    EXPECT_EQ(titleOfMetric("ms", "ms"), "ms");
    EXPECT_EQ(titleOfMetric("latency_ms", "s"), "latency ms");
    EXPECT_EQ(titleOfMetric("columns", "s"), "columns"); // ends in s
    EXPECT_EQ(titleOfMetric("a__b_", ""), "a  b");
    EXPECT_EQ(titleOfMetric("", "mJ"), "");
}

TEST(IsYesNo, WhereTheHelpSaysWhatOneMeans)
{
    const auto metric = [](double value, const char* unit, const char* help) {
        return Metric{"exhaustive", value, unit, Origin::computed, help};
    };

    EXPECT_TRUE(isYesNo(metric(1, "1", "1: every mapping was evaluated")));
    EXPECT_TRUE(isYesNo(metric(0, "", "1: every mapping was evaluated")));
    EXPECT_FALSE(isYesNo(metric(0.5, "1", "1: every mapping was evaluated")));
    EXPECT_FALSE(isYesNo(metric(1, "mJ", "1: every mapping was evaluated")));
    EXPECT_FALSE(isYesNo(metric(1, "1", "Sinks of the head")));
}

TEST(WordsFor, AChanceThatIsOnlyKnownToBeBelow)
{
    const auto words = [](const char* name, double value) {
        return wordsFor({name, value, "1", Origin::computed, "McNemar's exact test"});
    };

    EXPECT_EQ(words("p_value", kLeastChance), kLeastChanceText);
    EXPECT_EQ(words("p_value", 0), kLeastChanceText) << "of earlier versions";
    EXPECT_EQ(words("p_value", 2e-300), std::nullopt);
    EXPECT_EQ(words("difference", 0), std::nullopt);
    EXPECT_EQ(wordsFor({"exhaustive", 1, "1", Origin::computed, "1: all of them"}), "yes");
}

} // namespace
} // namespace vitrine
