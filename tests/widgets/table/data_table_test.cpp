#include "widgets/table/data_table.h"

#include <QScrollBar>
#include <QTest>

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

// A name, a number that one row has words for, and words.
Table mixedTable()
{
    return {"t",
            {{"Name", "", {}, ""}, {"p-value", "", {}, ""}, {"Where", "", {}, ""}},
            {{std::string("a"), 0.5, std::string("here")},
             {std::string("b"), std::string("< 1e−300"), std::string("there")},
             {std::string("c"), Cell{}, std::string("nowhere")}}};
}

TEST(DataTable, WordsInPlaceOfANumberStandWhereNumbersStand)
{
    DataTable table;
    table.setTable(mixedTable());
    const auto isRight = [&](int row, int column) {
        return (table.model()->index(row, column).data(Qt::TextAlignmentRole).toInt() &
                Qt::AlignRight) != 0;
    };
    for (int row = 0; row < 3; ++row) {
        EXPECT_TRUE(isRight(row, 1)) << row;
        EXPECT_FALSE(isRight(row, 2)) << row;
    }
}

int widthOfColumns(const DataTable& table)
{
    int sum = 0;
    for (int column = 0; column < table.model()->columnCount(); ++column)
        sum += table.columnWidth(column);
    return sum;
}

TEST(DataTable, TightColumnsFillTheWidthAndLoseTheirAirFirst)
{
    DataTable table;
    table.setTable(mixedTable());
    const int airy = widthOfColumns(table);
    table.setTight(true);
    table.resize(1000, 200);
    table.show();
    QCoreApplication::processEvents();
    EXPECT_EQ(widthOfColumns(table), table.viewport()->width());

    table.resize(airy - 10, 200);
    QCoreApplication::processEvents();
    EXPECT_LT(widthOfColumns(table), airy);
    EXPECT_EQ(table.horizontalScrollBar()->maximum(), 0);
}

// A long heading of the last column gives way, what its cells say does not.
TEST(DataTable, TheLastHeadingGivesWayToTheCells)
{
    Table longHeading = mixedTable();
    longHeading.columns.back().name = "A heading that is longer than anything in its column";
    DataTable table;
    table.setTight(true);
    table.resize(320, 200);
    table.show();
    table.setTable(longHeading);
    QCoreApplication::processEvents();
    EXPECT_EQ(table.horizontalScrollBar()->maximum(), 0);
    table.resize(100, 200);
    QCoreApplication::processEvents();
    const int words = table.fontMetrics().horizontalAdvance("nowhere");
    EXPECT_GE(table.columnWidth(2), words);
}

} // namespace
} // namespace vitrine
