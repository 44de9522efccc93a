#pragma once

#include "core/model/vision/vision_checkpoint.h"
#include "core/quant/vision/code_grid.h"
#include "core/quant/vision/hard_swish.h"
#include "core/quant/vision/integer_layer_norm.h"
#include "core/quant/vision/requantizer.h"
#include "core/quant/vision/whole_attention.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// A vision transformer in codes: what a method of quantization decides, and all that a pass needs.
// Two passes run it, simulated_vision.h in double precision and integer_vision.h in whole numbers.
namespace vitrine::quant
{

// How a sum in units of some scale becomes a code: times `factor`, rounded. Where `whole` is set
// the multiplication is done with it, in whole numbers; else it is one of floating point.
struct Rescale {
    double factor = 1;
    std::optional<Requantizer> whole;
};

// A convolution or a linear layer. Sums are in units of input scale times weight scale.
struct CodedProduct {
    int bits = 8;                     // of the weights
    std::vector<std::int8_t> weights; // as the checkpoint has them: [outputs, ...]
    std::vector<double> weightScales; // one, or one for each output
    std::vector<double> bias;         // of each output; whole numbers where the rescales are
    std::vector<Rescale> rescales;    // of each output
    model::Function after = model::Function::none;
    // Grid of what the activation `after` reads; nothing: it reads a floating-point number.
    std::optional<CodeGrid> before;
    // The activation from code to code, the lowest code of `before` first; where `before` is set
    // and has 8 bits.
    std::vector<std::int8_t> table;
    // Hardswish in whole numbers; then `before` has 16 bits.
    std::optional<HardSwishUnit> hardSwish;
    // Each output channel stands less its centre (filter-wise shifting) and divided by its factor
    // (channel-wise migration). Empty: 0 and 1. The unit has them in it.
    std::vector<double> centres, factors;
};

// Two codes for each result: first * firstBy[channel] + second * secondBy[channel], shifted to the
// right by `shift` with half-way up. Floating point (no multipliers): the sum of what both stand
// for.
struct CodedSum {
    std::vector<std::int64_t> firstBy, secondBy; // one for each channel
    int shift = 0;
};

// Class tokens before the patches, and the position embeddings added to both.
struct CodedTokens {
    std::vector<std::int8_t> first;     // [tokens before the patches * width], on the input's grid
    std::vector<std::int8_t> positions; // [placed rows, width], on a grid of their own
    CodeGrid positionGrid;
    CodedSum sum; // of a token and its position
};

struct CodedNorm {
    std::vector<float> weight, bias; // of the float form; `factors` are multiplied in
    std::vector<double> factors;     // of smoothing, one for each channel; empty: 1
    double epsilon = 0;
    std::optional<IntegerLayerNorm> whole;
};

// Q K^T / sqrt(d): rescaled with the 1 / sqrt(d) in it.
struct CodedScores {
    Rescale rescale;
};

enum class SoftmaxForm {
    uniform, // exp in floating point, weights on a grid of equal steps
    log2,    // exp in floating point, weights as powers of two
    whole,   // Log-Int-Softmax: exp in whole numbers, weights as powers of two
};
// Bits behind the point of sums of values with weights that are powers of two.
inline constexpr int kSoftmaxFraction = 15;

struct CodedSoftmax {
    SoftmaxForm form = SoftmaxForm::uniform;
    int bits = 8; // of the weights: the grid's, or of the exponent
};

struct CodedValues {
    SoftmaxForm weights = SoftmaxForm::uniform; // what the first input holds
    int bits = 8;
    Rescale rescale; // log2: sums have 15 bits behind the point
};

struct CodedSelect { // the codes of the input, on its grid
};

// An activation that reads codes, from the lowest code of the input's grid on.
struct CodedTable {
    std::vector<std::int32_t> codes;
};

struct CodedPool { // the mean over pixels: of their sum
    Rescale rescale;
};

// The heads of EfficientViT's linear attention: the map as it is, then its aggregation beside it.
// Both halves have grids of their own.
struct CodedConcat {
};
enum class HeadPart { context, keySums, dividends, divisors, outputs };
using BothHalves = std::array<WholeHead, 2>;
struct CodedHeads {
    HeadPart part = HeadPart::context;
    std::shared_ptr<const BothHalves> halves; // nullptr: real numbers, all but the outputs
};

struct CodedLayer {
    CodeGrid output;
    std::variant<std::monostate, CodedProduct, CodedTokens, CodedSum, CodedNorm, CodedScores,
                 CodedSoftmax, CodedValues, CodedSelect, CodedTable, CodedPool, CodedConcat,
                 CodedHeads>
        work; // monostate: an activation that its product does
    // Of the second half of the heads: of columns, or of a context's and of key sums' rows.
    std::optional<CodeGrid> second = {};
};

struct CodedVision {
    std::shared_ptr<const model::VisionCheckpoint> checkpoint;
    CodeGrid input;                      // of the prepared picture
    std::vector<CodedLayer> layers;      // as the network's
    std::vector<std::string> notes = {}; // of the method: what was learned, in sentences

    const model::Network& network() const { return checkpoint->network(); }
};

// Whether a layer gives attention weights as powers of two.
inline bool isSoftmaxOfPowers(const CodedLayer& layer)
{
    const auto* softmax = std::get_if<CodedSoftmax>(&layer.work);
    return softmax && softmax->form != SoftmaxForm::uniform;
}

} // namespace vitrine::quant
