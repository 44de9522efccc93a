#include "app/window/shared_params.h"

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

ParamSpec parameter(const char* name, ParamType type, const char* oneOf = "")
{
    ParamSpec spec;
    spec.name = name;
    spec.label = name;
    spec.type = type;
    spec.oneOf = oneOf;
    return spec;
}

ParamSpec withDefault(ParamSpec spec, ParamValue value)
{
    spec.fallback = std::move(value);
    return spec;
}

ParamSpec rule(std::vector<ParamChoice> choices)
{
    ParamSpec spec = parameter("rule", ParamType::choice);
    spec.choices = std::move(choices);
    return spec;
}

const ParamSpec kModel = withDefault(parameter("model", ParamType::model), std::string("small"));
const ParamSpec kPrompt = parameter("prompt", ParamType::text, "text");
const ParamSpec kFile = parameter("prompt_file", ParamType::file, "text");

TEST(SharedParams, GoAlongWhereTheyAreSetAndOnlyThere)
{
    ParamTexts carried;
    const FilledForm from{{kModel, kPrompt, parameter("layers", ParamType::text)},
                          {{"model", "small"}, {"prompt", "peace"}, {"layers", "0"}}};
    const auto texts = carriedOver(from, {{kModel, kPrompt}, {}}, carried);
    EXPECT_EQ(texts, (ParamTexts{{"prompt", "peace"}})) << "the model is the default anyway";
    EXPECT_EQ(carried, texts);
}

TEST(SharedParams, LeaveWhatIsSetByHand)
{
    ParamTexts carried;
    const FilledForm from{{kModel, kPrompt}, {{"model", "large"}, {"prompt", "peace"}}};
    const auto texts = carriedOver(from, {{kModel, kPrompt}, {{"prompt", "war"}}}, carried);
    EXPECT_EQ(texts, (ParamTexts{{"model", "large"}, {"prompt", "war"}}));
    EXPECT_EQ(carried, (ParamTexts{{"model", "large"}}));
}

TEST(SharedParams, ThatCameBeforeComeAnewOrGo)
{
    ParamTexts carried{{"model", "large"}, {"prompt", "peace"}};
    const FilledForm from{{kModel, kPrompt}, {{"prompt", "truce"}}};
    const auto texts =
        carriedOver(from, {{kModel, kPrompt}, {{"model", "large"}, {"prompt", "peace"}}}, carried);
    EXPECT_EQ(texts, (ParamTexts{{"prompt", "truce"}}));
    EXPECT_EQ(carried, texts);
}

TEST(SharedParams, AlternativesGoAsOne)
{
    ParamTexts carried;
    const FilledForm file{{kPrompt, kFile}, {{"prompt_file", "a.txt"}}};
    EXPECT_EQ(carriedOver(file, {{kPrompt, kFile}, {{"prompt", "war"}}}, carried),
              (ParamTexts{{"prompt", "war"}}));
    carried = {{"prompt", "war"}};
    EXPECT_EQ(carriedOver(file, {{kPrompt, kFile}, {{"prompt", "war"}}}, carried),
              (ParamTexts{{"prompt_file", "a.txt"}}));
}

TEST(SharedParams, OfAnotherTypeOrWithoutTheValueStayBehind)
{
    ParamTexts carried;
    const ParamSpec here = rule({{"uniform", "Uniform", ""}});
    const FilledForm from{{rule({{"uniform", "Uniform", ""}, {"absolute", "Absolute", ""}}),
                           parameter("limit", ParamType::integer)},
                          {{"rule", "absolute"}, {"limit", "7"}}};
    const FilledForm to{{here, parameter("limit", ParamType::text)}, {}};
    EXPECT_TRUE(carriedOver(from, to, carried).empty());
    EXPECT_TRUE(carried.empty());
}

} // namespace
} // namespace vitrine
