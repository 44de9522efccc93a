#include "plugins/calibration/experiments/tune_experiment.h"

#include "core/attention/calibrated_llm.h"
#include "core/attention/capture.h"
#include "core/attention/head_list.h"
#include "core/model/llm/llm.h"
#include "plugins/common/experiment_input.h"
#include "tests/plugins/calibration/tiny_tuning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::calibration_plugin
{
namespace
{

using namespace tiny_tuning;
using testing::Contains;
using testing::HasSubstr;

// The row of table heads that stands for a head.
std::size_t rowOf(const Table& heads, int layer, int head)
{
    for (std::size_t i = 0; i < heads.rows.size(); ++i)
        if (number(heads, i, "layer") == layer && number(heads, i, "head") == head)
            return i;
    ADD_FAILURE() << layer << "." << head;
    return 0;
}

double sumOf(const Table& table, const std::string& column)
{
    double sum = 0;
    for (std::size_t i = 0; i < table.rows.size(); ++i)
        sum += number(table, i, column);
    return sum;
}

TEST(TuneExperiment, ItsNumbersAgreeWithEachOther)
{
    const RunResult result = tuned(tuning(tinyModel()));

    const Table &heads = *result.table("heads"), &sinks = *result.table("sinks");
    EXPECT_EQ(metric(result, "tokens"), 50);
    EXPECT_EQ(metric(result, "heads_calibrated"), 12) << "layers 2 to 4";
    EXPECT_EQ(heads.rows.size(), 24u);
    EXPECT_EQ(sumOf(heads, "calibrated"), 12);
    EXPECT_EQ(sumOf(heads, "eligible"), 12);
    EXPECT_EQ(sumOf(heads, "rows_modified"), metric(result, "rows_modified"));
    EXPECT_NEAR(sumOf(heads, "mass_moved"), metric(result, "mass_moved"), 1e-12);
    EXPECT_EQ(sumOf(sinks, "applied"), metric(result, "sinks"));
    EXPECT_GT(metric(result, "sinks"), 5);
    EXPECT_GT(metric(result, "mass_moved"), 1);
    EXPECT_GT(metric(result, "kl_mean"), 0);
    EXPECT_NE(metric(result, "perplexity"), metric(result, "baseline_perplexity"));
    const Table& census = *result.table("census");
    double before = 0;
    for (std::size_t i = 0; i < 10; ++i)
        before += number(census, i, "before");
    EXPECT_EQ(before, sumOf(heads, "sinks"));
}

TEST(TuneExperiment, BetaOneAndNoHeadsChangeNothing)
{
    const auto model = tinyModel();
    for (const Given& given :
         {tuning(model, {{"beta", "1"}}), tuning(model, {{"heads", "none"}})}) {
        const RunResult result = tuned(given);
        EXPECT_EQ(metric(result, "rows_modified"), 0);
        EXPECT_EQ(metric(result, "mass_moved"), 0);
        EXPECT_EQ(metric(result, "kl_mean"), 0);
        EXPECT_EQ(metric(result, "flips"), 0);
        EXPECT_EQ(metric(result, "perplexity"), metric(result, "baseline_perplexity"));
        for (std::size_t i = 0; i < 24; ++i)
            EXPECT_EQ(number(*result.table("heads"), i, "first_token_mass"),
                      number(*result.table("heads"), i, "first_token_mass_after"));
    }
}

TEST(TuneExperiment, MetricsAreThoseOfTheModelsLogits)
{
    const auto path = tinyModel();
    const Given given = tuning(path, {{"heads", "3.1"}});
    const RunResult result = tuned(given);
    const Params params = resolved(given);
    const auto opened = openModel(params);
    const auto text = readTokens(params, *opened);
    attention::CalibrationPlan plan;
    plan.heads = {{3, 1}};
    plan.calibration.sinks.tau = 0.05;
    plan.calibration.sinks.minRows = 4;
    const auto before = opened->llm.forward(text->ids)->logits;
    const auto after =
        attention::CalibratedLlm::open(opened->llm, plan)->forward(text->ids)->forward.logits;

    EXPECT_NEAR(metric(result, "baseline_perplexity"), model::perplexity(before, text->ids, 60),
                1e-3);
    EXPECT_NEAR(metric(result, "perplexity"), model::perplexity(after, text->ids, 60), 1e-3);
    double kl = 0, a = 0, b = 0;
    const auto last = before.size() - 60;
    for (std::size_t i = 0; i < 60; ++i) {
        a += std::exp(static_cast<double>(before[last + i]));
        b += std::exp(static_cast<double>(after[last + i]));
    }
    for (std::size_t i = 0; i < 60; ++i) {
        const double p = std::exp(static_cast<double>(before[last + i])) / a;
        kl += p * (std::log(p) - (static_cast<double>(after[last + i]) - std::log(b)));
    }
    EXPECT_NEAR(metric(result, "kl_last"), kl, 1e-6);
    const Table& next = *result.table("next");
    EXPECT_GE(next.rows.size(), 20u);
    for (std::size_t r = 0; r < next.rows.size(); ++r) {
        const auto id = static_cast<std::size_t>(number(next, r, "id"));
        EXPECT_NEAR(number(next, r, "before"), std::exp(static_cast<double>(before[last + id])) / a,
                    1e-5);
        EXPECT_NEAR(number(next, r, "difference"),
                    number(next, r, "after") - number(next, r, "before"), 1e-12);
    }
}

TEST(TuneExperiment, CapturesHoldTheMapsBeforeAndAfter)
{
    const RunResult result = tuned(tuning(tinyModel(), {{"heads", "3.1"}, {"keep", "3.0,3.1"}}));
    const auto before = attention::Capture::open(result.artifact("before.safetensors")->path);
    const auto after = attention::Capture::open(result.artifact("after.safetensors")->path);
    ASSERT_TRUE(before && after);

    EXPECT_FALSE(before->keeps(2, 0));
    ASSERT_TRUE(before->keeps(3, 1) && after->keeps(3, 1));
    EXPECT_EQ(before->edit(3, 1), nullptr);
    const auto* edit = after->edit(3, 1);
    ASSERT_NE(edit, nullptr);
    const auto a = *before->tile(3, 1, {0, 0, 50, 50}), b = *after->tile(3, 1, {0, 0, 50, 50});
    for (std::size_t row = 0; row < 50; ++row) {
        double sum = 0;
        for (std::size_t column = 0; column <= row; ++column)
            sum += b[row * 50 + column];
        EXPECT_NEAR(sum, 1, 1e-5);
        for (const std::int32_t t : edit->columns)
            if (static_cast<std::size_t>(t) <= row) {
                const auto cell = row * 50 + static_cast<std::size_t>(t);
                EXPECT_NEAR(b[cell], 0.4f * a[cell], 1e-6);
            }
    }
    EXPECT_EQ(*before->tile(3, 0, {40, 0, 3, 40}), *after->tile(3, 0, {40, 0, 3, 40}))
        << "not calibrated, and no calibrated layer before it";
    // The summary in the capture is that of the map in the capture.
    for (std::int64_t t = 0; t < 50; ++t) {
        double sum = 0;
        for (std::int64_t row = t; row < 50; ++row)
            sum += b[static_cast<std::size_t>(row * 50 + t)];
        EXPECT_NEAR(after->columnScore(3, 1)[static_cast<std::size_t>(t)],
                    sum / static_cast<double>(50 - t), 1e-5);
    }
}

TEST(TuneExperiment, SingleHeadsAndSinksAreAsSetByHand)
{
    const auto model = tinyModel();
    const RunResult plain = tuned(tuning(model, {{"heads", "3.1,4.0"}}));
    const Table& sinks = *plain.table("sinks");
    std::int64_t spared = -1;
    for (std::size_t r = 0; r < sinks.rows.size() && spared < 0; ++r)
        if (number(sinks, r, "layer") == 3 && number(sinks, r, "applied") == 1)
            spared = static_cast<std::int64_t>(number(sinks, r, "position"));
    ASSERT_GE(spared, 0);

    const RunResult result = tuned(tuning(model, {{"heads", "3.1,4.0"},
                                                  {"head_betas", "4.0=0.9"},
                                                  {"sinks_off", fmt::format("3.1:{}", spared)},
                                                  {"sinks_on", "4.0:33,2.2:5,4.0:400"}}));

    const Table& heads = *result.table("heads");
    EXPECT_EQ(number(heads, rowOf(heads, 4, 0), "beta"), 0.9);
    EXPECT_EQ(number(heads, rowOf(heads, 3, 1), "beta"), 0.4);
    const Table& after = *result.table("sinks");
    bool added = false;
    for (std::size_t r = 0; r < after.rows.size(); ++r) {
        const bool is31 = number(after, r, "layer") == 3 && number(after, r, "head") == 1;
        const bool is40 = number(after, r, "layer") == 4 && number(after, r, "head") == 0;
        const auto position = static_cast<std::int64_t>(number(after, r, "position"));
        if (is31 && position == spared) {
            EXPECT_EQ(number(after, r, "applied"), 0);
            EXPECT_EQ(number(after, r, "detected"), 1);
        }
        added = added || (is40 && position == 33 && number(after, r, "applied") == 1);
    }
    EXPECT_TRUE(added);
    EXPECT_THAT(result.notes, Contains(HasSubstr("without effect: 2.2")));
    EXPECT_THAT(result.notes, Contains(HasSubstr("1 single sinks lie beyond the text")));
}

TEST(TuneExperiment, ReadsAHeadFileAndSaysWhereItDiffers)
{
    const auto model = tinyModel();
    const auto path = folder("heads") / "heads.json";
    attention::HeadList list;
    list.heads = {{3, 1}};
    list.beta = 0.2;
    ASSERT_TRUE(attention::writeHeadFile(path, list));

    const RunResult result = tuned(tuning(model, {{"heads", path.string()}}));

    EXPECT_EQ(metric(result, "heads_calibrated"), 1);
    EXPECT_THAT(result.notes, Contains(HasSubstr("heads.json was made with beta 0.2")));
    EXPECT_EQ(result.inputs.back().parameter, "heads");
}

TEST(TuneExperiment, OneTokenIsEnough)
{
    const RunResult result = tuned(tuning(tinyModel(), {{"token_ids", "3"}}));

    EXPECT_EQ(metric(result, "kl_last"), 0);
    EXPECT_TRUE(std::isnan(metric(result, "perplexity")));
    EXPECT_THAT(result.notes, Contains(HasSubstr("at least two tokens")));
}

TEST(TuneExperiment, NamesWhatIsWrong)
{
    const auto model = tinyModel();
    EXPECT_THAT(complaint(tuning(model, {{"heads", "3.7"}})), HasSubstr("heads 0 to 3"));
    EXPECT_THAT(complaint(tuning(model, {{"head_betas", "3.1=2"}})), HasSubstr("head_betas"));
    EXPECT_THAT(complaint(tuning(model, {{"head_betas", "3.1:0.2"}})), HasSubstr("3.1=0.2"));
    EXPECT_THAT(complaint(tuning(model, {{"sinks_off", "3.1:-2"}})), HasSubstr("sinks_off"));
    EXPECT_THAT(complaint(tuning(model, {{"sinks_on", "9.1:2"}})), HasSubstr("layers 0 to 5"));
    EXPECT_THAT(complaint(tuning(model, {{"keep", "some"}})), HasSubstr("keep"));
    EXPECT_THAT(complaint(tuning(model, {{"layers", "6"}})), HasSubstr("no layer 6"));
    EXPECT_THAT(complaint(tuning(model, {{"beta", "1.5"}})), HasSubstr("beta"));
}

} // namespace
} // namespace vitrine::calibration_plugin
