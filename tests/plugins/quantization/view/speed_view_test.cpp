#include "plugins/quantization/view/speed_view.h"

#include "core/jobs/experiment/read_run.h"
#include "tests/plugins/quantization/view/quantization_fixture.h"
#include "widgets/table/data_table.h"

#include <gmock/gmock.h>

#include <QPushButton>

#include <algorithm>

namespace vitrine::quantization_plugin
{
namespace
{

using testing::HasSubstr;

// Dots of 16 bits take 2 ms on one thread and 1 ms on two, look-ups half as long; F32 takes 8 ms.
RunRecord measuredKernels(std::int64_t number)
{
    RunRecord run;
    run.number = number;
    run.uid = fmt::format("kernels-{}", number);
    run.experiment = "quantization.kernels";
    run.state = RunState::done;
    run.params.set("rows", ParamValue(std::int64_t{4096}));
    run.params.set("columns", ParamValue(std::int64_t{11008}));
    run.params.set("bits", ParamValue(std::int64_t{3}));
    run.params.set("layout", ParamValue(std::string("block")));
    run.result.notes = {"Weights are drawn at random."};
    run.result.metrics = {{"bandwidth", 20, "GB/s", Origin::measured, ""},
                          {"bandwidth_one_thread", 12, "GB/s", Origin::measured, ""}};
    const auto column = [](const char* name) { return Column{name, "1", Origin::measured, ""}; };
    Table table{"kernels",
                {{"kernel", "", {}, ""},
                 column("threads"),
                 column("seconds"),
                 column("gigabytes_per_second"),
                 column("bandwidth_share"),
                 column("ratio_f32"),
                 column("ratio_f16"),
                 column("error")},
                {}};
    for (const std::int64_t threads : {1, 2}) {
        const double f32 = 8e-3 / static_cast<double>(threads);
        const auto row = [&](const char* kernel, double seconds) {
            const double rate = 16e-3 / seconds;
            table.rows.push_back({std::string(kernel), threads, seconds, rate,
                                  rate / (threads == 1 ? 12 : 20), f32 / seconds, f32 / 2 / seconds,
                                  1e-4});
        };
        row("F32", f32);
        row("dot products, int16", 2e-3 / static_cast<double>(threads));
        row("look-ups, int16", 1e-3 / static_cast<double>(threads));
    }
    run.result.tables = {std::move(table)};
    return run;
}

class KernelsViewTest : public tests::QuantizationFixture<KernelsView>
{
protected:
    QAbstractItemModel* table() { return named<QTableView>("Kernels and their times")->model(); }
};

TEST_F(KernelsViewTest, EmptyOffersARunAndLoadingAndFailureAreShown)
{
    EXPECT_EQ(page(), 0);
    for (auto* button : view_.findChildren<QPushButton*>())
        if (button->text().startsWith("Measure a layer"))
            QTest::mouseClick(button, Qt::LeftButton);
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].experiment, "quantization.kernels");
    EXPECT_EQ(context_.starts[0].params.at("layout"), "block");

    view_.setLoading("rounds", 0.5);
    EXPECT_EQ(page(), 1);
    view_.setLoading({}, -1);
    RunRecord failed = measuredKernels(1);
    failed.state = RunState::failed;
    failed.error = "groups of 8 x 1 weights have no fast products";
    view_.setRuns({tests::handle(failed)});
    EXPECT_EQ(page(), 2);
    view_.setRuns({tests::handle(measuredKernels(1))});
    EXPECT_EQ(page(), 3);
}

TEST_F(KernelsViewTest, SaysWhichKernelIsTheFastestAndHowNearToTheMemory)
{
    view_.setRuns({tests::handle(measuredKernels(1))});
    EXPECT_EQ(
        words("What the runs show"),
        "On 2 threads the fastest are look-ups with inputs of 16 bits: 0.5 ms a product, 8.0 "
        "times as fast as F32 weights, reading 32.0 GB/s, 160 % of what plain loops read; off "
        "by at most 0.01 % of the largest output.");
    EXPECT_EQ(words("What the runs say of themselves"),
              "With inputs of 16 bits dot products take 2.00 times as long as look-ups. On one "
              "thread look-ups, int16 are the fastest: 1 ms.\nWeights are drawn at random.");
}

TEST_F(KernelsViewTest, BarsStandForEachKernelAndNumberOfThreads)
{
    view_.setRuns({tests::handle(measuredKernels(1))});
    const figure::Figure& times = plot("kernel-times")->figure();
    ASSERT_EQ(times.bars.size(), 2u);
    EXPECT_EQ(times.bars[0].name, "1 thread");
    EXPECT_EQ(times.bars[0].height, (std::vector<double>{8, 2, 1}));
    EXPECT_EQ(times.bars[1].height, (std::vector<double>{4, 1, 0.5}));
    ASSERT_EQ(times.y.ticks.size(), 3u);
    EXPECT_EQ(times.y.ticks[2].label, "look-ups, int16");
    const figure::Figure& rates = plot("kernel-rates")->figure();
    ASSERT_EQ(rates.spans.size(), 2u);
    EXPECT_EQ(rates.spans[0].from, 12);
    EXPECT_EQ(rates.spans[1].from, 20);
    EXPECT_EQ(rates.spans[1].colour, rates.bars[1].colour);
    EXPECT_GE(rates.x.maximum.value_or(0), 32); // bars beyond the lines are not cut off
    EXPECT_EQ(table()->rowCount(), 6);
}

TEST_F(KernelsViewTest, RunsStandBesideEachOtherByTheirMatrix)
{
    RunRecord wide = measuredKernels(2);
    wide.params.set("columns", ParamValue(std::int64_t{4096}));
    view_.setRuns({tests::handle(measuredKernels(1)), tests::handle(wide)});
    const figure::Figure& times = plot("kernel-times")->figure();
    ASSERT_EQ(times.bars.size(), 2u);
    EXPECT_EQ(times.bars[0].name, "#1 4,096 × 11,008, 3 bits, blocks");
    EXPECT_NE(times.bars[0].colour, times.bars[1].colour);
    EXPECT_EQ(table()->rowCount(), 12);
    EXPECT_THAT(words("What the runs show"), HasSubstr("#2 4,096 × 4,096, 3 bits, blocks: On 2"));
    EXPECT_THAT(words("What the runs say of themselves"), HasSubstr("#2: With inputs of 16 bits"));
}

TEST_F(KernelsViewTest, RunsThatHoldNoTimesAreNamed)
{
    RunRecord empty = measuredKernels(1);
    empty.result = {};
    view_.setRuns({tests::handle(empty)});
    const auto labels = view_.findChildren<QLabel*>();
    EXPECT_TRUE(std::ranges::any_of(labels, [](const QLabel* label) {
        return label->text().contains("holds no times of kernels");
    }));
    // An earlier run does not say on how many threads, nor what the memory gives.
    RunRecord earlier = measuredKernels(2);
    Table& table = earlier.result.tables[0];
    table.rows.resize(3);
    for (const std::size_t column : {4u, 1u}) {
        table.columns.erase(table.columns.begin() + static_cast<std::ptrdiff_t>(column));
        for (auto& row : table.rows)
            row.erase(row.begin() + static_cast<std::ptrdiff_t>(column));
    }
    earlier.result.metrics.clear();
    view_.setRuns({tests::handle(earlier)});
    EXPECT_THAT(words("What the runs show"), HasSubstr("On all threads the fastest are look-ups"));
    EXPECT_TRUE(plot("kernel-rates")->figure().spans.empty());
}

// Adding takes twice as long as multiplying, shifting half as long at one size and thrice at the
// other.
RunRecord measuredPrimitives(std::int64_t number)
{
    RunRecord run;
    run.number = number;
    run.uid = fmt::format("primitives-{}", number);
    run.experiment = "quantization.primitives";
    run.state = RunState::done;
    run.result.notes = {"Numbers are drawn at random."};
    const auto column = [](const char* name) { return Column{name, "1", Origin::measured, ""}; };
    Table table{"products",
                {{"product", "", {}, ""},
                 {"kernel", "", {}, ""},
                 column("threads"),
                 column("seconds"),
                 column("ratio"),
                 column("error")},
                {}};
    for (const std::int64_t threads : {1, 2}) {
        const auto row = [&](const char* product, const char* kernel, double seconds) {
            table.rows.push_back({std::string(product), std::string(kernel), threads, seconds,
                                  1e-3 / seconds, 1e-6});
        };
        row("add (1, 8, 8, 8)", "multiply, fp32", 1e-3);
        row("add (1, 8, 8, 8)", "add, fp32", 2e-3);
        row("shift (1, 8, 8, 8)", "multiply, fp32", 1e-3);
        row("shift (1, 8, 8, 8)", "shift, int32", 0.5e-3);
        row("shift (1, 8, 8, 9)", "multiply, fp32", 1e-3);
        row("shift (1, 8, 8, 9)", "shift, int32", 3e-3);
    }
    run.result.tables = {std::move(table)};
    return run;
}

class PrimitivesViewTest : public tests::QuantizationFixture<PrimitivesView>
{
};

TEST_F(PrimitivesViewTest, EmptyOffersThePublishedSizes)
{
    EXPECT_EQ(page(), 0);
    for (auto* button : view_.findChildren<QPushButton*>())
        if (button->text() == "Measure ShiftAddViT's own sizes")
            QTest::mouseClick(button, Qt::LeftButton);
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].experiment, "quantization.primitives");
}

TEST_F(PrimitivesViewTest, SaysHowAddingAndShiftingCompareWithMultiplying)
{
    view_.setRuns({tests::handle(measuredPrimitives(1))});
    EXPECT_EQ(words("What the runs show"),
              "On one thread: Adding takes 2 times as long as multiplying. Shifting is 0.33 to 2 "
              "times as fast as multiplying, by the size of the product.");
    EXPECT_EQ(words("What the runs say of themselves"), "Numbers are drawn at random.");
}

TEST_F(PrimitivesViewTest, BarsStandBesideALineAtOne)
{
    view_.setRuns({tests::handle(measuredPrimitives(1))});
    const figure::Figure& ratios = plot("primitive-ratios")->figure();
    ASSERT_EQ(ratios.bars.size(), 2u);
    EXPECT_EQ(ratios.bars[0].name, "add, fp32");
    EXPECT_EQ(ratios.bars[0].height, (std::vector<double>{0.5}));
    EXPECT_EQ(ratios.bars[1].height[0], 2);
    ASSERT_EQ(ratios.y.ticks.size(), 3u);
    EXPECT_EQ(ratios.y.ticks[1].label, "shift 1,8,8,8");
    ASSERT_EQ(ratios.spans.size(), 1u);
    EXPECT_EQ(ratios.spans[0].from, 1);
    const figure::Figure& times = plot("primitive-times")->figure();
    ASSERT_EQ(times.bars.size(), 3u);
    EXPECT_EQ(times.bars[0].height, (std::vector<double>{1000, 1000, 1000}));
    EXPECT_EQ(times.bars[1].colour, ratios.bars[0].colour); // a kernel looks alike in both
    EXPECT_EQ(named<QTableView>("Products and their times")->model()->rowCount(), 12);
}

} // namespace
} // namespace vitrine::quantization_plugin
