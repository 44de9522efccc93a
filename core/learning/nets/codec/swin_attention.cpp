#include "core/learning/nets/codec/swin_attention.h"

#include "core/learning/nets/codec/window_attention.h"
#include "core/learning/nets/training/window_cuts.h"

namespace vitrine::learning::codec
{

using torch::Tensor;
namespace nn = torch::nn;

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
    const int64_t height = normed.size(1), width = normed.size(2);
    const int64_t below = (kWindow - height % kWindow) % kWindow;
    const int64_t right = (kWindow - width % kWindow) % kWindow;
    Tensor plane = normed;
    if (below || right)
        plane = torch::constant_pad_nd(plane, {0, 0, 0, right, 0, below});
    const Tensor windows = cutWindows(plane, kWindow, shift_);
    plane = joinWindows(proj_(windowAttention(qkv_(windows), biasTable_)), plane, kWindow, shift_);
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
