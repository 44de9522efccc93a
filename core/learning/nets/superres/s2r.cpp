#include "core/learning/nets/superres/s2r.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

// 0 1 2 1 0 1 ... for three pixels.
Tensor reflectedIndices(int64_t size, int64_t padded)
{
    const int64_t period = std::max<int64_t>(1, 2 * (size - 1));
    const Tensor at = torch::arange(padded).remainder(period);
    return torch::minimum(at, (period - at).abs()).clamp(0, size - 1);
}

int64_t upToMultiple(int64_t size, int64_t multiple)
{
    return (size + multiple - 1) / multiple * multiple;
}

// The middle taps of bilinear enlargement of one phase, of -1, 0, 1.
std::array<double, 3> bilinearTaps(int64_t scale, int64_t phase)
{
    const double at = (static_cast<double>(phase) + 0.5) / static_cast<double>(scale) - 0.5;
    return {std::max(0.0, -at), 1.0 - std::abs(at), std::max(0.0, at)};
}

} // namespace

Tensor reflectPadded(const Tensor& pictures, int64_t multiple)
{
    Tensor padded = pictures;
    for (const int64_t dimension : {2, 3}) {
        const int64_t size = pictures.size(dimension), wanted = upToMultiple(size, multiple);
        if (wanted != size)
            padded = padded.index_select(dimension, reflectedIndices(size, wanted));
    }
    return padded;
}

S2r::S2r(const S2rShape& shape, uint64_t seed) : shape_(shape)
{
    torch::manual_seed(seed);
    const int64_t channels = shape.channels;
    mean_ =
        torch::tensor({kS2rMean[0], kS2rMean[1], kS2rMean[2]}, torch::kFloat).view({1, 3, 1, 1});

    first_ = register_module("conv_first", Convolution(3, channels, 3));
    auto layers = register_module("layers", Numbered());
    if (shape.head) {
        auto embed = register_module("patch_embed", Named());
        embedNorm_ = embed->add("norm", ChannelNorm(channels));
        mbConv_ = layers->add(MbConv(channels));
    }
    for (int64_t i = 0; i < shape.blocks; ++i)
        blocks_.push_back(
            layers->add(Elab(channels, Windows{shape.windows, shape.rolled && i % 2 == 1})));
    if (shape.head) {
        layersNorm_ = layers->add(ChannelNorm(channels));
        norm_ = register_module("norm", ChannelNorm(channels));
    }
    auto after = register_module("conv_after_body", Numbered());
    afterDepthwise_ = after->add(Convolution(channels, channels, 3, channels));
    afterPointwise_ = after->add(Pointwise(channels, channels));
    if (shape.deformable) {
        deformable_ = register_module("deform_conv", Deformable(channels, channels));
        offset_ = register_module("conv_offset", Convolution(channels, 18, 3));
        mask_ = register_module("conv_mask", Convolution(channels, 9, 3));
    }
    auto up = register_module("upsample", Numbered());
    upsample_ = up->add(Convolution(channels, 3 * shape.scale * shape.scale, 3));
    startAsBilinear();
}

// The first three channels carry red, green and blue.
void S2r::startAsBilinear()
{
    const torch::NoGradGuard noGradient;
    first_->weight.slice(0, 0, 3).zero_();
    first_->bias.slice(0, 0, 3).zero_();
    afterPointwise_->weight.zero_();
    afterPointwise_->bias.zero_();
    upsample_->weight.mul_(0.1);
    upsample_->bias.zero_();
    for (int64_t colour = 0; colour < 3; ++colour) {
        first_->weight[colour][colour][1][1] = 1.0;
        for (int64_t phase = 0; phase < shape_.scale * shape_.scale; ++phase) {
            const auto down = bilinearTaps(shape_.scale, phase / shape_.scale);
            const auto right = bilinearTaps(shape_.scale, phase % shape_.scale);
            const Tensor kernels = upsample_->weight[colour * shape_.scale * shape_.scale + phase];
            for (int64_t y = 0; y < 3; ++y)
                for (int64_t x = 0; x < 3; ++x)
                    kernels[colour][y][x] =
                        down[static_cast<size_t>(y)] * right[static_cast<size_t>(x)];
        }
    }
    if (!shape_.deformable)
        return;
    for (const Tensor& start :
         {offset_->weight, offset_->bias, mask_->weight, mask_->bias, deformable_->bias})
        Tensor(start).zero_();
    deformable_->weight.slice(0, 0, 3).zero_();
    for (int64_t colour = 0; colour < 3; ++colour)
        deformable_->weight[colour][colour][1][1] = 2.0; // the masks start at a half
}

Tensor S2r::body(const Tensor& x)
{
    Tensor y = shape_.head ? mbConv_(embedNorm_(x)) : x;
    for (Elab& block : blocks_)
        y = block(y);
    return shape_.head ? norm_(layersNorm_(y)) : y;
}

Tensor S2r::forward(const Tensor& low)
{
    const int64_t height = low.size(2), width = low.size(3), scale = shape_.scale;
    const Tensor mean = mean_.to(low.options());
    const Tensor padded = reflectPadded(low, shape_.padding()) - mean;
    Tensor x = first_(padded.permute({0, 2, 3, 1}).contiguous());
    x = x + afterPointwise_(afterDepthwise_(body(x)));
    if (shape_.deformable)
        x = deformable_(x, offset_(x), torch::sigmoid(mask_(x)));
    const Tensor phases = upsample_(x).permute({0, 3, 1, 2});
    const Tensor high = torch::pixel_shuffle(phases, scale) + mean;
    return high.slice(2, 0, height * scale).slice(3, 0, width * scale);
}

int64_t S2r::parameterCount() const
{
    int64_t count = 0;
    for (const Tensor& parameter : parameters())
        count += parameter.numel();
    return count;
}

} // namespace vitrine::learning
