#include "core/jobs/experiment/table_digits.h"

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

TEST(ColumnDecimals, AreNoneForTextsAndRowsOfDifferentUnits)
{
    Table table{"t",
                {{"name", "", {}, ""}, {"gain", "dB", {}, ""}},
                {{std::string("a"), 1.9}, {std::string("b"), 2.33}}};

    EXPECT_EQ(columnDecimals(table)[0], std::nullopt);
    EXPECT_EQ(columnDecimals(table)[1], 2);
    EXPECT_EQ(columnDecimals({"t", {{"x", "", {}, ""}, {"y", "", {}, ""}}, {{1.0}}}),
              (std::vector<std::optional<int>>{0, std::nullopt})); // a row that is too short

    table.columns[0].name = "unit";
    EXPECT_EQ(columnDecimals(table)[1], std::nullopt);
}

TEST(NumberColumns, AreThoseWhoseFirstValueIsOne)
{
    const Table table{
        "t",
        {{"text", "", {}, ""}, {"late", "", {}, ""}, {"whole", "", {}, ""}, {"none", "", {}, ""}},
        {{std::string("a"), Cell{}, std::int64_t{1}, Cell{}}, {std::string("b"), 2.5, Cell{}}}};

    EXPECT_EQ(numberColumns(table), (std::vector<bool>{false, true, true, false}));
}

} // namespace
} // namespace vitrine
