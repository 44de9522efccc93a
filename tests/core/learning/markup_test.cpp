#include "core/learning/tasks/markup.h"
#include "core/learning/tasks/prose.h"

#include <gmock/gmock.h>
#include <zlib.h>

namespace vitrine::learning
{
namespace
{

using testing::ElementsAre;

std::vector<std::string> plain(const Paragraphs& paragraphs)
{
    std::vector<std::string> out;
    for (const auto& paragraph : paragraphs)
        out.push_back(normalised(paragraph));
    return out;
}

TEST(Html, KeepsRunningTextOnly)
{
    const auto page =
        "<html><head><title>No</title></head><body><nav>Home</nav><h1>Head</h1>"
        "<p>One &amp; <b>two</b>\nthree.</p><pre>int x;</pre><table><tr><td>7</td></tr></table>"
        "<!-- hidden <p>no</p> --><p>Four&#8212;five<br>six</p><script>if (a < b) "
        "c();</script></body>";

    EXPECT_THAT(plain(htmlParagraphs(page)), ElementsAre("Head", "One & two three.",
                                                         "Four\xe2\x80\x94"
                                                         "five",
                                                         "six"));
}

TEST(Text, BlankLinesPartParagraphs)
{
    EXPECT_THAT(plain(textParagraphs("a\nb\n\n \nc\n")), ElementsAre("a b", "c"));
}

TEST(Pod, LeavesOutCommandsAndCode)
{
    EXPECT_THAT(
        plain(podParagraphs("=head1 NAME\n\nUse B<this> and C<that>.\n\n  my $x = 1;\n\n=cut\n")),
        ElementsAre("Use this and that."));
}

TEST(Dictionary, OneParagraphPerEntryWithoutMarks)
{
    EXPECT_THAT(plain(dictionaryEntries(
                    "Abase \\A*base\"\\, v. t. [OE. abaissen.]\n   To lower. See {Abash}.\nAbash\n"
                    "   To put to shame.\n")),
                ElementsAre("Abase , v. t. To lower. See Abash.", "Abash To put to shame."));
}

TEST(Story, TakesWhatStandsBetweenBackticks)
{
    EXPECT_THAT(plain(storyParagraphs(
                    "conversation\n\t`Welcome aboard.`\n\tchoice\n\t\t`\t\"Thanks.\"`\n")),
                ElementsAre("Welcome aboard.", "\"Thanks.\""));
}

void appendBigEndian(std::string& out, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(value >> shift & 0xff);
}

TEST(RDatabase, FindsTheStringsOfARecord)
{
    std::string data = "X\n";
    for (const std::string text : {"It is a truth", "", "universally acknowledged"}) {
        appendBigEndian(data, 0x00040009);
        appendBigEndian(data, static_cast<uint32_t>(text.size()));
        data += text;
    }
    std::string packed(compressBound(static_cast<uLong>(data.size())), '\0');
    uLongf length = static_cast<uLongf>(packed.size());
    ASSERT_EQ(compress(reinterpret_cast<Bytef*>(packed.data()), &length,
                       reinterpret_cast<const Bytef*>(data.data()),
                       static_cast<uLong>(data.size())),
              Z_OK);
    std::string record;
    appendBigEndian(record, static_cast<uint32_t>(data.size()));
    record += packed.substr(0, length);

    EXPECT_THAT(rDatabaseStrings(record),
                ElementsAre("It is a truth", "", "universally acknowledged"));
}

} // namespace
} // namespace vitrine::learning
