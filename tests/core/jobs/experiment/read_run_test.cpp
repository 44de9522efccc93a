#include "core/jobs/experiment/read_run.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace vitrine
{
namespace
{

// Two rows of three columns; the second row is one cell short.
RunResult heads()
{
    RunResult result;
    result.tables.push_back(
        {"heads",
         {{"layer", "1", Origin::computed, ""},
          {"name", "", Origin::computed, ""},
          {"mass", "1", Origin::computed, ""}},
         {{std::int64_t{3}, std::string("first"), 0.5}, {std::string("3"), 7.0}}});
    return result;
}

TEST(RowReader, ReadsCellsByNameAndType)
{
    const RunResult result = heads();
    const RowReader row(result.tables[0], 0);

    EXPECT_EQ(row.whole("layer", 0, 10), 3);
    EXPECT_EQ(row.text("name"), "first");
    EXPECT_EQ(row.number("mass"), 0.5);
}

TEST(RowReader, WhatIsMissingOrOfAnotherTypeIsNotThere)
{
    const RunResult result = heads();
    const RowReader second(result.tables[0], 1), none(result.tables[0], 2);

    EXPECT_TRUE(std::isnan(second.number("layer"))) << "a text is no number";
    EXPECT_EQ(second.text("name"), "") << "a number is no text";
    EXPECT_TRUE(std::isnan(second.number("mass"))) << "the row is shorter than the head";
    EXPECT_EQ(second.number("heads", 4), 4) << "there is no such column";
    EXPECT_TRUE(std::isnan(none.number("layer"))) << "there is no such row";
    EXPECT_FALSE(none.flag("layer"));
}

TEST(WholeWithin, TakesOnlyWhatFits)
{
    EXPECT_EQ(wholeWithin(3.7, 0, 10), 3);
    EXPECT_EQ(wholeWithin(-1, 0, 10), std::nullopt);
    EXPECT_EQ(wholeWithin(1e300, 0, std::numeric_limits<std::int64_t>::max()), std::nullopt);
    EXPECT_EQ(wholeWithin(0x1p63, 0, std::numeric_limits<std::int64_t>::max()), std::nullopt);
    EXPECT_EQ(wholeWithin(std::nan(""), 0, 10), std::nullopt);
    EXPECT_EQ(wholeWithin(std::numeric_limits<double>::infinity(), 0, 10), std::nullopt);
}

TEST(Columns, HaveAnEntryForEveryRowWhateverTheTableHolds)
{
    const RunResult result = heads();

    EXPECT_EQ(columnNumbers(result, "heads", "mass").size(), 2u);
    EXPECT_EQ(columnTexts(result, "heads", "mass").size(), 2u);
    EXPECT_EQ(columnNumbers(result, "heads", "no such column").size(), 2u);
    EXPECT_TRUE(columnNumbers(result, "no such table", "mass").empty());
    EXPECT_EQ(columnTexts(result, "heads", "name"), (std::vector<std::string>{"first", ""}));
}

TEST(WhatIsUnsound, IsNothingOfASoundTable)
{
    RunResult result = heads();
    result.tables[0].rows.pop_back();

    EXPECT_EQ(whatIsUnsound(result.tables[0]), "");
}

TEST(WhatIsUnsound, NamesCellsColumnsAndTables)
{
    RunRecord run;
    run.result = heads();
    run.result.tables.push_back({"sinks", {}, {}});
    run.result.tables[0].columns[2].name = "layer";

    EXPECT_EQ(whatIsUnsound(run),
              "table heads: 1 cell of layer is no number, two columns are named layer; "
              "table sinks: it has no columns");
}

TEST(Parameters, AreReadWhateverTheirType)
{
    Params params;
    params.set("seed", std::string("7"));
    params.set("tau", std::string("much"));
    params.set("beta", std::int64_t{1});
    params.set("protect", 1e300);
    params.set("accelerator", true);

    EXPECT_EQ(parameterNumber(params, "seed", 42), 7);
    EXPECT_EQ(parameterNumber(params, "tau", 0.1), 0.1);
    EXPECT_EQ(parameterNumber(params, "beta", 0), 1);
    EXPECT_EQ(parameterNumber(params, "alpha", 5), 5);
    EXPECT_EQ(parameterWhole(params, "protect", 0, 100, 1), 1);
    EXPECT_EQ(parameterText(params, "accelerator"), "true");
    EXPECT_EQ(parameterText(params, "workload"), "");
}

} // namespace
} // namespace vitrine
