#include "core/report/latex_table.h"

#include "core/report/latex_text.h"
#include "core/report/latex_width.h"
#include "core/report/pgfplots.h"

#include <gmock/gmock.h>

namespace vitrine::report
{
namespace
{

using testing::HasSubstr;
using testing::Not;

DataTable wide(int columns)
{
    DataTable table{.name = "layers", .columns = {{.name = "layer"}}};
    for (int c = 0; c < columns; ++c)
        table.columns.push_back(
            {.name = "energy_of_part_" + std::to_string(c), .unit = "pJ", .number = true});
    for (int r = 0; r < 4; ++r) {
        auto& row = table.rows.emplace_back();
        row.push_back({.text = "blocks." + std::to_string(r)});
        for (int c = 0; c < columns; ++c)
            row.push_back(
                {.text = c % 2 == 0 ? "0" : std::to_string(10000 + 100 * r + c), .number = true});
    }
    return table;
}

TEST(LatexTable, IsPlainWhereItFits)
{
    const std::string latex = latexTable(wide(3));

    EXPECT_THAT(latex, HasSubstr("\\footnotesize"));
    EXPECT_THAT(latex, HasSubstr("energy\\_of\\_part\\_2 (pJ)"));
    EXPECT_THAT(latex, Not(HasSubstr("The same in every row")));
}

TEST(LatexTable, BreaksItsHeadingsBeforeAnythingElse)
{
    const std::string latex = latexTable(wide(6));

    EXPECT_THAT(latex, HasSubstr("\\shortstack[r]{"));
    EXPECT_THAT(latex, Not(HasSubstr("The same in every row")));
    EXPECT_THAT(latex, Not(HasSubstr("columns 1 of")));
}

TEST(LatexTable, LeavesOutConstantsThenSetsTheRestDenseOrInParts)
{
    EXPECT_THAT(latexTable(wide(16)), HasSubstr("The same in every row"));
    EXPECT_THAT(latexTable(wide(16)), Not(HasSubstr("columns 1 of")));
    EXPECT_THAT(latexTable(wide(40)), HasSubstr("\\scriptsize"));
    EXPECT_THAT(latexTable(wide(40)), HasSubstr("columns 1 of 2"));
}

TEST(LatexTable, WrapsLongTextsInsideTheLine)
{
    DataTable table{.name = "t", .columns = {{.name = "claim"}, {.name = "conditions"}}};
    table.rows.push_back({{.text = std::string(120, 'x')},
                          {.text = "a_long_identifier_in_a_cell " + std::string(80, 'y')}});

    EXPECT_THAT(latexTable(table), HasSubstr("\\raggedright"));
    EXPECT_THAT(latexTable(table), HasSubstr("a\\_\\allowbreak{}long"));
}

TEST(LatexWidth, IsThatOfComputerModern)
{
    EXPECT_NEAR(latexWidth("0000", 8), 4 * 4.25, 0.05);
    EXPECT_NEAR(latexWidth("mmm", 7), 3 * 6.57, 0.5);
    EXPECT_NEAR(latexWidth("ab", 8, LatexFace::code), 2 * 4.25, 0.05);
    EXPECT_GT(latexWidth("abc", 8, LatexFace::bold), latexWidth("abc", 8));
}

PlacedFigure barsOf(const std::vector<std::string>& names)
{
    PlacedFigure figure;
    figure.bars = {{.name = "energy"}};
    for (std::size_t i = 0; i < names.size(); ++i) {
        figure.x.ticks.push_back({static_cast<double>(i), names[i]});
        figure.bars[0].position.push_back(static_cast<double>(i));
        figure.bars[0].height.push_back(1);
    }
    return figure;
}

TEST(Pgfplots, TurnsNamesThatDoNotFitSideBySide)
{
    EXPECT_THAT(pgfplots(barsOf({"a", "b", "c"})), Not(HasSubstr("rotate=90")));
    EXPECT_THAT(
        pgfplots(barsOf({"#11 P²-ViT · deit-tiny with a name", "#12 Trio-ViT · efficientvit-b1",
                         "#13 ViTALiTy · deit-small at 384", "#14 systolic array"})),
        HasSubstr("rotate=90"));
}

TEST(Pgfplots, LegendHasAsManyColumnsAsFitAboveTheAxes)
{
    PlacedFigure figure;
    for (int i = 0; i < 8; ++i)
        figure.series.push_back(
            {.name = "x264 crf=22:preset=medium:gop=48:tune=psnr " + std::to_string(i),
             .x = {0, 1},
             .y = {0, 1}});

    EXPECT_THAT(pgfplots(figure), HasSubstr("legend columns=1,"));
    for (figure::Series& series : figure.series)
        series.name = "x264";
    EXPECT_THAT(pgfplots(figure), HasSubstr("legend columns=4,"));
}

// Included as a drawing, like maps: pgfplots has no pixels.
TEST(DrawnByLatex, PicturesAndGridsAreNot)
{
    figure::Figure figure;
    EXPECT_TRUE(drawnByLatex(figure));
    figure.images = {{.width = 1, .height = 1, .rgb = {1, 2, 3}}};
    EXPECT_FALSE(drawnByLatex(figure));
    figure.images.clear();
    figure.grids = {{.rows = 1, .columns = 1, .values = {1}}};
    EXPECT_FALSE(drawnByLatex(figure));
}

} // namespace
} // namespace vitrine::report
