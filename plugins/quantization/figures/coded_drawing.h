#pragma once

#include "core/figure/figure.h"
#include "plugins/quantization/figures/coded_runs.h"
#include "plugins/quantization/figures/runs_drawing.h"

#include <string>
#include <vector>

namespace vitrine::quantization_plugin
{

// A name where a block begins ("blocks.3"); of a network without blocks that of each layer.
std::vector<figure::Axis::Tick> blockTicks(const std::vector<std::string>& layers);

// The runs of quantization.vision among some.
class CodedDrawing : public RunsDrawing
{
public:
    CodedDrawing(const Runs& runs, const State& state);
};

} // namespace vitrine::quantization_plugin
