#include "plugins/video/figures/point_name.h"

#include <gtest/gtest.h>

namespace vitrine::video_plugin
{
namespace
{

// A row of one point of "x264" at "crf=27:gop=32" with these further columns.
Table rowWith(const std::vector<std::pair<const char*, Cell>>& further)
{
    Table table{"frames",
                {{"codec", "", {}, ""}, {"setting", "", {}, ""}},
                {{std::string("x264"), std::string("crf=27:gop=32")}}};
    for (const auto& [name, cell] : further) {
        table.columns.push_back({name, "", {}, ""});
        table.rows[0].push_back(cell);
    }
    return table;
}

TEST(PointNameOf, IsWhatTheColumnsSay)
{
    const PointName name = pointNameOf(
        RowReader(rowWith({{"point", std::int64_t{3}}, {"stream", std::string("c.runs")}}), 0));

    EXPECT_EQ(name.point, "3");
    EXPECT_EQ(name.stream, "c.runs");
    EXPECT_EQ(name.curve, "x264");
    EXPECT_EQ(name.setting, "crf=27:gop=32");
}

TEST(PointNameOf, GuessesNoStreamOfANumberedPoint)
{
    EXPECT_EQ(pointNameOf(RowReader(rowWith({{"point", std::int64_t{3}}}), 0)).stream, "");
}

TEST(PointNameOf, IsMadeOfTheTextsOfRunsWithoutTheColumns)
{
    const PointName name = pointNameOf(RowReader(rowWith({}), 0));

    EXPECT_EQ(name.point, "x264 crf=27:gop=32");
    EXPECT_EQ(name.stream, "x264-crf-27-gop-32.mkv");
}

} // namespace
} // namespace vitrine::video_plugin
