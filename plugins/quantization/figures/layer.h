#pragma once

#include "plugins/quantization/experiments/probe.h"
#include "plugins/quantization/figures/drawing.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

// Inside one linear layer: its weights before and after, and a product with eight of its inputs.
namespace vitrine::quantization_plugin
{

// The sums of the inputs that codes can ask for: entry m adds input j where bit j of m is set and
// takes it away where it is not (ShiftAddLLM, section 7). 2^inputs of them, at most 256.
std::vector<double> lookUpTable(std::span<const double> inputs);

// What one output gets from the inputs of the chunk, plane by plane.
struct ChunkProduct {
    struct Plane {
        std::uint8_t byte = 0;
        std::vector<double> inputs; // that the table is made of: scaled ones where scales act there
        double entry = 0;           // looked up
        double scale = 1;           // of what was looked up; 1 where the inputs are scaled
        double addend = 0;
    };
    std::vector<Plane> planes;
    double offset = 0;  // of zero points, times the inputs
    double sum = 0;     // of all addends and the offset
    double decoded = 0; // the decoded weights times the inputs: the same but for rounding
};
// `output`: place among layer.outputs. The layer has codes.
ChunkProduct chunkProduct(const ProbeLayer& layer, std::size_t output);

// The selected layer, else the first; nullptr: the probe has none.
const ProbeLayer* layerOf(const Drawing& drawing, const Probe& probe);
// The selected output and plane, as far as the layer has them.
std::size_t outputOf(const Drawing& drawing, const ProbeLayer& layer);
std::size_t planeOf(const Drawing& drawing, const ProbeLayer& layer);

// The steps of the selected output's product as people read them: a row for each plane, then what
// zero points add, the sum, and the same from decoded weights. Empty where weights are no codes.
Table productTable(const ProbeLayer& layer, std::size_t output);
// What is looked up, in a sentence or two; why nothing is, where weights are no codes.
std::string productWords(const ProbeLayer& layer, std::size_t output, std::size_t plane);

// "weights", "residual"; "look-up-table" and "product" of codes.
std::vector<figure::Figure> layerFigures(const Drawing& drawing, const Probe& probe);

} // namespace vitrine::quantization_plugin
