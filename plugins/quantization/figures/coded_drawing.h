#pragma once

#include "core/figure/figure.h"
#include "plugins/quantization/figures/coded_runs.h"
#include "plugins/quantization/figures/runs_drawing.h"

#include <string>
#include <vector>

namespace vitrine::quantization_plugin
{

// "stages.1.blocks.0" of "stages.1.blocks.0.mlp.fc1"; a layer of no block is its own.
std::string blockOf(const std::string& layer);
// A layer without the words that all have, so that names stand side by side below an axis:
// "2.1.add" of "stages.2.blocks.1.add", "3.add1" of "blocks.3.add1".
std::string shortLayer(const std::string& layer);
// Where a block begins its number ("3", "2.1"); of a network without blocks each layer's name.
std::vector<figure::Axis::Tick> blockTicks(const std::vector<std::string>& layers);
// The label of such an axis, which says what the numbers are: "Layer (stage.block)".
std::string blockAxis(const char* what, const std::vector<std::string>& layers);

// The runs of quantization.vision among some.
class CodedDrawing : public RunsDrawing
{
public:
    CodedDrawing(const Runs& runs, const State& state);
};

} // namespace vitrine::quantization_plugin
