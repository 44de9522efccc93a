#include "core/report/columns.h"

#include <gmock/gmock.h>

namespace vitrine::report
{
namespace
{

using testing::ElementsAre;

Value number(const std::string& text)
{
    return {.text = text, .number = true};
}

// Three layers: their cycles differ, the energy of shifts is nothing.
DataTable layers()
{
    DataTable table{.name = "layers",
                    .columns = {{.name = "layer"},
                                {.name = "cycles", .unit = "cycle", .number = true},
                                {.name = "energy_shift", .unit = "pJ", .number = true}}};
    for (const char* layer : {"embed", "attention", "mlp"})
        table.rows.push_back({{.text = layer}, number(std::string(layer) + "0"), number("0")});
    return table;
}

TEST(Columns, LeaveOutWhatIsTheSameInEveryRowAndSayIt)
{
    const DataTable rest = withoutConstants(layers());

    ASSERT_EQ(rest.columns.size(), 2u);
    EXPECT_EQ(rest.columns[1].name, "cycles");
    EXPECT_EQ(rest.rows[2].size(), 2u);
    EXPECT_EQ(rest.remark, "The same in every row: energy_shift 0 pJ.");
}

TEST(Columns, StayWhereRowsAreFewOrAValueThatIsNotShownDiffers)
{
    DataTable two = layers();
    two.rows.pop_back();
    DataTable later = layers();
    later.rows.back()[2] = number("7");
    later.shown = 2;

    EXPECT_EQ(withoutConstants(two).columns.size(), 3u);
    EXPECT_EQ(withoutConstants(later).columns.size(), 3u);
}

TEST(Columns, StayWhereAllAreTheSame)
{
    DataTable table{.columns = {{.name = "a"}},
                    .rows = {{number("1")}, {number("1")}, {number("1")}}};

    EXPECT_EQ(withoutConstants(table).columns.size(), 1u);
}

TEST(Columns, HeadingsBreakBehindTheirMarks)
{
    EXPECT_THAT(
        headingPieces({.name = "most_used_token_mass", .unit = "frame/s", .measured = true}),
        ElementsAre("most_", "used_", "token_", "mass", "(frame/s)", "†"));
    EXPECT_THAT(headingPieces({.name = "layer"}), ElementsAre("layer"));
    EXPECT_THAT(headingPieces({.name = "ms_ssim", .unit = "dB"}), ElementsAre("ms_ssim", "(dB)"));
    EXPECT_THAT(headingPieces({}), ElementsAre());
}

TEST(Columns, OfAWideTableStandInGroupsThatEachNameTheRow)
{
    const auto groups = columnGroups(layers(), {40, 40, 40}, 90);

    EXPECT_THAT(groups, ElementsAre(ElementsAre(0u, 1u), ElementsAre(0u, 2u)));
}

} // namespace
} // namespace vitrine::report
