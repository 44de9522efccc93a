#pragma once

#include <torch/torch.h>

namespace vitrine::learning::codec
{

// Each pixel from where the flow points: y(p) = x(p + flow(p)), bilinear, the point held within the
// picture. x: N x C x H x W; flow: N x 2 x H x W, pixels, channel 0 to the right and 1 downwards.
// The bilinear value is lerp(lerp(a, b), lerp(c, d)) with lerp(a, b) = a + part (b - a), so a flow
// of whole pixels moves pixels unchanged. Differentiable in both (F32, F64); a point that is held
// gives its flow no gradient.
torch::Tensor warp(const torch::Tensor& x, const torch::Tensor& flow);

// A flow of eighth size, in its own pixels, as one of full size in full pixels: 8 times the
// bilinear interpolation with half-pixel centres, border repeated.
torch::Tensor enlargedFlow(const torch::Tensor& flow);

} // namespace vitrine::learning::codec
