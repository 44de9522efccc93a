#include "core/model/tokenizer/token_text.h"

#include <gtest/gtest.h>

namespace vitrine::model
{
namespace
{

TEST(TokenText, SignsOfSpaceGoAndBreaksAreSeen)
{
    EXPECT_EQ(readableToken("▁peace"), "peace");
    EXPECT_EQ(readableToken("Ġpeace"), "peace");
    EXPECT_EQ(readableToken("ful"), "ful");
    EXPECT_EQ(readableToken("▁"), "␣");
    EXPECT_EQ(readableToken("▁a▁b"), "a b");
    EXPECT_EQ(readableToken("<0x0A>"), "⏎");
    EXPECT_EQ(readableToken("a\nb"), "a⏎b");
    EXPECT_EQ(readableToken("<s>"), "<s>");
    EXPECT_EQ(readableToken(""), "␣");
}

TEST(TokenText, WordsBeginWithASpace)
{
    EXPECT_TRUE(beginsWithSpace("▁peace"));
    EXPECT_TRUE(beginsWithSpace("Ġpeace"));
    EXPECT_TRUE(beginsWithSpace(" peace"));
    EXPECT_FALSE(beginsWithSpace("peace"));
    EXPECT_FALSE(beginsWithSpace(""));
}

} // namespace
} // namespace vitrine::model
