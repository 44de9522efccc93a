#include "core/model/network/llm_network.h"

#include "core/base/resources.h"
#include "core/model/checkpoint/checkpoint.h"

#include <gmock/gmock.h>

#include <map>

namespace vitrine::model
{
namespace
{

using testing::ElementsAre;

LlmConfig twoLayers()
{
    LlmConfig c;
    c.hidden = 20, c.layers = 2, c.heads = 4, c.kvHeads = 2, c.headSize = 6, c.mlp = 35;
    c.vocabulary = 50, c.context = 512;
    return c;
}

std::vector<std::string> tableNames(const LlmConfig& config)
{
    std::vector<std::string> names;
    for (const LayerShape& layer : layerTable(llmNetwork(config).network))
        names.push_back(layer.name);
    return names;
}

// Opened as any network: nothing of the names or shapes comes from the description.
TEST(LlmNetwork, NeedsExactlyTheTensorsOfTheShippedModel)
{
    const auto folder = findResource("models/vitrine-lm");
    ASSERT_TRUE(folder) << folder.error().message;
    const auto checkpoint = openCheckpoint(*folder);
    ASSERT_TRUE(checkpoint) << checkpoint.error().message;
    LlmConfig c; // its config.json
    c.hidden = 160, c.layers = 6, c.heads = 5, c.kvHeads = 5, c.headSize = 32, c.mlp = 448;
    c.vocabulary = 4096, c.tiedEmbeddings = true;

    std::map<std::string, std::vector<std::int64_t>> needed, stored;
    for (const NetworkTensor& tensor : tensorsOf(llmNetwork(c).network))
        needed[tensor.name] = tensor.shape;
    for (const std::string& name : (*checkpoint)->tensorNames())
        stored[name] = (*checkpoint)->tensor(name)->shape;

    EXPECT_EQ(needed, stored);
    const std::int64_t perBlock = 4 * 160 * 160 + 3 * 160 * 448 + 2 * 160;
    EXPECT_EQ(llmNetwork(c).network.parameters(), 4096 * 160 + 6 * perBlock + 160);
}

TEST(LlmNetwork, HasAHeadOfItsOwnATiedOneOrNone)
{
    LlmConfig c = twoLayers();
    LlmNetwork llm = llmNetwork(c);
    ASSERT_TRUE(llm.head);
    EXPECT_EQ(llm.network.layers[*llm.head].tensors[0],
              (NetworkTensor{"lm_head.weight", {50, 20}}));
    EXPECT_EQ(requiredTensors(c).back().name, "lm_head.weight");

    c.tiedEmbeddings = true;
    llm = llmNetwork(c);
    EXPECT_EQ(llm.network.layers[*llm.head].tensors, llm.network.layers[llm.embedding].tensors);
    EXPECT_EQ(requiredTensors(c).back().name, "model.norm.weight");
    EXPECT_EQ(tableNames(c).back(), "lm_head");

    c.languageHead = false;
    EXPECT_FALSE(llmNetwork(c).head);
    EXPECT_EQ(requiredTensors(c).back().name, "model.norm.weight");
    EXPECT_EQ(tableNames(c).back(), "model.norm");
}

TEST(LlmNetwork, ItsTableIsWhatSimulatorsCount)
{
    const LlmConfig c = twoLayers();
    const std::vector<LayerShape> table = layerTable(llmNetwork(c, 7, "tiny").network);

    ASSERT_EQ(table.size(), 2u * 13 + 2);
    std::vector<std::string> block;
    for (std::size_t i = 13; i < 26; ++i)
        block.push_back(table[i].name.substr(table[i].module.size()));
    EXPECT_THAT(block, ElementsAre(".input_layernorm", ".self_attn.q_proj", ".self_attn.k_proj",
                                   ".self_attn.v_proj", ".scores", ".softmax", ".values",
                                   ".self_attn.o_proj", ".post_attention_layernorm",
                                   ".mlp.gate_proj", ".mlp.up_proj", ".mlp.act", ".mlp.down_proj"));
    std::int64_t macs = 0;
    for (const LayerShape& layer : table)
        macs += layer.macs();
    const std::int64_t projections = 7 * 20 * (24 + 12 + 12) + 7 * 24 * 20,
                       attention = 2 * 4 * 7 * 7 * 6, mlp = 3 * 7 * 20 * 35;
    EXPECT_EQ(macs, 2 * (projections + attention + mlp) + 7 * 20 * 50);
    EXPECT_EQ(llmNetwork(c, 7, "tiny").network.macs(), macs);
    EXPECT_EQ(llmNetwork(c, 7, "tiny").network.title, "tiny, 7 tokens");
}

TEST(LlmNetwork, KnowsWhichLayerIsWhat)
{
    LlmConfig c = twoLayers();
    c.attentionBias = true;
    const LlmNetwork llm = llmNetwork(c);
    const auto nameOf = [&](std::size_t layer) { return llm.network.layers[layer].shape.name; };

    ASSERT_EQ(llm.blocks.size(), 2u);
    const LlmBlock& block = llm.blocks[1];
    EXPECT_EQ(nameOf(block.attentionNorm), "model.layers.1.input_layernorm");
    EXPECT_EQ(nameOf(block.q), "model.layers.1.self_attn.q_proj");
    EXPECT_EQ(nameOf(block.k), "model.layers.1.self_attn.k_proj");
    EXPECT_EQ(nameOf(block.v), "model.layers.1.self_attn.v_proj");
    EXPECT_EQ(nameOf(block.o), "model.layers.1.self_attn.o_proj");
    EXPECT_EQ(nameOf(block.mlpNorm), "model.layers.1.post_attention_layernorm");
    EXPECT_EQ(nameOf(block.gate), "model.layers.1.mlp.gate_proj");
    EXPECT_EQ(nameOf(block.up), "model.layers.1.mlp.up_proj");
    EXPECT_EQ(nameOf(block.down), "model.layers.1.mlp.down_proj");
    EXPECT_EQ(llm.network.layers[block.k].tensors,
              (std::vector<NetworkTensor>{{"model.layers.1.self_attn.k_proj.weight", {12, 20}},
                                          {"model.layers.1.self_attn.k_proj.bias", {12}}}));
    EXPECT_EQ(llm.network.layers[block.down].shape.part, Part::mlp);
    EXPECT_EQ(llm.network.layers[block.o].shape.part, Part::attention);
    EXPECT_EQ(llm.network.layers[*llm.head].shape.part, Part::head);
}

} // namespace
} // namespace vitrine::model
