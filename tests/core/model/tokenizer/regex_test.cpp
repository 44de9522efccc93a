#include "core/model/tokenizer/regex.h"

#include <gmock/gmock.h>

#include <dlfcn.h>
#include <regex.h>

#include <ctime>
#include <string>
#include <thread>

namespace vitrine::model
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double kHostileSeconds = 100;
#else
constexpr double kHostileSeconds = 10;
#endif

std::vector<std::string> found(const Regex& regex, const std::string& text)
{
    const auto matches = regex.matches(text);
    EXPECT_TRUE(matches) << (matches ? "" : matches.error().message);
    std::vector<std::string> parts;
    for (const auto& [begin, end] : matches.value_or(std::vector<Regex::Match>{}))
        parts.push_back(text.substr(begin, end - begin));
    return parts;
}
std::vector<std::string> found(std::string_view pattern, const std::string& text)
{
    const auto regex = Regex::compile(pattern);
    EXPECT_TRUE(regex) << (regex ? "" : regex.error().message);
    return regex ? found(*regex, text) : std::vector<std::string>{"refused"};
}
std::string whyPatternRefused(const std::string& pattern)
{
    const auto regex = Regex::compile(pattern);
    return regex ? "accepted" : regex.error().message;
}

// Where Oniguruma and Perl read the same pattern differently.
TEST(Regex, SpeaksTheDialectOfThePublishedTokenizers)
{
    EXPECT_THAT(found(R"([\p{L}&&[^\p{Han}]]+)", "abc世界d"), ElementsAre("abc", "d"));
    EXPECT_THAT(found("[a-c[0-9]]+", "ab1]x"), ElementsAre("ab1"));
    EXPECT_THAT(found("[^a[bc]]+", "abcd"), ElementsAre("d"));
    EXPECT_THAT(found("[[:alpha:]]+", "né世1"), ElementsAre("né世"));
    EXPECT_THAT(found("[[:^space:]]+", "a\u3000b"), ElementsAre("a", "b"));
    EXPECT_THAT(found(R"(\w+)", "été_1-म्"), ElementsAre("été_1", "म्"));
    EXPECT_THAT(found(R"(\d+)", "1٢x"), ElementsAre("1٢"));
    EXPECT_THAT(found("^a", "a\na"), ElementsAre("a", "a"));
    EXPECT_THAT(found("a$", "a\na"), ElementsAre("a", "a"));
    EXPECT_THAT(found("a.", "a\nab"), ElementsAre("ab"));
    EXPECT_THAT(found("(?m:a.)", "a\nab"), ElementsAre("a\n", "ab"));
    EXPECT_THAT(found(R"(\h+)", "fa 0g"), ElementsAre("fa", "0")); // hexadecimal digits
    EXPECT_THAT(found("a++b|a", "aab"), ElementsAre("aab"));
    EXPECT_THAT(found("a{,2}b", "aaab"), ElementsAre("aab"));
    EXPECT_THAT(found("(?i:'s|'T)", "'S't'ſ"), ElementsAre("'S", "'t", "'ſ"));
}

// From a search that the onig crate's find_iter makes: an empty match counts unless one that is not
// empty came since the last empty one.
TEST(Regex, ListsEmptyMatchesAsTheOnigCrateDoes)
{
    const auto places = [](const char* pattern, const char* text) {
        const Regex regex = *Regex::compile(pattern);
        const auto matches = *regex.matches(text);
        std::string list;
        for (const auto& [begin, end] : matches)
            list += std::to_string(begin) + "-" + std::to_string(end) + " ";
        return list;
    };
    EXPECT_EQ(places("", "é1"), "0-0 2-2 3-3 ");
    EXPECT_EQ(places("a*", "aab"), "0-2 3-3 ");
    EXPECT_EQ(places("a*", "baac"), "0-0 1-3 4-4 ");
    EXPECT_EQ(places("a|(?=c)", "a b c c"), "0-1 6-6 ");
    EXPECT_EQ(places("$", ""), "0-0 ");
    EXPECT_EQ(places("(?<=a)b", "ab"), "1-2 ");
}

TEST(Regex, FindsTextsAsTheyStand)
{
    for (const std::string text : {"a.b", "[x]", "(", "\\", "^", "$", "{2}", "#", "&&", "a-b", "~",
                                   "日本", "\n", "|", "*+?"}) {
        const auto regex = Regex::literal(text);
        ASSERT_TRUE(regex) << regex.error().message;
        EXPECT_THAT(found(*regex, "x" + text + "y" + text), ElementsAre(text, text));
        EXPECT_THAT(found(*regex, "aXb"), IsEmpty());
    }
}

TEST(Regex, RefusesPatternsInOneLine)
{
    EXPECT_EQ(whyPatternRefused("(a"),
              "the pattern \"(a\" is not understood: end pattern with unmatched parenthesis");
    EXPECT_THAT(whyPatternRefused("[a"), HasSubstr("premature end of char-class"));
    EXPECT_THAT(whyPatternRefused(R"(\p{Nothing})"), HasSubstr("{Nothing}"));
    EXPECT_THAT(whyPatternRefused("(?<n>a\\g<n>)"), HasSubstr("never ending recursion"));
    EXPECT_THAT(whyPatternRefused("a{200000}"), HasSubstr("too big"));
    EXPECT_THAT(whyPatternRefused(std::string((16 << 10) + 1, 'a')), HasSubstr("too long"));
    EXPECT_THAT(whyPatternRefused(std::string(8000, '(') + std::string(8000, ')')),
                HasSubstr("depth limit"));
    EXPECT_THAT(whyPatternRefused(std::string(8000, '[') + "a" + std::string(8000, ']')),
                HasSubstr("depth limit"));
    EXPECT_THAT(whyPatternRefused("[[:punct:]]+"), HasSubstr(R"([\p{P}\p{S}] would be clear)"));
    EXPECT_EQ(whyPatternRefused(R"([\p{P}\p{S}]+)"), "accepted");
}

TEST(Regex, HostilePatternsEndInSeconds)
{
    const auto repeated = [](const std::string& end) {
        std::string pattern = "a";
        for (int level = 0; level < 100; ++level)
            pattern = "(?:" + pattern + ")" + end;
        return pattern;
    };
    for (const std::string& pattern :
         {std::string("(a+)+(?:b|c)"), std::string("(?<x>a\\g<x>?)+$b"), repeated("{9,99}"),
          std::string("(?:(?:a{1,1000}){1,1000}){1,1000}[bc]")}) {
        const auto regex = Regex::compile(pattern);
        ASSERT_TRUE(regex) << regex.error().message;
        const auto start = std::clock();
        const auto matches = regex->matches(std::string(200'000, 'a'));
        const double took = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;

        ASSERT_FALSE(matches) << pattern;
        EXPECT_THAT(matches.error().message, HasSubstr("costs too much"));
        EXPECT_LT(took, kHostileSeconds) << pattern;
    }
}

TEST(Regex, LongRunsAreNoReasonToRefuse)
{
    const auto regex = Regex::compile(R"(\s*[\r\n]+|\s+(?!\S)|\s+)");
    const auto matches = regex->matches(std::string(1'000'000, ' ') + "x");
    ASSERT_TRUE(matches) << matches.error().message;
    EXPECT_EQ(matches->size(), 2u);
}

// Oniguruma brings functions of the same names.
TEST(Regex, TheRegularExpressionsOfTheCLibraryStayItsOwn)
{
    Dl_info library{};
    ASSERT_NE(::dladdr(reinterpret_cast<void*>(&::regcomp), &library), 0);
    EXPECT_THAT(library.dli_fname,
                testing::Not(HasSubstr("libonig"))); // the C library's, or a sanitizer's
}

TEST(Regex, ManyThreadsCompileAndSearchAtOnce)
{
    const auto shared = Regex::compile(R"(\p{L}+|\p{N})");
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&shared] {
            for (int round = 0; round < 50; ++round) {
                EXPECT_THAT(found(*shared, "ab1c"), ElementsAre("ab", "1", "c"));
                EXPECT_THAT(found(R"([[:alpha:]&&[^b]]+)", "abc"), ElementsAre("a", "c"));
            }
        });
    for (auto& thread : threads)
        thread.join();
}

} // namespace
} // namespace vitrine::model
