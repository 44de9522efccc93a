#include "core/model/llm/llm_blockwise.h"

#include "core/model/llm/llm.h"
#include "core/tensor/kernels/q8_0.h"
#include "tests/support/tiny_llm.h"

#include <gtest/gtest.h>

#include <map>

namespace vitrine::model
{
namespace
{

const std::vector<std::int32_t> kBlockwiseIds = {4, 8, 15, 16, 23, 42, 1, 0, 7};

TEST(LlmBlockwise, BlocksGiveWhatTheWholePassGives)
{
    const auto checkpoint = tests::tinyCheckpoint();
    const auto whole = Llm::open(checkpoint)->forward(kBlockwiseIds, {.hidden = true});
    ASSERT_TRUE(whole);
    const auto llm = BlockwiseLlm::open(checkpoint);
    ASSERT_TRUE(llm);
    auto residual = llm->embedded(kBlockwiseIds);
    ASSERT_TRUE(residual);
    for (int block = 0; block < llm->config().layers; ++block) {
        EXPECT_EQ(*residual, whole->hidden[static_cast<std::size_t>(block)]);
        llm->run(block, *residual);
    }
}

TEST(LlmBlockwise, ShowsWhatLinearLayersRead)
{
    const auto llm = BlockwiseLlm::open(tests::tinyCheckpoint());
    ASSERT_TRUE(llm);
    auto residual = llm->embedded(kBlockwiseIds);
    std::map<LinearInput, std::vector<float>> seen;
    llm->run(0, *residual,
             [&](LinearInput input, const float* rows, std::int64_t count, std::int64_t width) {
                 EXPECT_EQ(count, static_cast<std::int64_t>(kBlockwiseIds.size()));
                 seen[input].assign(rows, rows + count * width);
             });
    ASSERT_EQ(seen.size(), 4u);
    const auto layers = llm->linearLayers(0);
    ASSERT_EQ(layers.size(), 7u);
    EXPECT_EQ(layers.front().name, "model.layers.0.self_attn.q_proj.weight");
    EXPECT_EQ(layers.back().name, "model.layers.0.mlp.down_proj.weight");
    for (const auto& layer : layers)
        EXPECT_EQ(seen[layer.input].size(),
                  kBlockwiseIds.size() * static_cast<std::size_t>(layer.weights->inputs()))
            << layer.name;
}

TEST(LlmBlockwise, RunsOnTheWeightsThatReplaceTheOriginal)
{
    auto config = tests::tinyConfig();
    config.hidden = 32, config.mlp = 32, config.headSize = 8;
    const auto checkpoint = tests::tinyCheckpoint(config);
    const auto toQ8 = [](const std::string& name,
                         kernels::SharedWeights stored) -> Result<kernels::SharedWeights> {
        if (name.find("_proj") == std::string::npos)
            return stored;
        return kernels::Q8Weights::quantize(*stored);
    };
    const auto whole = Llm::open(checkpoint, toQ8)->forward(kBlockwiseIds, {.hidden = true});
    ASSERT_TRUE(whole);
    auto llm = BlockwiseLlm::open(checkpoint);
    auto residual = llm->embedded(kBlockwiseIds);
    for (const auto& layer : llm->linearLayers(0))
        llm->replace(0, layer.name, *kernels::Q8Weights::quantize(*layer.weights));
    llm->run(0, *residual);
    EXPECT_EQ(*residual, whole->hidden[1]);
}

TEST(LlmBlockwise, IdsOutsideTheVocabularyAreRefused)
{
    const auto llm = BlockwiseLlm::open(tests::tinyCheckpoint());
    const std::vector<std::int32_t> ids = {1, 50};
    const auto residual = llm->embedded(ids);
    ASSERT_FALSE(residual);
    EXPECT_EQ(residual.error().kind, ErrorKind::argument);
}

} // namespace
} // namespace vitrine::model
