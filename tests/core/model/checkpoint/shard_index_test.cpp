#include "core/model/checkpoint/shard_index.h"

#include <gmock/gmock.h>

#include <fmt/format.h>

namespace vitrine::model
{
namespace
{

using testing::HasSubstr;

std::string whyIndexRefused(std::string_view text)
{
    const auto index = parseShardIndex(text, "index.json");
    return index ? "accepted" : index.error().message;
}

TEST(ShardIndex, RefusesNamesThatLeadOutOfTheFolder)
{
    for (const char* shard :
         {"../a.safetensors", "/etc/a.safetensors", "a/b.safetensors", "a\\\\b.safetensors", "..",
          "", "a.bin", "a\\u0000.safetensors", "c:a.safetensors"})
        EXPECT_THAT(whyIndexRefused(fmt::format(R"({{"weight_map":{{"t":"{}"}}}})", shard)),
                    HasSubstr("not a plain name"))
            << shard;
    EXPECT_EQ(whyIndexRefused(R"({"weight_map":{"t":"a.safetensors"}})"), "accepted");
}

TEST(ShardIndex, RefusesOtherShapes)
{
    EXPECT_THAT(whyIndexRefused("[]"), HasSubstr("expected"));
    EXPECT_THAT(whyIndexRefused("3"), HasSubstr("expected"));
    EXPECT_THAT(whyIndexRefused("{}"), HasSubstr("no \"weight_map\""));
    EXPECT_THAT(whyIndexRefused(R"({"weight_map":[]})"), HasSubstr("expected"));
    EXPECT_THAT(whyIndexRefused(R"({"weight_map":{"a":1}})"), HasSubstr("expected"));
    EXPECT_THAT(whyIndexRefused(R"({"weight_map":{"a":{}}})"), HasSubstr("more than"));
    EXPECT_THAT(whyIndexRefused(R"({"weight_map":{"a":"a.safetensors","a":"b.safetensors"}})"),
                HasSubstr("twice"));
    EXPECT_THAT(whyIndexRefused(R"({"weight_map":{"a":"a.safetensors"},"weight_map":{}})"),
                HasSubstr("twice"));
    EXPECT_THAT(whyIndexRefused(std::string(100, '{')), HasSubstr("JSON"));
    EXPECT_EQ(whyIndexRefused(
                  R"({"metadata":{"x":[1,{"y":2}]},"weight_map":{"a":"a.safetensors"},"z":[{}]})"),
              "accepted");
}

} // namespace
} // namespace vitrine::model
