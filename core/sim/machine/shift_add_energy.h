#pragma once

#include "core/sim/cost/parameters.h"
#include "core/sim/machine/rs_tiling.h"
#include "core/sim/workload/layer.h"

#include <string>
#include <vector>

// The energy model of ShiftAddViT's released code (arXiv 2306.06446; 45 nm, 250 MHz, words of 32
// bits): each operator by itself on the row-stationary array of rs_tiling.h. What it saves by
// shifts and additions comes mostly from what it assumes about their words; so every assumption is
// a switch.
namespace vitrine::sim
{

struct ShiftAddAssumptions {
    double multiplyPicojoule = 3.7, addPicojoule = 0.9, shiftPicojoule = 0.13;
    // Words of shifting layers are (16 + 5) / 2 = 10 bits at every level, and take 10 / 32 of the
    // time; off: 32 bits and all of it.
    bool narrowShifts = true;
    // Operands of layers that only add cost nothing at DRAM, buffer and network of the array.
    bool addsStayOnChip = true;
    // As released: the addition that follows each multiplication or shift, biases and layers
    // without a product cost nothing. Off: an addition for each, and `countElementwise` has its
    // say.
    bool compatRelease = true;
    // Layers without a product (normalisation, activation, softmax, residual): an addition for each
    // element, which is read from the buffer and written to it.
    bool countElementwise = true;
};
std::vector<Field<ShiftAddAssumptions>> shiftAddFields();

// pJ by what it is for; `registers` with the partial sums that pass between elements.
struct LevelEnergy {
    double operations = 0, dram = 0, buffer = 0, network = 0, registers = 0;

    double total() const { return operations + dram + buffer + network + registers; }
    LevelEnergy& operator+=(const LevelEnergy& other);
};

// One operator: an RsLayer and the share of it that is computed so. An expert of a mixture has the
// share of its tokens: the whole layer is tiled, and energy and time are that share, so that moving
// tokens from one expert to the other is a straight line between both.
struct EnergyOperator {
    std::string name;
    RsLayer layer;
    Primitive primitive = Primitive::multiply;
    double share = 1;
    double biases = 0;      // additions, of the share
    double elementwise = 0; // elements of a layer without a product; then the rest does not count
};
struct OperatorEnergy {
    LevelEnergy energy;
    double seconds = 0;
};
// Argument error where no tiling fits, naming the operator, and for an adder layer, which the model
// does not know.
Result<OperatorEnergy> operatorEnergy(const EnergyOperator& one, const ShiftAddAssumptions& a);

struct EnergyReport {
    std::vector<OperatorEnergy> operators; // one for each given
    LevelEnergy multiply, shift, add, elementwise;
    double seconds = 0; // of all, one after the other

    double total() const
    {
        return multiply.total() + shift.total() + add.total() + elementwise.total();
    }
};
Result<EnergyReport> energyReport(const std::vector<EnergyOperator>& operators,
                                  const ShiftAddAssumptions& assumptions);

// Rows times a weight matrix: N = rows, C = inputs, M = outputs. Heads are folded into rows.
EnergyOperator rowsOperator(std::string name, std::int64_t rows, std::int64_t in, std::int64_t out,
                            Primitive primitive = Primitive::multiply, double share = 1);

// Of a workload: batched products fold their batch into the rows, a convolution is the product it
// lowers to (a depthwise one of equal sides: channels folded into N, as released), experts of a
// mixture NAME.mult and NAME.shift that follow each other have the shares of their rows.
std::vector<EnergyOperator> energyOperators(const Workload& workload);

} // namespace vitrine::sim
