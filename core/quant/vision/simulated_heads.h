#pragma once

#include "core/quant/vision/simulated_steps.h"

// Layers of an EfficientViT in codes that a ViT does not have, in double precision.
namespace vitrine::quant
{

// The codes of two maps side by side.
Matrix simulateConcat(SimulatedInput a, SimulatedInput b);
Matrix simulatePool(const CodedPool& work, SimulatedInput x, const CodeGrid& output,
                    const SimulatedRounding& to);
Matrix simulateTable(const CodedTable& work, SimulatedInput x, const CodeGrid& output);

// A part of all heads of linear attention (whole_attention.h, one head after the other). The inputs
// are those of the layer; where real numbers are computed the result holds them, not codes, but
// for the outputs.
Matrix simulateHeads(const model::NetworkLayer& layer, const CodedHeads& work,
                     std::span<const SimulatedInput> inputs, const CodedLayer& coded,
                     const SimulatedRounding& to);

} // namespace vitrine::quant
