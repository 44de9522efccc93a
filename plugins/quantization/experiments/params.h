#pragma once

#include "core/jobs/experiment/params.h"
#include "core/quant/quantizer.h"

#include <optional>
#include <string_view>
#include <vector>

// How a language model is quantized, as parameters.
namespace vitrine::quantization_plugin
{

// "3", or "budget:2.5": bits of every layer, or a mean over all weights that layers of 2, 3 and 4
// bits share as it does least harm.
struct BitsWish {
    int uniform = 3;
    std::optional<double> budget;
};
Result<BitsWish> parseBits(std::string_view text);

// method, layout, bits, group, ... as far as the chosen method has them.
std::vector<ParamSpec> methodParams(const Params& chosen);

// What the parameters ask for; `bits` is that of uniform layers. Argument error for what the
// method does not do.
struct MethodWish {
    quant::Quantizer quantizer;
    quant::QuantSettings settings;
    BitsWish bits;
    std::string costs; // of a budget: "divergence", "measured" or "importance"
};
Result<MethodWish> readMethod(const Params& params);

// Whether `out` names a GGUF file rather than a folder; and argument error where it does and what
// the chosen method makes cannot be said in one.
bool isGguf(const Params& params);
Result<void> checkOutText(const Params& chosen, const std::string& out);

// "ShiftAddLLM, columns, 3 bits": what a legend and a title call it.
std::string methodName(const Params& params);

} // namespace vitrine::quantization_plugin
