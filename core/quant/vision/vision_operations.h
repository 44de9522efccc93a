#pragma once

#include "core/base/parameter.h"
#include "core/quant/vision/vision_codes.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

// What one picture costs: operations by kind, counted from the shapes of the layers and the form of
// their numbers. An estimate of arithmetic and of reading the weights once, no simulation: buffers
// and registers are those of an accelerator (core/sim).
namespace vitrine::quant
{

enum class Operation {
    realMultiply, // 32-bit floating point
    realAdd,
    realDivide,
    realFunction, // exp, erf, square root
    wideMultiply, // 32-bit whole numbers
    wideDivide,   // the same
    wholeAdd,     // the same
    shift,
    lookUp, // in a table of 256 codes
};
std::string_view operationName(Operation operation); // "multiply, 32-bit floating point"

using OperationCounts = std::map<Operation, double>;

// Bits of the factors of a product of codes: the activation's, and the weight's or the other
// activation's.
struct CodeWidths {
    int first = 8, second = 8;

    auto operator<=>(const CodeWidths&) const = default;
};
std::string productName(CodeWidths widths); // "multiply codes, 8 x 4 bits"

// Picojoules. 45 nm; Horowitz' table [M] where it has one, ours [D] for the rest.
// A product of codes costs what its widths multiplied do, 8 x 8 bits being `codeMultiply` [D]: a
// multiplier adds up as many partial products. The simulators of accelerators assume the same.
struct OperationEnergies {
    double realMultiply = 3.7, realAdd = 0.9, realDivide = 15, realFunction = 20;
    double codeMultiply = 0.2, wideMultiply = 3.1, wideDivide = 12.4, wholeAdd = 0.1, shift = 0.03,
           lookUp = 0.37;
    double dramPerByte = 162.5; // 1300 pJ for 64 bits
    bool countTraffic = true;   // the weights, read once for each picture

    double of(Operation operation) const;
    double of(CodeWidths product) const;
};
std::vector<evidence::Field<OperationEnergies>> operationEnergyFields();

struct LayerOperations {
    OperationCounts counts;
    std::map<CodeWidths, double> codeProducts; // multiplications of codes: none in `counts`
    double weightBytes = 0;                    // codes and scales, or dense numbers of 4 bytes

    double picojoules(const OperationEnergies& energies) const;
};
// Of the network as it is, in single precision, layer by layer.
std::vector<LayerOperations> operationsOf(const model::Network& network);
// Of the same in codes.
std::vector<LayerOperations> operationsOf(const CodedVision& coded);

LayerOperations totalOf(const std::vector<LayerOperations>& layers);

} // namespace vitrine::quant
