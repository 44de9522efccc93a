#include "core/jobs/experiment/experiment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

// Structs are filled here by the few fields that a test is about.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace vitrine
{
namespace
{

using testing::HasSubstr;

class Sample : public Experiment
{
public:
    ExperimentInfo info() const override { return {"test.sample", "", "", 1}; }
    std::vector<ParamSpec> params(const Params& chosen) const override
    {
        ParamSpec method{.name = "method", .type = ParamType::choice};
        method.choices = {{"plain", "", ""}, {"fancy", "", ""}};
        method.fallback = std::string("plain");
        ParamSpec prompt{.name = "prompt", .oneOf = "what"};
        ParamSpec file{.name = "file", .type = ParamType::file, .oneOf = "what"};
        ParamSpec layers{
            .name = "layers", .type = ParamType::integers, .minimum = 0, .optional = true};
        std::vector<ParamSpec> specs = {method, prompt, file, layers};
        if (chosen.has("method") && chosen.text("method") == "fancy") {
            ParamSpec depth{
                .name = "depth", .type = ParamType::integer, .minimum = 1, .maximum = 9};
            depth.fallback = std::int64_t{3};
            specs.push_back(depth);
        }
        return specs;
    }
    Result<RunResult> run(const Params&, Progress&) const override { return RunResult{}; }
};

TEST(ResolveParams, FillsDefaultsSeedAndThreads)
{
    const auto params = resolveParams(Sample(), {{"prompt", "hi"}});

    ASSERT_TRUE(params.has_value()) << params.error().message;
    EXPECT_EQ(params->text("method"), "plain");
    EXPECT_EQ(params->integer("seed"), 42);
    EXPECT_EQ(params->integer("threads"), 0);
    EXPECT_FALSE(params->has("layers"));
    EXPECT_FALSE(params->has("depth"));
}

TEST(ParseParam, AsksATextWithRulesOfItsOwn)
{
    ParamSpec codecs{.name = "codecs"};
    codecs.check = [](const std::string& text) -> Result<void> {
        if (text == "nonsense")
            return argumentError("codecs: there is no codec {}", text);
        return {};
    };

    EXPECT_TRUE(parseParam(codecs, "x264:crf=23"));
    EXPECT_TRUE(parseParam(codecs, "")) << "whether it may be empty is another question";
    const auto refused = parseParam(codecs, "nonsense");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "codecs: there is no codec nonsense");
}

TEST(ResolveParams, SpecsThatDependOnAChoiceAppear)
{
    const auto params =
        resolveParams(Sample(), {{"prompt", "hi"}, {"method", "fancy"}, {"depth", "7"}});

    ASSERT_TRUE(params.has_value()) << params.error().message;
    EXPECT_EQ(params->integer("depth"), 7);
    EXPECT_FALSE(resolveParams(Sample(), {{"prompt", "hi"}, {"depth", "7"}}).has_value());
}

TEST(ResolveParams, SaysAllThatIsWrongInOneLine)
{
    const auto params =
        resolveParams(Sample(), {{"prompt", "a"}, {"file", "b"}, {"layers", "1,-2"}, {"nope", ""}});

    ASSERT_FALSE(params.has_value());
    EXPECT_EQ(params.error().kind, ErrorKind::argument);
    EXPECT_THAT(params.error().message, HasSubstr("exactly one of prompt, file"));
    EXPECT_THAT(params.error().message, HasSubstr("layers: -2 is out of range: 0 or more"));
    EXPECT_THAT(params.error().message, HasSubstr("no parameter \"nope\""));
}

TEST(ResolveParams, NoneOfAlternativesIsRefused)
{
    EXPECT_FALSE(resolveParams(Sample(), {}).has_value());
    EXPECT_FALSE(resolveParams(Sample(), {{"file", ""}}).has_value()); // an empty path is not given
}

TEST(ResolveParams, PathsBecomeAbsolute)
{
    const auto params = resolveParams(Sample(), {{"file", "x/../y.txt"}});

    ASSERT_TRUE(params.has_value());
    EXPECT_EQ(params->text("file"), (std::filesystem::current_path() / "y.txt").string());
}

TEST(ParseParam, RefusesWhatIsNotTheType)
{
    ParamSpec number{.name = "n", .type = ParamType::real};
    for (const char* text : {"", "1,5", "nan", "inf", "1e999", "0x10", " 1", "1 "})
        EXPECT_FALSE(parseParam(number, text).has_value()) << text;
    number.type = ParamType::integer;
    for (const char* text : {"", "1.0", "99999999999999999999", "one", "--1"})
        EXPECT_FALSE(parseParam(number, text).has_value()) << text;
    number.type = ParamType::integers;
    for (const char* text : {",", "1,", "1,,2", "1 2"})
        EXPECT_FALSE(parseParam(number, text).has_value()) << text;
    EXPECT_TRUE(parseParam(number, "").has_value()); // the empty list
}

TEST(ParseParam, ReadsBackWhatParamTextWrites)
{
    const std::vector<std::pair<ParamType, ParamValue>> values = {
        {ParamType::boolean, true},
        {ParamType::integer, std::int64_t{-7}},
        {ParamType::real, 0.1},
        {ParamType::real, 1e-300},
        {ParamType::text, std::string("line\nwith, commas = and \"quotes\"")},
        {ParamType::integers, std::vector<std::int64_t>{1, 2, 30}},
        {ParamType::integers, std::vector<std::int64_t>{}}};
    for (const auto& [type, value] : values) {
        ParamSpec spec{.name = "p", .type = type};
        const auto back = parseParam(spec, paramText(value));
        ASSERT_TRUE(back.has_value());
        EXPECT_EQ(*back, value);
    }
}

} // namespace
} // namespace vitrine
