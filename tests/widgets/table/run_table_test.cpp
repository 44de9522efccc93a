#include "widgets/table/run_table.h"

#include <QCoreApplication>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

// A name and six numbers, of which the last three can be done without.
class RunTableFolds : public testing::Test
{
protected:
    RunTableFolds() : table_(nullptr)
    {
        Table table{"t", {{"Version", "", {}, ""}}, {}};
        std::vector<Cell> row{std::string("ShiftAddLLM, blocks")};
        for (const char* name :
             {"Bits", "Ratio", "Energy", "Original's", "Of limit", "Same best"}) {
            table.columns.push_back({name, "%", Origin::computed, ""});
            row.emplace_back(1234.5);
        }
        table.rows = {row, row};
        table_.setRows(table, {0, 1});
        table_.setGivingWay({5, 4, 6});
        table_.resize(2000, 200);
        table_.show();
    }
    std::vector<int> hidden() const
    {
        std::vector<int> columns;
        for (int i = 0; i < 7; ++i)
            if (table_.isColumnHidden(i))
                columns.push_back(i);
        return columns;
    }
    // The widest at which so many columns are left out.
    int widthLeavingOut(int columns)
    {
        for (int width = 2000; width > 100; width -= 4) {
            table_.resize(width, 200);
            if (table_.leftOut() == columns) {
                QCoreApplication::processEvents(); // the scroll bar follows
                return width;
            }
        }
        return 0;
    }

    RunTable table_;
};

TEST_F(RunTableFolds, LeavesOutWhatDoesNotFitLeastNeededFirst)
{
    EXPECT_TRUE(hidden().empty());
    EXPECT_EQ(table_.leftOut(), 0);
    ASSERT_GT(widthLeavingOut(1), 0);
    EXPECT_EQ(hidden(), (std::vector{5}));
    EXPECT_EQ(table_.horizontalScrollBar()->maximum(), 0);
    ASSERT_GT(widthLeavingOut(2), 0);
    EXPECT_EQ(hidden(), (std::vector{4, 5}));
    EXPECT_EQ(table_.horizontalScrollBar()->maximum(), 0);
    ASSERT_GT(widthLeavingOut(3), 0);
    EXPECT_EQ(hidden(), (std::vector{4, 5, 6}));
    table_.resize(2000, 200);
    EXPECT_TRUE(hidden().empty()) << "they come back";
}

TEST_F(RunTableFolds, ShowsAllOnWish)
{
    const int narrow = widthLeavingOut(2);
    ASSERT_GT(narrow, 0);
    const QSignalSpy spy(&table_, &RunTable::leftOutChanged);
    table_.setAllShown(true);
    EXPECT_TRUE(hidden().empty());
    EXPECT_GT(table_.horizontalScrollBar()->maximum(), 0);
    table_.setAllShown(false);
    EXPECT_EQ(hidden(), (std::vector{4, 5}));
    EXPECT_EQ(spy.count(), 2);
}

TEST_F(RunTableFolds, NothingGivesWayUnlessItIsSaid)
{
    table_.setGivingWay({});
    table_.resize(300, 200);
    EXPECT_TRUE(hidden().empty());
    EXPECT_GT(table_.horizontalScrollBar()->maximum(), 0);
}

// A heading narrower than its numbers: none of them is cut off, however little room there is.
TEST_F(RunTableFolds, NumbersAreNeverCutOff)
{
    Table table{"t", {{"Version", "", {}, ""}, {"B", "", {}, ""}, {"C", "", {}, ""}}, {}};
    table.rows = {{std::string("a version with a long name"), 1234.5678, std::int64_t{32}},
                  {std::string("another"), 0.12345678, std::int64_t{123456789}}};
    table_.setRows(table, {0, 1});
    for (const int width : {2000, 400, 200}) {
        table_.resize(width, 200);
        QCoreApplication::processEvents();
        const QAbstractItemView& view = table_;
        for (const int column : {1, 2})
            EXPECT_GE(table_.columnWidth(column), view.sizeHintForColumn(column)) << width;
    }
}

} // namespace
} // namespace vitrine
