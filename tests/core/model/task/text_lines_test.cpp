#include "core/model/task/text_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::model
{
namespace
{

using testing::ElementsAre;

TEST(TextLines, AreTheTextsInTheirOrder)
{
    const auto texts = parseTextLines("{\"name\": \"a\", \"text\": \"One.\\nTwo.\"}\n\n"
                                      "{\"text\": \"\", \"source\": 3}\n{\"text\": \"end\"}",
                                      "t.jsonl");

    ASSERT_TRUE(texts) << texts.error().message;
    EXPECT_THAT(*texts, ElementsAre("One.\nTwo.", "", "end"));
}

TEST(TextLines, NameTheLineOfTheFile)
{
    EXPECT_EQ(
        parseTextLines("{\"text\": \"a\"}\n\n\n{\"txt\": \"b\"}\n", "t.jsonl").error().message,
        "cannot read t.jsonl: line 4 has no \"text\"");
    EXPECT_EQ(parseTextLines("{\"text\": 1}\n", "t.jsonl").error().message,
              "cannot read t.jsonl: line 1 has no \"text\"");
    EXPECT_THAT(parseTextLines("\n{\"text\": \"a\"", "t.jsonl").error().message,
                testing::HasSubstr("t.jsonl (line 2)"));
    EXPECT_EQ(parseTextLines("\n\n", "t.jsonl").error().message,
              "cannot read t.jsonl: it holds no text");
}

} // namespace
} // namespace vitrine::model
