#include "core/learning/nets/vision/deit.h"

#include "core/learning/nets/vision/attention.h"
#include "core/learning/nets/vision/position_waves.h"
#include "tests/core/learning/vision/finite_differences.h"

namespace vitrine::learning
{
namespace
{

DeitConfig tinyDeit()
{
    return {.side = 8, .patch = 4, .width = 8, .depth = 2, .heads = 2, .classes = 3};
}

TEST(Deit, HasTheParametersOfItsLayout)
{
    DeitConfig tiny{.side = 224,
                    .patch = 16,
                    .channels = 3,
                    .width = 192,
                    .depth = 12,
                    .heads = 3,
                    .classes = 1000};

    EXPECT_EQ(trainableCount(*Deit(tiny, 1)), 5'717'416); // deit_tiny_patch16_224
    EXPECT_EQ(trainableCount(*Deit(garmentDeit(), 1)), 1'199'882);
    EXPECT_EQ(trainableCount(*Deit(sceneDeit(), 1)), 704'746);
}

TEST(Deit, NamesItsTensorsAsTimmDoes)
{
    std::vector<std::string> names;
    for (const auto& item : Deit(tinyDeit(), 1)->named_parameters())
        if (item.key().rfind("blocks.1.", 0) != 0)
            names.push_back(item.key());

    const std::vector<std::string> expected{
        "cls_token",
        "pos_embed",
        "patch_embed.proj.weight",
        "patch_embed.proj.bias",
        "blocks.0.norm1.weight",
        "blocks.0.norm1.bias",
        "blocks.0.attn.qkv.weight",
        "blocks.0.attn.qkv.bias",
        "blocks.0.attn.proj.weight",
        "blocks.0.attn.proj.bias",
        "blocks.0.norm2.weight",
        "blocks.0.norm2.bias",
        "blocks.0.mlp.fc1.weight",
        "blocks.0.mlp.fc1.bias",
        "blocks.0.mlp.fc2.weight",
        "blocks.0.mlp.fc2.bias",
        "norm.weight",
        "norm.bias",
        "head.weight",
        "head.bias",
    };
    EXPECT_EQ(names, expected);
}

TEST(Deit, PatchesAreThoseOfAConvolution)
{
    const auto pictures = torch::randn({2, 2, 8, 8});
    Deit seeing(
        DeitConfig{.side = 8, .patch = 4, .channels = 2, .width = 8, .depth = 1, .heads = 1}, 1);
    torch::Tensor tokens;
    auto parameters = seeing->named_parameters();
    seeing->hooks.linear = [&](const std::string& layer, const torch::Tensor& x,
                               const torch::Tensor& weight, const torch::Tensor& bias) {
        if (layer == "blocks.0.attn.qkv")
            tokens = x.view({2, 5, 8});
        return torch::linear(x, weight, bias);
    };
    seeing->forward(pictures);

    const auto patches = torch::conv2d(pictures, parameters["patch_embed.proj.weight"],
                                       parameters["patch_embed.proj.bias"], 4)
                             .flatten(2)
                             .transpose(1, 2);
    const auto expected =
        torch::layer_norm(patches + parameters["pos_embed"].narrow(1, 1, 4), {8}, {}, {}, 1e-6);
    EXPECT_LT((tokens.narrow(1, 1, 4) - expected).abs().max().item<float>(), 1e-3f);
}

TEST(Deit, HooksThatDoTheSameChangeNothing)
{
    Deit net(tinyDeit(), 5);
    const auto pictures = torch::randn({3, 1, 8, 8});
    const auto plain = net->forward(pictures);
    int asked = 0;

    net->hooks.attention = [](int64_t, const torch::Tensor& q, const torch::Tensor& k,
                              const torch::Tensor& v) {
        return torch::matmul(torch::softmax(torch::matmul(q, k.mT()) / 2.0, -1), v); // size 4
    };
    net->hooks.linear = [&](const std::string&, const torch::Tensor& x, const torch::Tensor& weight,
                            const torch::Tensor& bias) {
        ++asked;
        return torch::linear(x, weight, bias);
    };

    EXPECT_LT((net->forward(pictures) - plain).abs().max().item<float>(), 1e-5f);
    EXPECT_EQ(asked, 2 * 4);
}

TEST(Deit, GradientsReachEveryParameter)
{
    Deit net(tinyDeit(), 5);
    net->forward(torch::randn({4, 1, 8, 8})).square().sum().backward();

    for (const auto& item : net->named_parameters())
        EXPECT_GT(item.value().grad().abs().sum().item<float>(), 0.0f) << item.key();
}

TEST(Deit, StochasticDepthIsDrawnFromChanceAlone)
{
    DeitConfig config = tinyDeit();
    config.dropPath = 0.9;
    Deit net(config, 5);
    const auto pictures = torch::randn({16, 1, 8, 8});
    const auto logits = [&](int64_t step) {
        Chance chance(1, step);
        return net->forward(pictures, &chance);
    };

    EXPECT_TRUE(logits(3).equal(logits(3)));
    EXPECT_FALSE(logits(3).equal(logits(4)));
}

TEST(Deit, PositionsStartAlikeWherePatchesAreNear)
{
    const auto waves = positionWaves(7, 16, 0.5)[0];
    const auto distance = [&](int64_t a, int64_t b) { // of patches, row by row
        return (waves[1 + a] - waves[1 + b]).norm().item<float>();
    };

    EXPECT_EQ(waves[0].abs().max().item<float>(), 0.0f);
    EXPECT_LE(waves.abs().max().item<float>(), 0.5f);
    EXPECT_LT(distance(24, 25), distance(24, 26));
    EXPECT_NEAR(distance(24, 25), distance(24, 31), 1e-6f); // beside and below
}

TEST(Deit, RefusesSizesThatDoNotFit)
{
    EXPECT_THROW(Deit(DeitConfig{.side = 28, .patch = 5}, 1), std::runtime_error);
    EXPECT_THROW(Deit(DeitConfig{.width = 100, .heads = 8}, 1), std::runtime_error);
}

} // namespace
} // namespace vitrine::learning
