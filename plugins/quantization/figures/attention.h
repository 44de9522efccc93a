#pragma once

#include "plugins/quantization/experiments/probe.h"
#include "plugins/quantization/figures/drawing.h"

#include <vector>

// Where attention goes on the probe text, before and after.
namespace vitrine::quantization_plugin
{

// The layer of the model whose maps are shown; -1: the probe has none.
std::int64_t mapLayerOf(const Drawing& drawing, const Probe& probe);

// "attention-original", "attention-quantized" in one scale of colours, and "attention-change",
// second less first; of the selected run, whose probe it is.
std::vector<figure::Figure> attentionFigures(const Drawing& drawing, const Probe& probe);

// "sinks": for each layer of the model what its heads give to the first token and to all other
// sinks, the original's and each version's.
figure::Figure sinksFigure(const Drawing& drawing);
// "sink-heads": a point for each head, attention on the first token after over before.
figure::Figure sinkHeadsFigure(const Drawing& drawing);

} // namespace vitrine::quantization_plugin
