#include "widgets/runs/compare/table_comparison.h"

#include <QApplication>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "widgets/runs/compare/run_diff.h"
#include "widgets/table/data_table.h"
#include "widgets/table/run_text.h"

namespace vitrine
{
namespace
{

QApplication& application()
{
    return *qApp;
}

RunRecord exampleRun(double mass, const std::string& model = "vitrine-lm")
{
    RunRecord made;
    made.uid = newUid();
    made.experiment = "attention.capture";
    made.plugin = "attention";
    made.state = RunState::done;
    made.started = "2026-05-01T12:00:00.000Z";
    made.params.set("model", model);
    made.params.set("seed", std::int64_t{42});
    made.result.metrics = {{"first_token_mass", mass, "1", Origin::computed, ""},
                           {"seconds_prefill", 1.0 + mass, "s", Origin::measured, ""}};
    return made;
}

const DiffRow* rowNamed(const std::vector<DiffRow>& rows, const QString& name)
{
    const auto found = std::ranges::find(rows, name, &DiffRow::name);
    return found == rows.end() ? nullptr : &*found;
}

TEST(DiffRuns, MarksWhatDiffersAndNotWhatWasMeasured)
{
    const RunRecord a = exampleRun(0.2), b = exampleRun(0.5, "stories260K");

    const auto rows = diffRuns({&a, &b});

    EXPECT_TRUE(rowNamed(rows, "model")->differs);
    EXPECT_FALSE(rowNamed(rows, "seed")->differs);
    EXPECT_TRUE(rowNamed(rows, "first token mass")->differs);
    EXPECT_EQ(rowNamed(rows, "first token mass")->difference, "+0.3");
    EXPECT_FALSE(rowNamed(rows, "seconds prefill (measured)")->differs);
}

TEST(DiffRuns, ShowsAValueThatOnlyOneRunHas)
{
    const RunRecord a = exampleRun(0.2);
    RunRecord b = exampleRun(0.2);
    b.params.set("tau", 0.1);

    const auto rows = diffRuns({&a, &b});

    ASSERT_NE(rowNamed(rows, "tau"), nullptr);
    EXPECT_EQ(rowNamed(rows, "tau")->values[0], "–");
    EXPECT_TRUE(rowNamed(rows, "tau")->differs);
}

RunRecord withHeads(std::vector<std::vector<Cell>> rows)
{
    RunRecord made = exampleRun(0.5);
    made.result.tables = {{"heads",
                           {{"layer", "", {}, ""}, {"head", "", {}, ""}, {"mass", "1", {}, ""}},
                           std::move(rows)}};
    return made;
}

TEST(CompareTables, MatchesRowsByTheirKeysAndGivesTheDifference)
{
    const auto cell = [](int value) { return Cell(std::int64_t{value}); };
    RunRecord a = withHeads({{cell(0), cell(0), 0.25}, {cell(0), cell(1), 0.5}});
    RunRecord b = withHeads({{cell(0), cell(1), 0.75}, {cell(1), cell(0), 0.125}});
    const RunRecord failed = exampleRun(0);
    a.number = 3;
    b.number = 4;

    const auto two = compareTables({&a, &b}, "heads", "");
    const auto three = compareTables({&a, &failed, &b}, "heads", "mass");

    EXPECT_THAT(two.quantities, testing::ElementsAre("mass"));
    ASSERT_EQ(two.table.columns.size(), 5u); // layer, head, two runs, difference
    EXPECT_EQ(two.table.columns[2].name, "run 3");
    ASSERT_EQ(two.table.rows.size(), 3u);
    EXPECT_EQ(two.table.rows[1], (std::vector<Cell>{cell(0), cell(1), 0.5, 0.75, 0.25}));
    EXPECT_EQ(two.table.rows[2].back(), Cell()); // only one run has it
    EXPECT_EQ(three.table.columns.size(), 6u);
    EXPECT_EQ(three.table.rows[1][3], Cell()); // a run without the table
    EXPECT_TRUE(compareTables({&failed}, "heads", "").table.columns.empty());
}

TEST(CompareTables, RowsWithoutAKeyAreMatchedByTheirPlace)
{
    RunRecord a = exampleRun(0), b = exampleRun(0);
    a.result.tables = b.result.tables = {
        {"same", {{"x", "", {}, ""}, {"y", "", {}, ""}}, {{1.0, 2.0}, {1.0, 2.0}}}};

    const auto compared = compareTables({&a, &b}, "same", "y");

    ASSERT_EQ(compared.table.rows.size(), 2u);
    EXPECT_EQ(compared.table.rows[1][1], Cell(2.0));
    EXPECT_EQ(compared.table.rows[1][3], Cell(0.0));
}

TEST(DiffRuns, HoversHaveTheDigitsThatItTakesToSeeTheDifference)
{
    const RunRecord a = exampleRun(-0.1705887499020347), b = exampleRun(-0.1705887499020348),
                    c = exampleRun(-0.25);

    EXPECT_EQ(rowNamed(diffRuns({&a, &b}), "first token mass")->hovers[0],
              QString::fromUtf8("−0.1705887499020347"));
    const DiffRow row = *rowNamed(diffRuns({&a, &c}), "first token mass");
    EXPECT_EQ(row.hovers[0], QString::fromUtf8("−0.170589"));
    EXPECT_EQ(row.values[0], QString::fromUtf8("−0.1706"));
    EXPECT_EQ(row.values[1], QString::fromUtf8("−0.2500"));
    EXPECT_EQ(row.difference, QString::fromUtf8("−0.07941"));
}

TEST(DataTable, HasCommonDecimalsAndMissingValuesWhereTheNumbersStand)
{
    DataTable table;
    table.setTable({"bd",
                    {{"codec", "", {}, ""}, {"gain", "dB", {}, ""}, {"frames", "1", {}, ""}},
                    {{std::string("none"), Cell{}, Cell{}},
                     {std::string("x265"), 1.9, std::int64_t{2623}},
                     {std::string("AV1"), -1.9030000001, std::int64_t{-1}}}});
    const auto at = [&](int row, int column, int role) {
        return table.model()->index(row, column).data(role);
    };

    EXPECT_EQ(at(1, 1, Qt::DisplayRole), "1.900");
    EXPECT_EQ(at(2, 1, Qt::DisplayRole), QString::fromUtf8("−1.903"));
    EXPECT_EQ(at(2, 1, Qt::ToolTipRole), QString::fromUtf8("−1.903"));
    EXPECT_EQ(at(1, 2, Qt::DisplayRole), "2,623");
    EXPECT_EQ(at(0, 1, Qt::DisplayRole), QString::fromUtf8("–"));
    for (const int column : {1, 2}) {
        EXPECT_TRUE(at(0, column, Qt::TextAlignmentRole).toInt() & Qt::AlignRight) << column;
        const auto head =
            table.model()->headerData(column, Qt::Horizontal, Qt::TextAlignmentRole).toInt();
        EXPECT_TRUE(head & Qt::AlignRight) << column;
    }
    table.selectRow(2);
    EXPECT_EQ(table.selectedText(), "AV1\t-1.9030000001\t-1");
}

TEST(DataTable, KeepsTheDigitsOfNumbersOfDifferentKinds)
{
    DataTable table;
    table.setTable({"claims",
                    {{"quantity", "", {}, ""}, {"unit", "", {}, ""}, {"paper", "", {}, ""}},
                    {{std::string("energy"), std::string("mJ"), 4.2},
                     {std::string("latency"), std::string("ms"), 0.875}}});

    EXPECT_EQ(table.model()->index(0, 2).data().toString(), "4.2");
}

TEST(DataTable, SortsNumbersAsNumbersAndCopiesEveryDigit)
{
    application();
    DataTable table;
    table.setTable({"t",
                    {{"name", "", {}, ""}, {"value", "1", {}, ""}},
                    {{std::string("ten"), 10.0},
                     {std::string("two"), 2.123456789},
                     {std::string("none"), Cell{}}}});

    table.sortByColumn(1, Qt::DescendingOrder);
    table.selectRow(1);

    EXPECT_EQ(table.model()->index(0, 0).data().toString(), "ten");
    EXPECT_EQ(table.selectedText(), "two\t2.123456789");
}

} // namespace
} // namespace vitrine
