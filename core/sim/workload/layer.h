#pragma once

#include "core/base/result.h"
#include "core/model/network/network.h"

#include <cstdint>
#include <string>
#include <vector>

namespace vitrine::sim
{

using model::LayerKind;

// The arithmetic a layer multiplies with. Costs per tap: multiply 1 multiplication and 1 addition,
// shift 1 shift and 1 addition, adder (-|x - w|, AdderNet) 2 additions, mask (a binary operand
// selects what is accumulated) 1 addition.
enum class Primitive { multiply, shift, adder, mask };

// A layer as an accelerator sees it: its shape, the word widths and what survives pruning.
struct Layer {
    model::LayerShape shape;
    Primitive primitive = Primitive::multiply;
    int bitsIn = 8, bitsWeight = 8,
        bitsOut = 8;          // bitsWeight: of the second operand where both are activations
    double densityWeight = 1; // share of the weights that is not zero, 0 < density <= 1
    bool isTaylor = false;    // a product of ViTALiTy's attention (model/network/attention_form.h)
    // On-chip chains of a codec: layers in a row with the same unit > 0 always stay on chip between
    // them (a window attention block), those with the same chain > 0 may.
    int unit = 0, chain = 0;
    bool fromOutside = false,
         toOutside = false; // reads, or writes, what no layer of the frame makes, or reads
};

// What an accelerator is asked to do: one picture or frame, layers in execution order.
struct Workload {
    std::string name;  // "deit-tiny", "ctvc-ref@1080p", a file's name
    std::string title; // for people
    std::vector<Layer> layers;

    std::int64_t macs() const;
};

// Limits that make every count of this room fit 64 bits: sizes 1 .. 2^31 - 1 (k may be 0 where
// there is no product), at most 2^50 multiply-accumulates and elements per layer. Kinds
// that are in no table of layers are refused. The message names the layer.
inline constexpr std::int64_t kLargestSize = (std::int64_t{1} << 31) - 1;
inline constexpr std::int64_t kLargestCount = std::int64_t{1} << 50;
Result<void> check(const Workload& workload);

// Bytes of `count` words of `bits`.
inline std::int64_t bytesOf(std::int64_t count, int bits)
{
    return (count * bits + 7) / 8;
}

constexpr std::int64_t ceilDivide(std::int64_t a, std::int64_t b)
{
    return (a + b - 1) / b;
}

// 8-bit layers from a network's table.
Workload workloadOf(const model::Network& network);
// Same layers with other word widths.
Workload withBits(Workload workload, int weightBits, int activationBits);

} // namespace vitrine::sim
