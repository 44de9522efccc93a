#include "core/quant/vision/vit_codes.h"

#include "core/base/in_file.h"
#include "core/model/vision/folded_weights.h"
#include "core/quant/vision/gelu_codes.h"
#include "core/quant/vision/learned_rounding.h"
#include "core/quant/vision/log_int_softmax.h"
#include "core/quant/vision/vit_grids.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace vitrine::quant
{
namespace
{

using model::LayerKind;
using model::NetworkLayer;

constexpr int kNormMultiplierBits = 16; // the paper's 8 cost accuracy [D]
constexpr double kMostSum = 2147483647; // sums of the integer path are 32 bits wide
constexpr double kVitGridsShare = 0.1;  // of the progress, where rounding is learned after it

// One network on its way into codes.
class VitCoder
{
public:
    VitCoder(const VitScheme& scheme, const VisionQuantTask& task, const CalibrationPasses& passes)
        : scheme_(scheme), task_(task), passes_(passes), network_(passes.network())
    {
    }

    Result<CodedVision> code()
    {
        VisionQuantTask choosing = task_;
        choosing.progress = part(0, scheme_.learnsRounding ? kVitGridsShare : 1);
        VITRINE_TRY(chosen_, chooseVitGrids(scheme_, choosing, passes_));
        coded_.checkpoint = task_.checkpoint;
        coded_.input = chosen_.picture;
        coded_.layers.resize(network_.layers.size());
        codes_.resize(network_.layers.size());
        for (std::size_t i = 0; i < network_.layers.size(); ++i) {
            coded_.layers[i].output = chosen_.outputs[i];
            if (isVitProduct(network_.layers[i].shape.kind))
                codes_[i] = weightCodes(chosen_.weights[i].values, chosen_.weights[i].scales,
                                        Rounding::halfUp);
        }
        for (std::size_t i = 0; i < network_.layers.size(); ++i)
            VITRINE_CHECK(codeLayer(i));
        if (scheme_.learnsRounding)
            VITRINE_CHECK(learnRounding());
        return std::move(coded_);
    }

private:
    std::function<bool(double)> part(double from, double to) const
    {
        if (!task_.progress)
            return {};
        return [=, this](double share) { return task_.progress(from + (to - from) * share); };
    }
    const CodeGrid& inputGrid(std::size_t layer, std::size_t operand = 0) const
    {
        const NetworkLayer& described = network_.layers[layer];
        return described.inputs.empty() ? coded_.input
                                        : coded_.layers[described.inputs[operand]].output;
    }
    Rescale rescaleTo(double factor) const;
    CodedSum sumOf(const CodeGrid& a, const CodeGrid& b, const CodeGrid& to,
                   std::size_t channels) const;
    Result<void> codeLayer(std::size_t layer);
    Result<CodedProduct> productOf(std::size_t layer);
    Result<CodedTokens> codedTokens(std::size_t layer);
    Result<CodedNorm> normOf(std::size_t layer);
    WeightsToRound weightsToRound(std::size_t layer) const;
    Result<void> learnRounding();

    const VitScheme& scheme_;
    const VisionQuantTask& task_;
    const CalibrationPasses& passes_;
    const model::Network& network_;
    VitGrids chosen_;
    std::vector<std::vector<std::int32_t>> codes_; // of the weights of each layer
    CodedVision coded_;
};

Rescale VitCoder::rescaleTo(double factor) const
{
    Rescale by{factor, {}};
    if (scheme_.isWhole)
        by.whole = isPowerOfTwo(factor) ? shiftRequantizer(factor) : multiplyRequantizer(factor);
    return by;
}

CodedSum VitCoder::sumOf(const CodeGrid& a, const CodeGrid& b, const CodeGrid& to,
                         std::size_t channels) const
{
    CodedSum sum;
    if (!scheme_.isWhole)
        return sum;
    // All scales are powers of two: what the least of them needs behind the point is the shift.
    const auto exponent = [](double scale) { return std::ilogb(scale); };
    for (std::size_t c = 0; c < channels; ++c)
        for (const CodeGrid* from : {&a, &b})
            sum.shift = std::max(sum.shift, exponent(to.scaleOf(c)) - exponent(from->scaleOf(c)));
    for (std::size_t c = 0; c < channels; ++c) {
        const auto by = [&](const CodeGrid& from) {
            return std::int64_t{1}
                   << (sum.shift + exponent(from.scaleOf(c)) - exponent(to.scaleOf(c)));
        };
        sum.firstBy.push_back(by(a));
        sum.secondBy.push_back(by(b));
    }
    return sum;
}

Result<CodedProduct> VitCoder::productOf(std::size_t layer)
{
    const VitWeights& from = chosen_.weights[layer];
    const auto activation = model::activationBehind(network_, layer);
    CodedProduct product;
    product.bits = task_.settings.weightBitsOf(network_.layers[layer]);
    product.weightScales = from.scales.scales;
    product.weights.assign(codes_[layer].begin(), codes_[layer].end());
    const CodeGrid &input = inputGrid(layer),
                   &output = coded_.layers[activation.value_or(layer)].output;
    if (activation) {
        product.after = network_.layers[*activation].function;
        if (scheme_.isWhole) {
            product.before = coded_.layers[layer].output;
            product.table = geluTable(*product.before, output);
        }
    }
    const CodeGrid& first = product.before ? *product.before : output;
    for (std::size_t o = 0; o < from.bias.size(); ++o) {
        const double unit = input.scale * from.scales.of(o),
                     bias = static_cast<double>(from.bias[o]) / unit;
        product.bias.push_back(scheme_.isWhole ? rounded(bias, Rounding::halfUp) : bias);
        if (std::abs(bias) > kMostSum / 2)
            return inputError("{}: the bias of output {} is {} units of the products, more than "
                              "sums of 32 bits hold",
                              network_.layers[layer].shape.name, o, bias);
        product.rescales.push_back(rescaleTo(unit / first.scaleOf(o)));
    }
    return product;
}

Result<CodedTokens> VitCoder::codedTokens(std::size_t layer)
{
    CodedTokens work;
    const auto codes = [](std::span<const float> values, const CodeGrid& grid) {
        std::vector<std::int8_t> all;
        for (const float value : values)
            all.push_back(
                static_cast<std::int8_t>(grid.code(static_cast<double>(value), Rounding::halfUp)));
        return all;
    };
    work.positionGrid = chosen_.placed;
    work.positions = codes(chosen_.positions, work.positionGrid);
    work.first = codes(chosen_.firstTokens, inputGrid(layer));
    work.sum = sumOf(inputGrid(layer), work.positionGrid, coded_.layers[layer].output,
                     static_cast<std::size_t>(network_.layers[layer].shape.n));
    return work;
}

Result<CodedNorm> VitCoder::normOf(std::size_t layer)
{
    const NetworkLayer& described = network_.layers[layer];
    CodedNorm work;
    VITRINE_TRY(work.weight,
                model::finiteTensor(described.shape.name + ".weight", *task_.checkpoint));
    VITRINE_TRY(work.bias, model::finiteTensor(described.shape.name + ".bias", *task_.checkpoint));
    for (std::size_t c = 0; c < chosen_.smoothing[layer].size(); ++c) {
        work.weight[c] = static_cast<float>(work.weight[c] * chosen_.smoothing[layer][c]);
        work.bias[c] = static_cast<float>(work.bias[c] * chosen_.smoothing[layer][c]);
    }
    work.factors = chosen_.smoothing[layer];
    work.epsilon = static_cast<double>(described.epsilon);
    if (!scheme_.isWhole)
        return work;
    const CodeGrid &from = inputGrid(layer), &to = coded_.layers[layer].output;
    const IntegerLayerNormOptions options{.multiplierBits = kNormMultiplierBits};
    VITRINE_CHECK(inFile(described.shape.name,
                         IntegerLayerNorm::check(from, to, work.weight, work.bias, options)));
    work.whole.emplace(from, to, work.weight, work.bias, options);
    return work;
}

Result<void> VitCoder::codeLayer(std::size_t i)
{
    const NetworkLayer& layer = network_.layers[i];
    CodedLayer& coded = coded_.layers[i];
    switch (layer.shape.kind) {
    case LayerKind::conv:
    case LayerKind::linear: {
        VITRINE_TRY(coded.work, productOf(i));
        return {};
    }
    case LayerKind::tokens: {
        VITRINE_TRY(coded.work, codedTokens(i));
        return {};
    }
    case LayerKind::norm: {
        VITRINE_TRY(coded.work, normOf(i));
        return {};
    }
    case LayerKind::scores: {
        const double scale = inputGrid(i).scale;
        coded.work = CodedScores{rescaleTo(
            scale * scale / std::sqrt(static_cast<double>(layer.shape.k)) / coded.output.scale)};
        return {};
    }
    case LayerKind::softmax: {
        const SoftmaxForm form = !scheme_.logSoftmax ? SoftmaxForm::uniform
                                 : scheme_.isWhole   ? SoftmaxForm::whole
                                                     : SoftmaxForm::log2;
        const int bits =
            scheme_.logSoftmax ? kLogSoftmaxBits : activationBits(network_, i, task_.settings);
        if (form == SoftmaxForm::whole)
            VITRINE_CHECK(inFile(layer.shape.name, LogIntSoftmax::check(inputGrid(i).scale, bits)));
        coded.work = CodedSoftmax{form, bits};
        coded.output = {.bits = bits,
                        .isSigned = false,
                        .scale = std::ldexp(1.0, -bits)}; // weights lie in 0 .. 1
        return {};
    }
    case LayerKind::values: {
        const auto& softmax = std::get<CodedSoftmax>(coded_.layers[layer.inputs[0]].work);
        const double weightUnit = softmax.form == SoftmaxForm::uniform
                                      ? inputGrid(i).scale
                                      : std::ldexp(1.0, -kSoftmaxFraction);
        coded.work =
            CodedValues{softmax.form, softmax.bits,
                        rescaleTo(weightUnit * inputGrid(i, 1).scale / coded.output.scale)};
        return {};
    }
    case LayerKind::add:
        coded.work = sumOf(inputGrid(i, 0), inputGrid(i, 1), coded.output,
                           static_cast<std::size_t>(layer.shape.n));
        return {};
    case LayerKind::select:
        coded.output = inputGrid(i);
        coded.work = CodedSelect{};
        return {};
    default: // an activation, done by its product
        return {};
    }
}

WeightsToRound VitCoder::weightsToRound(std::size_t layer) const
{
    const VitWeights& from = chosen_.weights[layer];
    WeightsToRound weights{from.values, {}, from.bias};
    for (std::size_t o = 0; o < from.bias.size(); ++o)
        weights.grids.push_back(
            {.bits = from.scales.bits, .isSigned = true, .scale = from.scales.of(o)});
    return weights;
}

Result<void> VitCoder::learnRounding()
{
    const RoundingWork work{
        .weights = [&](std::size_t layer) { return weightsToRound(layer); },
        .take = [&](std::size_t layer, const std::vector<std::int32_t>& codes) -> Result<void> {
            codes_[layer] = codes;
            VITRINE_TRY(coded_.layers[layer].work, productOf(layer));
            return {};
        }};
    const AdaRoundSettings settings = adaRoundIn(task_.settings.roundingSteps);
    VITRINE_TRY(const auto rounded,
                quant::learnRounding(coded_, passes_, work, settings, part(kVitGridsShare, 1)));
    coded_.notes.push_back(roundingWords(rounded, settings));
    return {};
}

} // namespace

Result<CodedVision> codeVit(const VitScheme& scheme, const VisionQuantTask& task)
{
    VITRINE_CHECK(checkIsVit(task.checkpoint->network()));
    VITRINE_TRY(const auto passes, CalibrationPasses::open(task.checkpoint, task.pictures));
    return VitCoder(scheme, task, passes).code();
}

} // namespace vitrine::quant
