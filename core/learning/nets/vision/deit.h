#pragma once

#include "core/learning/nets/training/chance.h"
#include "core/learning/nets/vision/config_text.h"

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace vitrine::learning
{

// A columnar ViT (Dosovitskiy et al. 2021; DeiT, Touvron et al. 2021): patches, class token, learnt
// positions, `depth` pre-norm blocks, LayerNorm (epsilon 1e-6), head on token 0. GELU is exact.
struct DeitConfig {
    int64_t side = 28, patch = 4, channels = 1; // pixels; side is a multiple of patch
    int64_t width = 128, depth = 6, heads = 8, mlpRatio = 4;
    int64_t classes = 10;
    std::vector<double> mean{0.2860}, deviation{0.3530}; // of pixels in 0..1, one per channel
    std::vector<std::string> labels{}; // names of the classes; empty: none are written
    std::string attention{};           // as config.json says it ("taylor"); empty: softmax, unsaid
    double dropPath =
        0.0; // chance that the last block's branches are left out in training, less before

    int64_t tokens() const { return (side / patch) * (side / patch) + 1; }
};

DeitConfig garmentDeit(); // vitrine-deit: 28x28 grey, patch 4, width 128, 6 blocks, 8 heads
DeitConfig sceneDeit();   // vitrine-deit-scenes: 96x96 RGB, patch 8, width 96, 6 blocks, 6 heads

// config.json of an exported model, in the words of timm; `family` says what its layers compute.
ConfigText deitConfigText(const DeitConfig& config, const std::string& name,
                          const std::string& family);
std::string deitConfigJson(const DeitConfig& config, const std::string& name);

// Where other arithmetic may take the place of the model's own; empty: the model's own.
struct DeitHooks {
    // For softmax(q k^T / sqrt(size)) v in `block`. All are batch x heads x tokens x size.
    std::function<torch::Tensor(int64_t block, const torch::Tensor& q, const torch::Tensor& k,
                                const torch::Tensor& v)>
        attention;
    // For x W^T + b of "blocks.3.attn.qkv", ".attn.proj", ".mlp.fc1" or ".mlp.fc2"; x: rows x
    // inputs, rows = batch * tokens.
    std::function<torch::Tensor(const std::string& layer, const torch::Tensor& x,
                                const torch::Tensor& weight, const torch::Tensor& bias)>
        linear;
};

// Parameters have timm's names: cls_token, pos_embed, patch_embed.proj.weight,
// blocks.0.attn.qkv.weight ...
class DeitImpl : public torch::nn::Module
{
public:
    // Starts as small transformers learn fastest: weights by Xavier's rule, positions as waves
    // (position_waves.h), biases 0. Throws std::runtime_error where sizes do not fit.
    DeitImpl(const DeitConfig& config, uint64_t seed);

    // pictures: batch x channels x side x side, normalised; gives batch x classes. `chance` is for
    // stochastic depth; without it no block is left out.
    torch::Tensor forward(const torch::Tensor& pictures, Chance* chance = nullptr);

    const DeitConfig& config() const { return config_; }
    DeitHooks hooks;

private:
    struct Block;

    torch::Tensor linear(const std::string& layer, const torch::Tensor& x, torch::nn::Linear& with);
    torch::Tensor attention(int64_t block, const torch::Tensor& x, int64_t batch); // before proj
    torch::Tensor feedForward(int64_t block, const torch::Tensor& x);
    torch::Tensor embed(const torch::Tensor& pictures);

    DeitConfig config_;
    torch::Tensor classToken_, positions_;
    torch::nn::Conv2d patches_{nullptr};
    std::vector<std::shared_ptr<Block>> blocks_;
    torch::nn::LayerNorm norm_{nullptr};
    torch::nn::Linear head_{nullptr};
};
TORCH_MODULE(Deit);

} // namespace vitrine::learning
