#include "core/store/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const RunVocabulary kWords{{"attention.capture", "video.compare", "video.metrics"},
                           {"psnr_u", "psnr_y", "ssim"},
                           {"model", "tau"},
                           {"figure 3", "paper"}};

std::string problem(const std::string& text)
{
    const RunFilter filter = parseFilter(text);
    return filter.problems.empty() ? std::string() : filter.problems.front().message;
}

TEST(Filter, ReadsEveryKindOfTerm)
{
    const RunFilter filter = parseFilter(
        "experiment:video.compare psnr_y>35 -tag:paper,\"figure 3\" date>=2026-11 state:done "
        "model:\"my model\" two");

    EXPECT_THAT(filter.problems, IsEmpty());
    ASSERT_THAT(filter.terms, SizeIs(7));
    EXPECT_EQ(filter.terms[0].field, FilterField::experiment);
    EXPECT_EQ(filter.terms[1].name, "psnr_y");
    EXPECT_EQ(filter.terms[1].relation, Relation::greater);
    EXPECT_EQ(filter.terms[1].number, 35.0);
    EXPECT_TRUE(filter.terms[2].negated);
    EXPECT_THAT(filter.terms[2].values, ElementsAre("paper", "figure 3"));
    EXPECT_EQ(filter.terms[3].relation, Relation::greaterOrEqual);
    EXPECT_THAT(filter.terms[5].values, ElementsAre("my model"));
    EXPECT_EQ(filter.terms[6].field, FilterField::words);
    EXPECT_EQ(filter.terms[6].begin, 99u);
}

TEST(Filter, ATermIsWrittenAsItIsRead)
{
    for (const char* text : {"psnr_y>=35", "-tag:paper", "state:done,failed", "model:\"a b\"",
                             "word", "\"a:b\"", "-\"x>1\"", "date<2026-11-01T14:30", "has:ssim"}) {
        const RunFilter filter = parseFilter(text);
        ASSERT_THAT(filter.terms, SizeIs(1)) << text;
        EXPECT_EQ(filterText(filter.terms[0]), text);
    }
}

TEST(Filter, SaysWhatItDoesNotUnderstandAndKeepsTheRest)
{
    EXPECT_THAT(problem("state:finished"), HasSubstr("never \"finished\""));
    EXPECT_THAT(problem("date>yesterday"), HasSubstr("is no date"));
    EXPECT_THAT(problem("date>2026-13"), HasSubstr("is no date"));
    EXPECT_THAT(problem("psnr_y>high"), HasSubstr("not a number"));
    EXPECT_THAT(problem("psnr_y>nan"), HasSubstr("not a number"));
    EXPECT_THAT(problem("psnr_y>"), HasSubstr("missing after psnr_y>"));
    EXPECT_THAT(problem(">35"), HasSubstr("name is missing"));
    EXPECT_THAT(problem("model:\"open"), HasSubstr("quote"));
    EXPECT_THAT(problem("tag>paper"), HasSubstr("colon"));
    const RunFilter filter = parseFilter("state:finished psnr_y>35");
    EXPECT_THAT(filter.terms, SizeIs(1));
    EXPECT_EQ(filter.problems.at(0).length, 14u);
}

TEST(Filter, NamesThatNoRunHasAreToldWithTheNearest)
{
    const auto problems =
        unknownNames(parseFilter("psnr_z>3 experiment:video tag:papre has:ssim"), kWords);

    ASSERT_THAT(problems, SizeIs(2));
    EXPECT_THAT(problems[0].message, HasSubstr("is psnr_u meant?"));
    EXPECT_THAT(problems[1].message, HasSubstr("is paper meant?"));
}

TEST(Filter, CompletesNamesAndValues)
{
    const auto texts = [](std::string_view typed) {
        std::vector<std::string> found;
        for (const auto& each : filterCompletions(typed, typed.size(), kWords))
            found.push_back(each.text);
        return found;
    };
    EXPECT_THAT(texts("psn"), ElementsAre("psnr_u>", "psnr_y>"));
    EXPECT_THAT(texts("state:f"), ElementsAre("failed"));
    EXPECT_THAT(texts("a tag:fig"), ElementsAre("\"figure 3\""));
    EXPECT_THAT(texts("metrics"), Contains("experiment:video.metrics"));
    EXPECT_THAT(texts("psnr_y>3"), IsEmpty());
    const auto inside = filterCompletions("state:done -ta x", 13, kWords);
    EXPECT_THAT(inside, Contains(Field(&FilterCompletion::begin, 12u)));
}

} // namespace
} // namespace vitrine
