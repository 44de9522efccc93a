#include "core/base/csv.h"

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

TEST(CsvField, QuotesWhereItMust)
{
    EXPECT_EQ(csvField("plain"), "plain");
    EXPECT_EQ(csvField("a,b"), "\"a,b\"");
    EXPECT_EQ(csvField("he said \"no\""), "\"he said \"\"no\"\"\"");
    EXPECT_EQ(csvField("two\nlines"), "\"two\nlines\"");
}

TEST(CsvField, MarksWhatASpreadsheetWouldRun)
{
    EXPECT_EQ(csvField("=HYPERLINK(\"http://x\",\"y\")"),
              "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
    EXPECT_EQ(csvField("+cmd|' /C calc'!A0"), "'+cmd|' /C calc'!A0");
    EXPECT_EQ(csvField("-2+3"), "'-2+3");
    EXPECT_EQ(csvField("@SUM(A1)"), "'@SUM(A1)");
    EXPECT_EQ(csvField("\t=1"), "'\t=1");
    EXPECT_EQ(csvField("\r=1"), "\"'\r=1\"");
    EXPECT_EQ(csvField("-"), "'-");
}

TEST(CsvField, LeavesNumbersAlone)
{
    for (const char* number : {"-5", "-0.25", "+3", "1e-7", "-1e300", "0"})
        EXPECT_EQ(csvField(number), number);
}

} // namespace
} // namespace vitrine
