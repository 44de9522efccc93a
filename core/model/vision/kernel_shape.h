#pragma once

#include "core/model/network/layer_shape.h"
#include "core/tensor/kernels/convolution.h"

namespace vitrine::model
{

// A convolution as kernels see it: with half a kernel of padding before and behind the map, or none
// where kernels tile it.
inline kernels::ConvolutionShape kernelShape(const ConvShape& c)
{
    const auto padding = [](std::int64_t kernel, std::int64_t stride) {
        return kernel == stride ? 0 : kernel / 2;
    };
    return {.inChannels = c.inChannels,
            .inHeight = c.inHeight,
            .inWidth = c.inWidth,
            .outChannels = c.outChannels,
            .outHeight = c.outHeight,
            .outWidth = c.outWidth,
            .kernelHeight = c.kernelHeight,
            .kernelWidth = c.kernelWidth,
            .strideHeight = c.strideHeight,
            .strideWidth = c.strideWidth,
            .top = padding(c.kernelHeight, c.strideHeight),
            .left = padding(c.kernelWidth, c.strideWidth),
            .groups = c.groups};
}

} // namespace vitrine::model
