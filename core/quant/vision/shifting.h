#pragma once

#include "core/base/result.h"
#include "core/quant/vision/code_grid.h"
#include "core/quant/vision/value_range.h"
#include "core/tensor/kernels/convolution.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::quant
{

// Trio-ViT's filter-wise shifting (section 4, eq. 10): the centre of each channel's range is
// subtracted from the inputs of the second pointwise convolution, so that one scale fits them all,
// and what the filters would have made of the centres is added to the bias.

// c = (max + min) / 2. (The paper's printed equation has a minus sign; its code adds, and only the
// sum centres a range.) Input error for a channel without values or with NaN or infinity.
Result<std::vector<double>> centresOf(std::span<const ValueRange> channels);

// In place: a map [pixels, channels] minus the centres.
void subtractCentres(std::span<float> map, std::span<const double> centres);

// b^_j = b_j + sum_i c_i w_ij, of weights [outputs, inputs] that are already quantized. `bias` may
// be empty: 0. For kernels of one pixel, which see no border.
std::vector<double> shiftedBias(std::span<const double> bias, std::span<const double> weights,
                                std::span<const double> centres);

// For any kernel: a bias for each output pixel, [outHeight * outWidth, outChannels], the bias and
// the convolution of the map whose pixels are all c. Pixels at the border differ, for padding is
// zeros: what lies outside has nothing subtracted, and its code is that of 0.
std::vector<double> shiftedBiasMap(const kernels::ConvolutionShape& shape,
                                   std::span<const double> bias, std::span<const double> weights,
                                   std::span<const double> centres);

// The bias that starts an accumulator of codes: round(b / (input scale * weight scale)) minus what
// the inputs' zero point adds, zero * sum of the weights' codes. `weightCodes` [outputs, inputs]
// are without zero points, `weightGrids` of each output. Input error where one does not fit 32
// bits, as accumulators have.
Result<std::vector<std::int32_t>> accumulatorBias(std::span<const double> bias,
                                                  std::span<const std::int32_t> weightCodes,
                                                  std::span<const CodeGrid> weightGrids,
                                                  const CodeGrid& inputGrid);

} // namespace vitrine::quant
