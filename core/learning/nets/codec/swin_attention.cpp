#include "core/learning/nets/codec/swin_attention.h"

#include "core/learning/nets/codec/window_attention.h"

namespace vitrine::learning::codec
{

using torch::Tensor;
namespace nn = torch::nn;

namespace
{

constexpr int64_t kTokensOfWindow = kWindow * kWindow;

// N x H x W x C to windows x 64 x C, and back.
Tensor windowRows(const Tensor& x)
{
    const auto n = x.size(0), h = x.size(1), w = x.size(2), c = x.size(3);
    return x.reshape({n, h / kWindow, kWindow, w / kWindow, kWindow, c})
        .permute({0, 1, 3, 2, 4, 5})
        .reshape({-1, kTokensOfWindow, c});
}

Tensor planeOf(const Tensor& windows, int64_t n, int64_t h, int64_t w)
{
    return windows.view({n, h / kWindow, w / kWindow, kWindow, kWindow, -1})
        .permute({0, 1, 3, 2, 4, 5})
        .reshape({n, h, w, -1});
}

} // namespace

WindowBlockImpl::WindowBlockImpl(int64_t channels, int64_t shift)
    : shift_(shift),
      norm1_(register_module("norm1", nn::LayerNorm(nn::LayerNormOptions({channels})))),
      norm2_(register_module("norm2", nn::LayerNorm(nn::LayerNormOptions({channels})))),
      qkv_(register_module("qkv", nn::Linear(channels, 3 * channels))),
      proj_(register_module("proj", nn::Linear(channels, channels))),
      fc1_(register_module("fc1", nn::Linear(channels, 2 * channels))),
      fc2_(register_module("fc2", nn::Linear(2 * channels, channels))),
      biasTable_(register_parameter("relative_position_bias_table",
                                    torch::zeros({(2 * kWindow - 1) * (2 * kWindow - 1), kHeads})))
{
}

Tensor WindowBlockImpl::windowed(const Tensor& normed)
{
    const int64_t n = normed.size(0), height = normed.size(1), width = normed.size(2);
    const int64_t below = (kWindow - height % kWindow) % kWindow;
    const int64_t right = (kWindow - width % kWindow) % kWindow;
    Tensor plane = normed;
    if (below || right)
        plane = torch::constant_pad_nd(plane, {0, 0, 0, right, 0, below});
    if (shift_)
        plane = plane.roll({-shift_, -shift_}, {1, 2});
    plane = planeOf(proj_(windowAttention(qkv_(windowRows(plane)), biasTable_)), n, height + below,
                    width + right);
    if (shift_)
        plane = plane.roll({shift_, shift_}, {1, 2});
    return plane.narrow(1, 0, height).narrow(2, 0, width);
}

Tensor WindowBlockImpl::forward(const Tensor& x)
{
    const Tensor attended = x + windowed(norm1_(x));
    return attended + fc2_(fc1_(norm2_(attended)).relu_());
}

SwinAttentionImpl::SwinAttentionImpl(int64_t channels)
    : plain_(register_module("block1", WindowBlock(channels, 0))),
      shifted_(register_module("block2", WindowBlock(channels, kWindow / 2)))
{
}

Tensor SwinAttentionImpl::forward(const Tensor& x)
{
    const Tensor plane = x.permute({0, 2, 3, 1}).contiguous();
    return shifted_(plain_(plane)).permute({0, 3, 1, 2}).contiguous();
}

} // namespace vitrine::learning::codec
