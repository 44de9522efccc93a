#include "app/window/fuzzy_match.h"

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

int score(const char* words, const char* letters)
{
    const auto match = fuzzyMatch(QString(words), QString(letters));
    return match ? match->score : -1;
}

TEST(FuzzyMatch, FindsLettersInTheirOrder)
{
    const auto match = fuzzyMatch(u"Reset layout", u"rlay");

    ASSERT_TRUE(match);
    EXPECT_EQ(match->places, (QList<int>{0, 6, 7, 8}));
    EXPECT_FALSE(fuzzyMatch(u"Reset layout", u"ylr"));
    EXPECT_FALSE(fuzzyMatch(u"Undo", u"undone"));
    EXPECT_FALSE(fuzzyMatch(u"", u"a"));
}

TEST(FuzzyMatch, PassesOverCaseAndSpaces)
{
    EXPECT_EQ(fuzzyMatch(u"Show Runs", u"show r")->places,
              fuzzyMatch(u"Show Runs", u"SHOWR")->places);
    EXPECT_TRUE(fuzzyMatch(u"Show Runs", u""));
}

TEST(FuzzyMatch, PrefersBeginningsOfWordsAndLettersTogether)
{
    EXPECT_GT(score("Run again", "ra"), score("Hard Drama", "ra"));
    EXPECT_GT(score("Runs", "run"), score("Trim under noise", "run"));
    EXPECT_GT(score("Dark", "dark"), score("Dark and more words", "dark")); // shorter among equals
}

TEST(FuzzyMatch, PlacesEveryLetterOnItself)
{
    const QString words = "Calibration: search heads again";
    for (const QString letters : {"csh", "again", "cali", "rch", "a a"}) {
        const auto match = fuzzyMatch(words, letters);
        ASSERT_TRUE(match) << letters.toStdString();
        QString found;
        for (const int place : match->places)
            found += words[place].toLower();
        EXPECT_EQ(found, QString(letters).remove(' '));
        EXPECT_TRUE(std::ranges::is_sorted(match->places));
    }
}

} // namespace
} // namespace vitrine
