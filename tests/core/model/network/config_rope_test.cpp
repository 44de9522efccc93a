#include "core/model/network/config_rope.h"

#include "core/model/network/llm_config.h"

#include <gmock/gmock.h>

#include <string>

namespace vitrine::model
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A llama model whose rotary embedding is written as `rope` says, over the top of the file.
Json modelWith(const Json& rope)
{
    Json json{{"model_type", "llama"},    {"hidden_size", 64}, {"num_hidden_layers", 2},
              {"num_attention_heads", 4}, {"vocab_size", 100}, {"intermediate_size", 96}};
    json.update(rope);
    return json;
}

Json llama3(double factor = 8)
{
    return {{"rope_type", "llama3"},
            {"factor", factor},
            {"low_freq_factor", 1.0},
            {"high_freq_factor", 4.0},
            {"original_max_position_embeddings", 64}};
}

Json with(Json json, const char* key, Json value)
{
    json[key] = std::move(value);
    return json;
}

std::string whyRopeRefused(const Json& rope)
{
    const auto file = readConfigFile(modelWith(rope));
    return file ? "accepted" : file.error().message;
}

TEST(ConfigRope, FindsThetaInEveryPlace)
{
    for (const Json& rope :
         {Json{{"rope_theta", 500000}}, Json{{"rope_scaling", {{"rope_theta", 500000.0}}}},
          Json{{"rope_scaling", {{"rope_type", "default"}, {"rope_theta", 500000.0}}}},
          Json{{"rope_parameters", {{"rope_type", "default"}, {"rope_theta", 500000.0}}}},
          Json{{"rope_theta", 500000}, {"rope_parameters", {{"rope_theta", 500000.0}}}},
          Json{{"rope_theta", 500000}, {"rope_scaling", Json::object()}},
          Json{{"rope_scaling", nullptr}, {"rope_parameters", {{"rope_theta", 500000.0}}}}}) {
        const auto file = readConfigFile(modelWith(rope));
        ASSERT_TRUE(file) << file.error().message;
        EXPECT_EQ(file->config.ropeTheta, 500000) << rope;
        EXPECT_FALSE(file->config.ropeScaling);
        EXPECT_THAT(file->notes, IsEmpty());
    }
}

TEST(ConfigRope, RefusesThetasThatContradictEachOther)
{
    EXPECT_THAT(whyRopeRefused({{"rope_theta", 10000}, {"rope_scaling", {{"rope_theta", 5e5}}}}),
                HasSubstr("\"rope_theta\" is 10000, but \"rope_scaling.rope_theta\" is 500000"));
    EXPECT_THAT(whyRopeRefused({{"rope_theta", 10000}, {"rope_parameters", {{"rope_theta", 5e5}}}}),
                HasSubstr("rope_parameters.rope_theta"));
    EXPECT_THAT(whyRopeRefused({{"rope_scaling", {{"rope_theta", 10000}}},
                                {"rope_parameters", {{"rope_theta", 5e5}}}}),
                HasSubstr("rope_parameters.rope_theta"));
}

TEST(ConfigRope, RefusesAThetaThatTheOlderPlaceHides)
{
    const Json newer{{"rope_type", "default"}, {"rope_theta", 500000.0}};
    EXPECT_THAT(whyRopeRefused({{"rope_scaling", llama3()}, {"rope_parameters", newer}}),
                HasSubstr("write \"rope_theta\" at the top"));
    EXPECT_EQ(whyRopeRefused(
                  {{"rope_theta", 500000}, {"rope_scaling", llama3()}, {"rope_parameters", newer}}),
              "accepted");
    EXPECT_EQ(whyRopeRefused({{"rope_scaling", llama3()},
                              {"rope_parameters", with(newer, "rope_theta", 10000.0)}}),
              "accepted");
}

TEST(ConfigRope, OlderScalingComesBeforeADefaultOfTheNewerPlace)
{
    const auto file = readConfigFile(
        modelWith({{"rope_scaling", llama3()}, {"rope_parameters", {{"rope_type", "default"}}}}));

    ASSERT_TRUE(file) << file.error().message;
    ASSERT_TRUE(file->config.ropeScaling);
    EXPECT_EQ(file->config.ropeScaling->factor, 8);
    EXPECT_THAT(file->notes, ElementsAre(HasSubstr("\"rope_scaling\" in config.json says")));
}

TEST(ConfigRope, RefusesScalingsThatContradictEachOther)
{
    EXPECT_THAT(whyRopeRefused({{"rope_scaling", llama3(8)}, {"rope_parameters", llama3(4)}}),
                HasSubstr("contradict each other"));
    EXPECT_THAT(whyRopeRefused(
                    {{"rope_scaling", {{"rope_type", "default"}}}, {"rope_parameters", llama3()}}),
                HasSubstr("contradict each other"));
    EXPECT_THAT(whyRopeRefused({{"rope_scaling", {{"type", "linear"}, {"factor", 4.0}}},
                                {"rope_parameters", {{"rope_type", "default"}}}}),
                HasSubstr("\"linear\" is not supported"));
    EXPECT_THAT(whyRopeRefused({{"rope_scaling", with(llama3(), "type", "linear")}}),
                HasSubstr("\"rope_scaling.rope_type\" is \"llama3\", but \"rope_scaling.type\""));
    EXPECT_EQ(whyRopeRefused({{"rope_scaling", llama3()}, {"rope_parameters", llama3()}}),
              "accepted");
    EXPECT_EQ(whyRopeRefused({{"rope_scaling", with(llama3(), "type", "llama3")}}), "accepted");
}

TEST(ConfigRope, RefusesAFactorThatDoesNotSayWhatItScales)
{
    for (const char* place : {"rope_scaling", "rope_parameters"})
        EXPECT_THAT(whyRopeRefused({{place, {{"factor", 4.0}}}}),
                    AllOf(HasSubstr(place), HasSubstr("\"factor\" but no \"rope_type\"")));
    const auto file =
        readConfigFile(modelWith({{"rope_scaling", {{"rope_type", "default"}, {"factor", 4.0}}}}));
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_THAT(file->notes, ElementsAre(HasSubstr("factor of \"rope_scaling\" in config.json has "
                                                   "no effect")));
}

TEST(ConfigRope, TakesTheOriginalContextFromEitherPlace)
{
    Json without = llama3();
    without.erase("original_max_position_embeddings");

    const auto above = readConfigFile(
        modelWith({{"rope_scaling", without}, {"original_max_position_embeddings", 32}}));

    ASSERT_TRUE(above) << above.error().message;
    EXPECT_EQ(above->config.ropeScaling->originalContext, 32);
    EXPECT_THAT(whyRopeRefused({{"rope_scaling", without}}),
                HasSubstr("original_max_position_embeddings\" is missing"));
    EXPECT_THAT(
        whyRopeRefused({{"rope_scaling", llama3()}, {"original_max_position_embeddings", 32}}),
        HasSubstr("is another number"));
    EXPECT_THAT(readConfigFile(modelWith({{"original_max_position_embeddings", 32}}))->notes,
                ElementsAre(HasSubstr("has no effect")));
}

} // namespace
} // namespace vitrine::model
