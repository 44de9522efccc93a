#include "core/learning/tasks/prose.h"

#include <gtest/gtest.h>

namespace vitrine::learning
{
namespace
{

TEST(Normalised, MakesSpacesAndQuotesPlain)
{
    EXPECT_EQ(
        normalised("  It\xe2\x80\x99s \xe2\x80\x9cso\xe2\x80\x9d,\n\t\xc2\xa0he said\xe2\x80\xa6 "),
        "It's \"so\", he said...");
    EXPECT_EQ(normalised("soft\xc2\xadhyphen and\x01 control"), "softhyphen and control");
}

TEST(Normalised, ReadsBytesThatAreNoUtf8AsLatin1)
{
    EXPECT_EQ(normalised("caf\xe9 time"), "caf\xc3\xa9 time");
    EXPECT_EQ(normalised("caf\xc3\xa9 time"), "caf\xc3\xa9 time");
}

TEST(IsProse, TakesSentencesAndRefusesCodeAndOtherLanguages)
{
    EXPECT_TRUE(isProse(
        "It was the best of times, it was the worst of times, and we had everything before us."));
    EXPECT_FALSE(isProse(
        "for (int i = 0; i < n; ++i) { sum += x[i] * y[i]; } return sum / n; /* mean */ }"));
    EXPECT_FALSE(isProse(
        "Dieser Absatz ist auf Deutsch geschrieben worden und handelt von gar nichts Besonderem."));
    EXPECT_FALSE(isProse("Too short."));
}

TEST(DuplicateFilter, FindsRepeatedAndNearlyRepeatedParagraphs)
{
    const std::string first =
        "We the people of the valley have come together this evening to speak of water and of "
        "the fields that wait for it, and of the road that was promised to us long ago.";
    const std::string nearly = first + " Amen.";
    DuplicateFilter filter;

    EXPECT_FALSE(filter.isDuplicate(first));
    EXPECT_TRUE(filter.isDuplicate(first));
    EXPECT_TRUE(filter.isDuplicate(nearly));
    EXPECT_FALSE(filter.isDuplicate(
        "Something else was said by other people on another day in another valley."));
}

TEST(DuplicateFilter, ComparesShortParagraphsWhole)
{
    DuplicateFilter filter;

    EXPECT_FALSE(filter.isDuplicate("Thank you, and good night."));
    EXPECT_TRUE(filter.isDuplicate("Thank you and good night"));
    EXPECT_FALSE(filter.isDuplicate("Thank you, and good day."));
}

} // namespace
} // namespace vitrine::learning
