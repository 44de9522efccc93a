#pragma once

#include "core/base/registry.h"
#include "core/base/result.h"
#include "core/quant/matrix.h"
#include "core/tensor/kernels/binary_codes.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::quant
{

// Which weights share scales (ShiftAddLLM, section 4).
enum class Layout {
    row,    // of one output, `group` inputs
    column, // of one input, `group` outputs
    block   // of 8 inputs and group / 8 outputs; `group` 0: an eighth of the outputs
};
std::string_view layoutName(Layout layout); // "row"

// What a quantizer does not know is refused, never ignored, but for the numbers that mean nothing
// to it: rounds, damping, seed.
struct QuantSettings {
    Layout layout = Layout::row;
    int bits = 3;
    std::int64_t group = 0; // weights that share scales; 0: all of a row or column
    int terms = 0;          // of binary codes: powers of two in a scale, 1 .. 4; 0: half precision
    int rounds = 15;        // of binary codes: alternating fits of scales and codes
    int restarts = 0;       // further fits from scales drawn from the seed
    bool symmetric = true;  // of grids: no zero point
    std::optional<bool> compensate = {}; // as the quantizer's kind is, where nothing is said
    bool ordering = false;               // inputs with large activations first; needs compensation
    double damping = 0.01;               // of the Hessian's mean diagonal
    bool incoherence = false;            // rotated by random matrices before and back after
    std::uint64_t seed = 0;
};

// One linear layer. The Hessian, if there is one, is that of HessianSum, without damping. Progress
// is told on the calling thread and ends the work where it answers false.
struct LayerTask {
    const Matrix& weights;
    const Matrix* hessian = nullptr;
    std::function<bool(double share)> progress = {};
};

struct QuantizedLayer {
    // Nothing where the result is no codes (incoherence: rotated back it is dense).
    std::optional<kernels::BinaryCodes> codes;
    Matrix decoded; // what the codes decode to, exactly; single-precision numbers
    // Mean squared error of the fits' greedy start and after each of their rounds, of binary codes;
    // with compensation that of the weights as they were when they were fitted. Of a rotated layer
    // these and `loss` are those of the rotated weights.
    std::vector<double> roundErrors;
    double weightError = 0;            // mean of (w - decoded)^2
    std::optional<double> outputError; // tr(D H D^T) / tr(W H W^T), D = W - decoded; with a Hessian
    std::optional<double> loss;        // of the compensated update: tr(D H D^T) with damped H
};

struct Quantizer {
    std::string name, title; // "optq", "OPTQ (GPTQ)"
    std::vector<Layout> layouts;
    int mostBits = 8;
    bool hasGrid = false;     // steps and, unless symmetric, zero points; else binary codes
    bool compensates = false; // errors, by the Hessian, unless told not to
    // Settings and task are checked.
    Result<QuantizedLayer> (*method)(const QuantSettings&, const LayerTask&) = nullptr;
};

// rtn, optq, bcq, shiftadd.
std::vector<Quantizer> quantizers();
Result<Quantizer> findQuantizer(std::string_view name);

bool usesCompensation(const Quantizer& quantizer, const QuantSettings& settings);
bool needsHessian(const Quantizer& quantizer, const QuantSettings& settings);
// Argument error that names what this quantizer does not do.
Result<void> checkSettings(const Quantizer& quantizer, const QuantSettings& settings);

// Argument error for settings, input error for weights or a Hessian that cannot be quantized.
Result<QuantizedLayer> quantize(const Quantizer& quantizer, const QuantSettings& settings,
                                const LayerTask& task);

} // namespace vitrine::quant
