#include "core/model/llm/llama2c.h"

#include "core/model/network/llm_network.h"

#include <gmock/gmock.h>

#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <numeric>

namespace vitrine::model
{
namespace
{

using testing::HasSubstr;

std::vector<std::byte> header(std::array<std::int32_t, 7> values)
{
    std::vector<std::byte> bytes(sizeof values);
    std::memcpy(bytes.data(), values.data(), sizeof values);
    return bytes;
}

std::string whyFileRefused(std::array<std::int32_t, 7> values, std::uint64_t size)
{
    const auto config = parseLlama2cHeader(header(values), size, "m.bin");
    return config ? "accepted" : config.error().message;
}

// dim 8, hidden 6, 1 layer, 2 heads of 4, 1 KV head, vocabulary 3, context 5.
constexpr std::array<std::int32_t, 7> kSmall{8, 6, 1, 2, 1, 3, 5};
// embeddings, two norms, q k v o, three of the MLP, final norm, rotary tables (twice 5 x 2)
constexpr int kSmallFloats = 3 * 8 + 8 + 64 + 32 + 32 + 64 + 8 + 3 * 48 + 8 + 20;

TEST(Llama2cHeader, FollowsFromTheShapeAlone)
{
    const auto tied = parseLlama2cHeader(header(kSmall), 28 + 4 * kSmallFloats, "m.bin");
    ASSERT_TRUE(tied) << tied.error().message;
    EXPECT_TRUE(tied->tiedEmbeddings);
    EXPECT_EQ(tied->headSize, 4);
    EXPECT_EQ(tied->kvHeads, 1);
    EXPECT_EQ(tied->context, 5);
    EXPECT_EQ(tied->normEpsilon, 1e-5);

    auto untied = kSmall;
    untied[5] = -3;
    const auto config = parseLlama2cHeader(header(untied), 28 + 4 * (kSmallFloats + 24), "m.bin");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_FALSE(config->tiedEmbeddings);
    EXPECT_EQ(config->vocabulary, 3);
}

TEST(Llama2cHeader, RefusesWhatDoesNotFit)
{
    EXPECT_THAT(whyFileRefused(kSmall, 28 + 4 * kSmallFloats - 1), HasSubstr("is it complete?"));
    EXPECT_THAT(whyFileRefused(kSmall, 28 + 4 * kSmallFloats + 4), HasSubstr("is it complete?"));
    EXPECT_THAT(parseLlama2cHeader({}, 0, "m.bin").error().message,
                HasSubstr("shorter than the 28 bytes"));
    EXPECT_THAT(whyFileRefused({0x616b3432, 2, 1, 1, 1, 1, 1}, 100), HasSubstr("version 2"));
    const auto huge = std::numeric_limits<std::int32_t>::max(),
               low = std::numeric_limits<std::int32_t>::min();
    for (std::size_t i = 0; i < 7; ++i)
        for (const std::int32_t value : {0, low, huge}) {
            auto values = kSmall;
            values[i] = value;
            EXPECT_NE(whyFileRefused(values, 28 + 4 * kSmallFloats), "accepted")
                << i << " " << value;
        }
}

class SmallFile : public testing::Test
{
protected:
    // Every weight is its own index in the file, so a tensor's place can be read off its values.
    void SetUp() override
    {
        std::vector<float> weights(kSmallFloats);
        std::iota(weights.begin(), weights.end(), 0.0f);
        std::ofstream file(path_, std::ios::binary);
        file.write(reinterpret_cast<const char*>(kSmall.data()), sizeof kSmall);
        file.write(reinterpret_cast<const char*>(weights.data()),
                   static_cast<std::streamsize>(weights.size() * sizeof(float)));
    }
    void TearDown() override { std::filesystem::remove_all(path_); }

    std::filesystem::path path_ =
        std::filesystem::temp_directory_path() / fmt::format("vitrine-small-{}.bin", ::getpid());
};

TEST_F(SmallFile, PutsEveryTensorInItsPlace)
{
    const auto opened = openLlmCheckpoint(path_);
    ASSERT_TRUE(opened) << opened.error().message;
    const auto first = [&](const char* name) { return toFloat(*(*opened)->tensor(name)).at(0); };

    EXPECT_EQ(first("model.embed_tokens.weight"), 0);
    EXPECT_EQ(first("model.layers.0.input_layernorm.weight"), 24);
    EXPECT_EQ(first("model.layers.0.self_attn.q_proj.weight"), 32);
    EXPECT_EQ(first("model.layers.0.self_attn.k_proj.weight"), 96);
    EXPECT_EQ(first("model.layers.0.self_attn.v_proj.weight"), 128);
    EXPECT_EQ(first("model.layers.0.self_attn.o_proj.weight"), 160);
    EXPECT_EQ(first("model.layers.0.post_attention_layernorm.weight"), 224);
    EXPECT_EQ(first("model.layers.0.mlp.gate_proj.weight"), 232); // w1
    EXPECT_EQ(first("model.layers.0.mlp.down_proj.weight"), 280); // w2
    EXPECT_EQ(first("model.layers.0.mlp.up_proj.weight"), 328);   // w3
    EXPECT_EQ(first("model.norm.weight"), 376);
    for (const auto& [name, shape, use] : requiredTensors((*opened)->config()))
        EXPECT_EQ((*opened)->tensor(name)->shape, shape) << name;
}

TEST_F(SmallFile, SaysWhereItsRotaryTablesAreOthers)
{
    EXPECT_THAT((*openLlmCheckpoint(path_))->notes(),
                testing::ElementsAre(HasSubstr("rotary tables are not those of theta 10000")));

    // Twice 5 positions of 2 frequencies, the last 20 numbers.
    const auto withTables = [&](double theta) {
        std::vector<float> tables;
        for (const bool isSine : {false, true})
            for (int position = 0; position < 5; ++position)
                for (int d = 0; d < 2; ++d) {
                    const double angle = position * std::pow(theta, -d / 2.0);
                    const double value = isSine ? std::sin(angle) : std::cos(angle);
                    tables.push_back(theta > 0 ? static_cast<float>(value) : 0.0f);
                }
        std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
        file.seekp(28 + 4 * (kSmallFloats - 20));
        file.write(reinterpret_cast<const char*>(tables.data()), 80);
        file.close();
        return (*openLlmCheckpoint(path_))->notes();
    };
    EXPECT_THAT(withTables(1e4), testing::IsEmpty());
    EXPECT_THAT(withTables(0), testing::IsEmpty()) << "zeros say nothing";
    EXPECT_THAT(withTables(5e5), testing::SizeIs(1));
}

TEST_F(SmallFile, MovesRowsFromInterleavedToHalfSplitPairs)
{
    const auto opened = openLlmCheckpoint(path_);
    ASSERT_TRUE(opened);
    const auto rows = [&](const char* name, int base) {
        std::vector<int> order;
        const auto values = toFloat(*(*opened)->tensor(name));
        for (std::size_t i = 0; i < values.size(); i += 8)
            order.push_back((static_cast<int>(values[i]) - base) / 8);
        return order;
    };

    EXPECT_EQ(rows("model.layers.0.self_attn.q_proj.weight", 32),
              (std::vector{0, 2, 1, 3, 4, 6, 5, 7}));
    EXPECT_EQ(rows("model.layers.0.self_attn.k_proj.weight", 96), (std::vector{0, 2, 1, 3}));
    EXPECT_EQ(rows("model.layers.0.self_attn.v_proj.weight", 128), (std::vector{0, 1, 2, 3}));
}

TEST(Llama2c, ExportsStoriesUnchanged)
{
    const char* data = std::getenv("VITRINE_TEST_DATA");
    if (!data)
        GTEST_SKIP() << "VITRINE_TEST_DATA is not set";
    const auto opened =
        openLlmCheckpoint(std::filesystem::path(data) / "llm/stories260K/stories260K.bin");
    ASSERT_TRUE(opened) << opened.error().message;
    const auto folder =
        std::filesystem::temp_directory_path() / fmt::format("vitrine-export-{}", ::getpid());
    ASSERT_TRUE(exportHuggingFace(**opened, folder));

    const auto exported = openLlmCheckpoint(folder);

    ASSERT_TRUE(exported) << exported.error().message;
    EXPECT_EQ((*exported)->config(), (*opened)->config());
    EXPECT_TRUE((*exported)->notes().empty());
    for (const auto& name : (*opened)->tensorNames()) {
        const auto a = (*opened)->tensor(name), b = (*exported)->tensor(name);
        ASSERT_EQ(a->bytes.size(), b->bytes.size());
        EXPECT_EQ(std::memcmp(a->bytes.data(), b->bytes.data(), a->bytes.size()), 0) << name;
    }
    std::filesystem::remove_all(folder);
}

} // namespace
} // namespace vitrine::model
