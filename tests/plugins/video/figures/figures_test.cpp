#include "plugins/video/figures/figures.h"

#include "core/base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::video_plugin
{
namespace
{

using testing::HasSubstr;

// Codecs by settings, two frames each; a setting's frames have its bits.
RunRecord runOf(const std::vector<std::pair<const char*, std::vector<std::int64_t>>>& codecs)
{
    Table table{"frames",
                {{"frame", "1", {}, ""},
                 {"codec", "", {}, ""},
                 {"setting", "", {}, ""},
                 {"bits", "bit", {}, ""},
                 {"psnr_y", "dB", {}, ""}},
                {}};
    for (const auto& [codec, settings] : codecs)
        for (std::size_t s = 0; s < settings.size(); ++s)
            for (std::int64_t frame = 0; frame < 2; ++frame)
                table.rows.push_back({frame, std::string(codec), fmt::format("q={}", s),
                                      settings[s], 30.0 + static_cast<double>(s)});
    RunRecord record;
    record.experiment = "video.compare";
    record.uid = "u";
    record.result.tables = {std::move(table)};
    return record;
}

std::vector<std::string> namesOf(const figure::Figure& figure)
{
    std::vector<std::string> names;
    for (const auto& series : figure.series)
        names.push_back(series.name);
    return names;
}

TEST(VideoFigures, ShowTheSettingsOfLikeRatesWhereThereAreTooManyLines)
{
    const auto list = figures({runOf({{"x264", {100, 200, 400, 800}},
                                      {"x265", {90, 180, 360, 700}},
                                      {"av1", {390, 800, 1600, 3200}}})});

    ASSERT_EQ(list.size(), 2u);
    for (const auto& figure : list) { // the middle rate is 400 a frame
        EXPECT_EQ(namesOf(figure), (std::vector<std::string>{"x264 q=2", "x265 q=2", "av1 q=0"}));
        EXPECT_THAT(figure.caption, HasSubstr("nearest to the middle rate"));
    }
}

TEST(VideoFigures, ShowTheChosenLinesHoweverManyThereAre)
{
    const auto list = figures(
        {runOf({{"x264", {100, 200, 400, 800}},
                {"x265", {90, 180, 360, 700}},
                {"av1", {390, 800, 1600, 3200}}})},
        [](const LineId& line) {
            return LineLook{.isShown = line.point == "x264 q=3", .name = "the finest", .colour = 4};
        });

    ASSERT_EQ(list.size(), 2u);
    for (const auto& figure : list) {
        EXPECT_EQ(namesOf(figure), (std::vector<std::string>{"the finest"}));
        EXPECT_EQ(figure.series.front().colour, 4);
        EXPECT_THAT(figure.caption, testing::Not(HasSubstr("middle rate")));
    }
}

TEST(VideoFigures, ARunKeepsItsLineStyleWhenTheOneBeforeItGoes)
{
    RunRecord first = runOf({{"x264", {100}}}), second = first;
    second.uid = "v";
    const figure::RunPlaces places{{"u", 0}, {"v", 1}};

    const auto beside = figures({first, second}, {}, places), alone = figures({second}, {}, places);

    EXPECT_EQ(beside[0].series[1].line, figure::Line::dash);
    EXPECT_EQ(alone[0].series[0].line, figure::Line::dash);
    EXPECT_EQ(figures({second})[0].series[0].line, figure::Line::solid);
    EXPECT_EQ(figure::runPlacesIn(*parseJson(alone[0].recipe.state, "state")), places);
}

// What a line is of comes from the columns, not from how it is called: a curve whose name reads
// like another run's, or has spaces, is its own.
TEST(VideoFigures, TellLinesApartByTheirPointsNotByTheirNames)
{
    RunRecord first = runOf({{"x264", {100}}, {"x264 q=0:preset=slow", {400}}});
    Table& table = first.result.tables[0];
    table.columns.push_back({"point", "1", {}, ""});
    for (auto& row : table.rows) {
        row[1] = std::string("x264"); // one name, two points
        row.emplace_back(std::int64_t{std::get<std::int64_t>(row[3]) == 100 ? 1 : 2});
    }
    std::vector<LineId> asked;

    const auto list = figures({first}, [&](const LineId& line) {
        asked.push_back(line);
        return LineLook{};
    });

    EXPECT_EQ(namesOf(list[0]), (std::vector<std::string>{"x264 q=0", "x264 q=0"}));
    EXPECT_EQ(asked[1], (LineId{"u", "x264", "2"}));
}

TEST(VideoFigures, ShowEverySettingWhereTheyAreFew)
{
    const auto list = figures({runOf({{"x264", {100, 200}}, {"x265", {90, 180}}})});

    ASSERT_EQ(list.size(), 2u);
    EXPECT_EQ(list[0].series.size(), 4u);
    EXPECT_THAT(list[0].caption, testing::Not(HasSubstr("middle rate")));
}

} // namespace
} // namespace vitrine::video_plugin
