#include "core/base/json.h"

#include <gtest/gtest.h>

#include <limits>

namespace vitrine
{
namespace
{

std::string problemOf(std::string_view text, JsonLimits limits = {})
{
    const auto result = parseJson(text, "x.json", limits);
    return result ? std::string() : result.error().message;
}

TEST(ParseJson, KeepsTheOrderOfKeysAndExactNumbers)
{
    const auto json = parseJson(R"({"b": 0.1, "a": [1, "zwei", null]})", "x.json");

    ASSERT_TRUE(json);
    EXPECT_EQ(dumpJson(*json), R"({"b":0.1,"a":[1,"zwei",null]})");
}

TEST(ParseJson, RefusesInOneLineThatNamesThePlace)
{
    EXPECT_NE(problemOf("{\n\"a\": 1,\n}").find("line 3"), std::string::npos);
    EXPECT_NE(problemOf(R"({"a": 1, "a": 2})").find("\"a\" occurs twice"), std::string::npos);
    EXPECT_NE(problemOf("1 2"), "");
    EXPECT_NE(problemOf("NaN"), "");
    EXPECT_NE(problemOf("1e999"), "");
    EXPECT_NE(problemOf("\"\xff\""), "");
    EXPECT_NE(problemOf(""), "");
    for (const auto* text : {"{\n\"a\": 1,\n}", "\"\xff\n\"", "[\"\x01\"]"})
        EXPECT_EQ(problemOf(text).find('\n'), std::string::npos);
}

TEST(ParseJson, EndsAtItsLimits)
{
    EXPECT_NE(problemOf(std::string(100'000, '[')), "");
    EXPECT_EQ(problemOf("[[[]]]", {.depth = 3}), "");
    EXPECT_NE(problemOf("[[[[]]]]", {.depth = 3}), "");
    EXPECT_NE(problemOf("[1,2,3]", {.values = 3}), "");
}

TEST(ParseJson, ReadsNestedValuesWhereTheyBelong)
{
    const std::string text = R"({"a":{"b":[1,{"c":[]},[2,[3]]],"d":{}},"e":[{},{"f":-1}],"g":1e3})";

    EXPECT_EQ(dumpJson(*parseJson(text, "x.json")),
              R"({"a":{"b":[1,{"c":[]},[2,[3]]],"d":{}},"e":[{},{"f":-1}],"g":1000.0})");
    EXPECT_EQ(dumpJson(*parseJson("7", "x.json")), "7");
    EXPECT_NE(problemOf(std::string_view("{}\0{}", 5)), "");
}

TEST(ParseJson, StaysLinearInTheNumberOfKeys)
{
    std::string text = "{";
    for (int i = 0; i < 200'000; ++i)
        text += fmt::format("{}\"k{}\":{}", i ? "," : "", i, i);
    text += "}";

    const auto json = parseJson(text, "x.json");

    ASSERT_TRUE(json);
    EXPECT_EQ(json->size(), 200'000u);
}

TEST(DumpJson, WritesNullForNumbersJsonDoesNotHave)
{
    const Json json = {{"x", std::numeric_limits<double>::quiet_NaN()}, {"y", {1.5, INFINITY}}};

    EXPECT_EQ(dumpJson(json), R"({"x":null,"y":[1.5,null]})");
}

} // namespace
} // namespace vitrine
