#pragma once

#include "core/base/json_fwd.h"
#include "core/quant/quantizer.h"
#include "core/tensor/safetensors.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace vitrine::quant
{

// What became of one linear layer of a model.
struct LayerRecord {
    std::string name; // its tensor: "model.layers.0.mlp.up_proj.weight"
    int block = 0;
    std::int64_t outputs = 0, inputs = 0;
    int bits = 0;
    std::int64_t storedBits = 0;     // codes and scales; F32 numbers where it is not packed
    bool isPacked = true;            // false: dense numbers, an accuracy study
    double weightError = 0;          // mean of (w - decoded)^2
    double outputError = 0;          // share of the outputs' energy on the calibration text
    double outputEnergy = 0;         // tr(W H W^T)
    std::optional<double> loss;      // of the compensated update
    double importance = 0;           // ShiftAddLLM, section 6
    std::vector<double> roundErrors; // of the alternating fits
    double seconds = 0;              // measured

    double weights() const { return static_cast<double>(outputs) * static_cast<double>(inputs); }
    double bitsPerWeight() const { return static_cast<double>(storedBits) / weights(); }
};

// A quantized layer in a file of its own, mapped.
struct KeptLayer {
    LayerRecord record;
    Safetensors file;
    std::optional<kernels::BinaryCodes> codes; // else `dense`
    TensorView dense;                          // F32 [outputs, inputs]

    std::vector<float> numbers() const; // what it decodes to, row-major
};

// Nothing where the file does not hold this layer of that subject whole.
std::optional<KeptLayer> readKeptLayer(const std::filesystem::path& file, const std::string& name,
                                       const std::string& subject);
Result<void> writeKeptLayer(const std::filesystem::path& file, const LayerRecord& record,
                            const QuantizedLayer& layer, const std::string& subject);

} // namespace vitrine::quant
