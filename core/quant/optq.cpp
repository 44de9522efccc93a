// OPTQ (Frantar, Ashkboos, Hoefler and Alistarh, ICLR 2023; GPTQ) and, without its compensation,
// rounding to the nearest: grids for groups of inputs of each output.
#include "core/quant/grid.h"

namespace vitrine::quant
{
namespace
{

Result<QuantizedLayer> quantizeOnGrid(const QuantSettings& settings, const LayerTask& task,
                                      bool isCompensated)
{
    GridMethod method(settings, task.weights);
    VITRINE_TRY(QuantizedLayer layer,
                updateLayer(settings, task, isCompensated, method.spanWidth(), method));
    layer.codes = method.codes();
    return layer;
}

Result<QuantizedLayer> roundToNearest(const QuantSettings& settings, const LayerTask& task)
{
    return quantizeOnGrid(settings, task, false);
}

Result<QuantizedLayer> quantizeByOptq(const QuantSettings& settings, const LayerTask& task)
{
    return quantizeOnGrid(settings, task, settings.compensate.value_or(true));
}

const Registry<Quantizer>::Adds kAddsRoundToNearest(10, [] {
    return Quantizer{.name = "rtn",
                     .title = "Round to nearest",
                     .layouts = {Layout::row},
                     .hasGrid = true,
                     .method = roundToNearest};
});
const Registry<Quantizer>::Adds kAddsOptq(20, [] {
    return Quantizer{.name = "optq",
                     .title = "OPTQ (GPTQ)",
                     .layouts = {Layout::row},
                     .hasGrid = true,
                     .compensates = true,
                     .method = quantizeByOptq};
});

} // namespace
} // namespace vitrine::quant
