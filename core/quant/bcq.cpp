// Binary codes without compensation: by rows as LUT-GEMM has them (Park et al., ICLR 2024), by
// columns and blocks as ShiftAddLLM's without its second objective.
#include "core/quant/binary_method.h"

namespace vitrine::quant
{
namespace
{

Result<QuantizedLayer> quantizeByBinaryCoding(const QuantSettings& settings, const LayerTask& task)
{
    return quantizeInBinaryCodes(settings, task, false);
}

const Registry<Quantizer>::Adds kAddsBinaryCoding(30, [] {
    return Quantizer{.name = "bcq",
                     .title = "Binary coding (BCQ)",
                     .layouts = {Layout::row, Layout::column, Layout::block},
                     .mostBits = kMostCodes,
                     .method = quantizeByBinaryCoding};
});

} // namespace
} // namespace vitrine::quant
