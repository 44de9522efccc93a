#pragma once

#include "core/learning/nets/vision/efficientvit_blocks.h"

#include <torch/torch.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace vitrine::learning
{

// EfficientViT of the B series (Cai et al. 2023; MIT Han lab's release): stem, two stages of
// inverted bottlenecks, two of LiteMLA and inverted bottlenecks, head. Pictures are padded with
// black to `side`.
struct EfficientVitConfig {
    int64_t side = 32, channels = 1, classes = 10;
    std::array<int64_t, 5> widths{8, 16, 32, 64, 128}; // stem, stages 1 to 4
    std::array<int64_t, 5> depths{1, 2, 2, 2, 2};
    std::array<int64_t, 5> strides{1, 1, 2, 2, 2};
    int64_t headSize = 16, expansion = 4; // headSize: channels of q, k and v of one head
    std::array<int64_t, 2> headWidths{256, 256};
    std::vector<double> mean{0.2860}, deviation{0.3530}; // of pixels in 0..1, one per channel
    std::vector<std::string> labels{}; // names of the classes; empty: none are written
};

EfficientVitConfig
garmentEfficientVit();               // vitrine-efficientvit: maps of 32, 32, 16, 8 and 4 pixels
EfficientVitConfig efficientVitB0(); // as released, to hold the layout against its printed sizes

std::string efficientVitConfigJson(const EfficientVitConfig& config, const std::string& name);

// Parameters and buffers have the official names: backbone.input_stem.op_list.0.conv.weight ...
class EfficientVitImpl : public torch::nn::Module
{
public:
    EfficientVitImpl(const EfficientVitConfig& config, uint64_t seed);

    // pictures: batch x channels x side x side, normalised; gives batch x classes.
    torch::Tensor forward(const torch::Tensor& pictures);

    const EfficientVitConfig& config() const { return config_; }

private:
    void addStem(torch::nn::Module& backbone);
    void addStages(torch::nn::Module& backbone);
    void addHead();

    EfficientVitConfig config_;
    std::vector<EfficientOpPtr> backbone_;
    EfficientOpPtr headConv_;
    torch::nn::Linear headLinear_{nullptr}, classifier_{nullptr};
    torch::nn::LayerNorm headNorm_{nullptr};
};
TORCH_MODULE(EfficientVit);

} // namespace vitrine::learning
