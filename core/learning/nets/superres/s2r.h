#pragma once

#include "core/learning/nets/superres/channel_layers.h"
#include "core/learning/nets/superres/deformable.h"
#include "core/learning/nets/superres/elab.h"
#include "core/learning/nets/superres/mbconv.h"
#include "core/learning/nets/superres/s2r_shape.h"

#include <torch/torch.h>

#include <cstdint>
#include <vector>

namespace vitrine::learning
{

// S2R: a picture `scale` times as large. Modules have the names of the released code.
class S2r : public torch::nn::Module
{
public:
    // Weights as PyTorch would draw them after torch::manual_seed(seed), except those that carry
    // the picture past the body: with them the new network enlarges about as bilinear interpolation
    // does.
    S2r(const S2rShape& shape, uint64_t seed);

    // low: batch x 3 x height x width, RGB in 0..1, of any size from 1 x 1 on. Gives batch x 3 x
    // (scale height) x (scale width), not clamped.
    torch::Tensor forward(const torch::Tensor& low);

    const S2rShape& shape() const { return shape_; }
    int64_t parameterCount() const;

private:
    torch::Tensor body(const torch::Tensor& x);
    void startAsBilinear();

    S2rShape shape_;
    torch::Tensor mean_; // 1 x 3 x 1 x 1; no buffer, for it is never trained nor stored
    Convolution first_{nullptr}, afterDepthwise_{nullptr}, upsample_{nullptr}, offset_{nullptr},
        mask_{nullptr};
    Pointwise afterPointwise_{nullptr};
    ChannelNorm embedNorm_{nullptr}, layersNorm_{nullptr}, norm_{nullptr};
    MbConv mbConv_{nullptr};
    std::vector<Elab> blocks_;
    Deformable deformable_{nullptr};
};

// Padded right and below to multiples of `multiple` by reflection without repeating the edge;
// pictures smaller than the padding are reflected again and again, a single row or column is
// repeated.
torch::Tensor reflectPadded(const torch::Tensor& pictures, int64_t multiple);

} // namespace vitrine::learning
