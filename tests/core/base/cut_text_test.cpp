#include "core/base/cut_text.h"

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

TEST(CutText, LeavesShortTextsAlone)
{
    EXPECT_EQ(cutText("", 4), "");
    EXPECT_EQ(cutText("abcd", 4), "abcd");
}

TEST(CutText, NeverCutsInsideACharacter)
{
    const std::string text = "naïve €";

    EXPECT_EQ(cutText(text, 2), "na…");
    EXPECT_EQ(cutText(text, 3), "na…") << "ï has two bytes";
    EXPECT_EQ(cutText(text, 4), "naï…");
    EXPECT_EQ(cutText(text, 9), "naïve …") << "€ has three bytes";
}

TEST(CutText, EndsOnATextThatIsNoUtf8)
{
    EXPECT_EQ(cutText(std::string(100, '\x80'), 8), std::string(8, '\x80') + "…");
}

TEST(CutAtWord, EndsAtAWordInOneLine)
{
    EXPECT_EQ(cutAtWord("Once upon\na time", 32), "Once upon a time");
    EXPECT_EQ(cutAtWord("Once upon\na time", 12), "Once upon a …");
    EXPECT_EQ(cutAtWord("Once upon a time", 11), "Once upon a …");
    EXPECT_EQ(cutAtWord("Once upon a time", 3), "Onc …");
}

TEST(CutAtWord, CutsALongWordAtACharacter)
{
    std::string word;
    for (int i = 0; i < 40; ++i)
        word += "ü";

    EXPECT_EQ(cutAtWord(word, 33), word.substr(0, 32) + " …");
}

} // namespace
} // namespace vitrine
