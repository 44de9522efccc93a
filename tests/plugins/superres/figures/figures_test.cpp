#include "plugins/superres/figures/figures.h"

#include "plugins/superres/figures/rivals.h"

#include <gtest/gtest.h>

namespace vitrine::superres_plugin
{
namespace
{

RunRecord run(int number, const std::string& method, const std::vector<std::string>& pictures,
              double gain)
{
    RunRecord record;
    record.number = number;
    record.uid = std::to_string(number);
    record.experiment = "superres.upscale";
    record.state = RunState::done;
    record.params.set("method", method);
    record.params.set("scale", std::string("2"));
    Table items{"items",
                {{"picture", "", {}, ""},
                 {"psnr_y", "dB", {}, ""},
                 {"psnr_y_bicubic", "dB", {}, ""},
                 {"high", "", {}, ""}},
                {}};
    for (const std::string& picture : pictures)
        items.rows.push_back({picture, 30.0 + gain, 30.0, std::string("01-high.png")});
    record.result.tables.push_back(std::move(items));
    record.result.metrics = {{"psnr_y", 30.0 + gain, "dB", Origin::computed, ""},
                             {"psnr_y_bicubic", 30.0, "dB", Origin::computed, ""},
                             {"seconds_per_frame", 0.1 * number, "s", Origin::measured, ""}};
    return record;
}

TEST(SuperresFigures, APointForEachRunAndALineForBicubic)
{
    const auto all = figures({run(1, "bicubic", {"a", "b"}, 0), run(2, "s2r-fast", {"a", "b"}, 3)});
    ASSERT_EQ(all.size(), 2u);
    ASSERT_EQ(all[0].series.size(), 2u);
    EXPECT_EQ(all[0].series[1].name, "S2R fast x2 #2");
    EXPECT_EQ(all[0].series[1].y[0], 33);
    ASSERT_EQ(all[0].spans.size(), 1u);
    EXPECT_EQ(all[0].spans[0].from, 30);
    ASSERT_EQ(all[1].bars.size(), 2u);
    EXPECT_EQ(all[1].bars[1].height, (std::vector<double>{3, 3}));
    EXPECT_LT(all[1].bars[0].position[0], all[1].bars[1].position[0]);
    EXPECT_EQ(all[1].x.ticks.size(), 2u);
}

TEST(SuperresFigures, RunsOfOtherPicturesHaveNoGainsSideBySide)
{
    const auto all = figures({run(1, "lanczos", {"a", "b"}, 1), run(2, "s2r", {"c"}, 3)});
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].name, "quality-time");
}

TEST(SuperresFigures, WithoutMeasuresThereIsNone)
{
    RunRecord bare = run(1, "s2r", {"a"}, 1);
    bare.result.metrics.clear();
    EXPECT_TRUE(figures({bare}).empty());
}

TEST(SuperresRivals, ColumnsAreThoseThatARunHas)
{
    RunRecord plain = run(1, "lanczos", {"a"}, 1), blind = run(2, "s2r", {"a"}, 3);
    blind.result.metrics.push_back({"adaptation_gain", 0.5, "dB", Origin::computed, ""});
    const Table without = rivalsTable({&plain}), with = rivalsTable({&plain, &blind});
    EXPECT_EQ(without.column("By fitting"), -1);
    ASSERT_GE(with.column("By fitting"), 0);
    EXPECT_EQ(with.rows[0][static_cast<std::size_t>(with.column("By fitting"))], Cell{});
    EXPECT_EQ(with.rows[1][static_cast<std::size_t>(with.column("By fitting"))], Cell{0.5});
    EXPECT_EQ(with.rows[1][0], Cell{std::string("S2R x2 #2")});
}

TEST(SuperresRivals, ARunWithoutItemsIsNone)
{
    RunRecord empty = run(1, "s2r", {}, 1);
    EXPECT_FALSE(isUpscaling(empty));
    EXPECT_TRUE(isUpscaling(run(1, "s2r", {"a"}, 1)));
    empty.experiment = "video.metrics";
    EXPECT_TRUE(itemsOf(empty).empty());
}

} // namespace
} // namespace vitrine::superres_plugin
