#pragma once

#include "core/learning/nets/superres/channel_layers.h"
#include "core/learning/nets/superres/shift_conv.h"
#include "core/learning/nets/superres/window_attention.h"

#include <torch/torch.h>

#include <cstdint>

namespace vitrine::learning
{

// Local features: shift-conv C -> 2C, ReLU, shift-conv 2C -> C.
class LocalFeaturesImpl : public torch::nn::Module
{
public:
    explicit LocalFeaturesImpl(int64_t channels);
    torch::Tensor forward(const torch::Tensor& x);

private:
    ShiftConv conv0_, conv1_;
};
TORCH_MODULE(LocalFeatures);

// Group-wise multi-scale self-attention (ELAN, section 3.3). The first of a block projects to q and
// v and makes the maps; the second projects to v alone and uses them again.
class GroupAttentionImpl : public torch::nn::Module
{
public:
    enum class Kind { makesMaps, takesMaps };
    GroupAttentionImpl(int64_t channels, const Windows& windows, Kind kind);

    Attended makeMaps(const torch::Tensor& x);
    torch::Tensor takeMaps(const torch::Tensor& x, const WindowMaps& maps);

private:
    Windows windows_;
    Pointwise inward_{nullptr}, outward_{nullptr};
    PixelNorm norm_{nullptr};
};
TORCH_MODULE(GroupAttention);

// Efficient long-range attention block: twice x += local features, x += attention.
class ElabImpl : public torch::nn::Module
{
public:
    ElabImpl(int64_t channels, const Windows& windows);
    torch::Tensor forward(const torch::Tensor& x);

private:
    LocalFeatures local0_, local1_;
    GroupAttention attention0_, attention1_;
};
TORCH_MODULE(Elab);

} // namespace vitrine::learning
