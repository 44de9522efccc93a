#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>

// The building parts of EfficientViT (Cai et al. 2023), with the names of the official release.
namespace vitrine::learning
{

// One part of a network: batch x channels x height x width in and out.
class EfficientOp : public torch::nn::Module
{
public:
    virtual torch::Tensor forward(const torch::Tensor& x) = 0;
};
using EfficientOpPtr = std::shared_ptr<EfficientOp>;

struct EfficientConvOptions {
    int64_t in, out, kernel = 1, stride = 1, groups = 1;
    bool norm = true; // BatchNorm after it (epsilon 1e-5); without it the convolution has a bias
    bool activation = true; // Hardswish at the end
    bool bias = !norm;
};
// conv, norm
EfficientOpPtr efficientConv(const EfficientConvOptions& options);

// depth_conv 3x3, point_conv; no activation after the second.
EfficientOpPtr depthwiseSeparable(int64_t channels);

// inverted_conv 1x1 to expansion * in, depth_conv 3x3, point_conv to out. With fewNorms only the
// last has a BatchNorm.
struct InvertedBottleneckOptions {
    int64_t in, out, stride = 1, expansion = 4;
    bool fewNorms = false;
};
EfficientOpPtr invertedBottleneck(const InvertedBottleneckOptions& options);

// qkv, aggreg (depthwise 5x5, then 1x1 within each group of `size`), ReLU linear attention, proj.
EfficientOpPtr liteMla(int64_t channels, int64_t size);

enum class Shortcut { none, identity };
// `inner` under the name main, and what goes around it.
EfficientOpPtr aroundMain(EfficientOpPtr inner, Shortcut shortcut);

// context_module: LiteMLA, local_module: an inverted bottleneck with few norms; a shortcut around
// each.
EfficientOpPtr efficientVitModule(int64_t channels, int64_t size, int64_t expansion);

} // namespace vitrine::learning
