#pragma once

#include "core/base/parameter.h"
#include "core/tensor/kernels/binary_codes.h"

#include <cstdint>
#include <vector>

namespace vitrine::quant
{

// What one product of a linear layer with a vector costs, counted from the layer's sizes and the
// form of its weights: an estimate of arithmetic and of reading the weights, no simulation
// (ShiftAddLLM, section 8, without its search over tilings: buffers, registers and activations are
// not counted).
enum class WeightForm {
    dense,  // one multiplication and addition for each weight
    grid,   // the same, on whole numbers: each weight widened, steps applied to partial sums
    codes,  // look-ups of sums, scales multiply (LUT-GEMM)
    shifted // look-ups of sums, scales shift and add (ShiftAddLLM)
};

struct CostedLayer {
    std::int64_t outputs = 0, inputs = 0;
    WeightForm form = WeightForm::dense;
    int planes = 0, terms = 0; // of codes and shifted
    std::int64_t groupRows = 1, groupColumns = 1;
    double storedBits = 0; // codes and scales, or the dense numbers
};
CostedLayer costedLayer(const kernels::BinaryCodes& codes);
CostedLayer denseLayer(std::int64_t outputs, std::int64_t inputs, int bits);

// Where scales are applied.
enum class ScalePlace {
    results, // to what is looked up, as published: once for each plane, output and chunk of 8
             // inputs, or once for each group where that spans several chunks
    inputs   // to the inputs before they are summed up in tables: once for each plane, input and
             // group of rows, and a table for each of these
};

// Assumptions. Energies of 45 nm; words of 16 bits.
struct CostAssumptions {
    double multiplyPicojoule = 1.1, addPicojoule = 0.4, shiftPicojoule = 0.15,
           lookUpPicojoule = 0.37;
    double dramPicojoulePerWord = 200; // per 16 bits of weights
    bool countTraffic = true;          // reading weights from DRAM once for each token
    ScalePlace scalePlace = ScalePlace::results;
};
std::vector<evidence::Field<CostAssumptions>> costFields();

struct OperationCount {
    double multiplies = 0, adds = 0, shifts = 0, lookUps = 0;
    double weightBits = 0;

    OperationCount& operator+=(const OperationCount& other);
};
OperationCount operationsOf(const CostedLayer& layer, const CostAssumptions& assumptions);

struct EnergySplit {
    double multiplies = 0, adds = 0, shifts = 0, lookUps = 0, traffic = 0; // pJ

    double total() const { return multiplies + adds + shifts + lookUps + traffic; }
};
EnergySplit energyOf(const OperationCount& count, const CostAssumptions& assumptions);

} // namespace vitrine::quant
