// ShiftAddLLM (You et al., NeurIPS 2024): binary codes by columns (its accuracy mode) or by blocks
// (its latency mode), the weights' error chosen by the codes, the outputs' by compensation.
#include "core/quant/binary_method.h"
#include "core/quant/incoherence.h"

namespace vitrine::quant
{
namespace
{

// Rotated back the weights are dense, so that there are no codes.
Result<QuantizedLayer> quantizeRotated(const QuantSettings& settings, const LayerTask& task)
{
    const Incoherence rotation(task.weights, *task.hessian, settings.seed);
    const Matrix weights = rotation.turnedWeights(task.weights);
    const Matrix hessian = rotation.turnedHessian(*task.hessian);
    VITRINE_TRY(QuantizedLayer layer,
                quantizeInBinaryCodes(settings, {weights, &hessian, task.progress},
                                      settings.compensate.value_or(true)));
    layer.codes.reset();
    layer.decoded = rotation.turnedBack(layer.decoded).cast<float>().cast<double>();
    return layer;
}

Result<QuantizedLayer> quantizeByShiftAdd(const QuantSettings& settings, const LayerTask& task)
{
    if (settings.incoherence)
        return quantizeRotated(settings, task);
    return quantizeInBinaryCodes(settings, task, settings.compensate.value_or(true));
}

const Registry<Quantizer>::Adds kAddsShiftAdd(40, [] {
    return Quantizer{.name = "shiftadd",
                     .title = "ShiftAddLLM",
                     .layouts = {Layout::block, Layout::column},
                     .mostBits = kMostCodes,
                     .compensates = true,
                     .method = quantizeByShiftAdd};
});

} // namespace
} // namespace vitrine::quant
