#pragma once

#include "core/model/checkpoint/checkpoint.h"
#include "core/superres/s2r/s2r_config.h"

#include <cstdint>
#include <vector>

namespace vitrine::superres
{

// A 1x1 convolution, or any other product of pixels with a matrix, its batch normalisation folded
// in. weights: [in, out], so that rows of pixels times it are rows of pixels.
struct PixelProduct {
    std::int64_t in = 0, out = 0;
    std::vector<float> weights, bias;
};

// A 3x3 convolution as the checkpoint has it: [out, in, 3, 3].
struct PixelConvolution {
    std::int64_t in = 0, out = 0;
    std::vector<float> weights, bias;
};

// One filter for each channel: [tap] [channel].
struct ChannelConvolution {
    std::vector<float> weights, bias;
};

struct ChannelNorm {
    std::vector<float> weight, bias;
};

struct S2rWeights {
    struct Local { // local features: shift, product, ReLU, shift, product
        PixelProduct first, second;
    };
    struct Attention {
        PixelProduct inward, outward;
    };
    struct Elab {
        Local local[2];
        Attention attention[2]; // the first makes the maps
    };
    struct MbConv {
        PixelProduct expand, squeeze, excite, project;
        ChannelConvolution depthwise;
    };

    PixelConvolution first, upsample;
    ChannelNorm embedNorm, layersNorm, norm; // with a head
    MbConv mbConv;                           // with a head
    std::vector<Elab> elabs;
    ChannelConvolution afterDepthwise;
    PixelProduct after;
    PixelConvolution offsetsAndMasks; // 18 offsets, then 9 masks; where it is deformable
    PixelProduct deformable;          // from 9 taps of all channels
};

// Input error naming the tensor for one that is missing, has another shape, is not part of the
// network or holds a number that is not finite.
Result<S2rWeights> readS2rWeights(const S2rConfig& config, const model::Checkpoint& checkpoint,
                                  std::string_view place);

} // namespace vitrine::superres
