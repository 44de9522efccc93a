#include "core/quant/vision/vit_codes.h"

#include "core/base/in_file.h"
#include "core/model/vision/folded_weights.h"
#include "core/quant/vision/calibration_passes.h"
#include "core/quant/vision/channel_factors.h"
#include "core/quant/vision/gelu_codes.h"
#include "core/quant/vision/grid_losses.h"
#include "core/quant/vision/log_int_softmax.h"
#include "core/quant/vision/smoothing.h"
#include "core/quant/vision/vit_places.h"
#include "core/quant/vision/weight_scale.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace vitrine::quant
{
namespace
{

using model::LayerKind;
using model::NetworkLayer;

constexpr int kTensorBits = 8; // of residuals, norms and embeddings, whatever the activations have
constexpr int kNormMultiplierBits = 16; // the paper's 8 cost accuracy [D]
constexpr double kMostSum = 2147483647; // sums of the integer path are 32 bits wide

bool isProduct(LayerKind kind)
{
    return kind == LayerKind::conv || kind == LayerKind::linear;
}

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
        VITRINE_CHECK(readWeights());
        VITRINE_TRY(seen_, seeNetwork(passes_, part(0)));
        smooth();
        chooseWeights();
        coded_.checkpoint = task_.checkpoint;
        coded_.layers.resize(network_.layers.size());
        VITRINE_CHECK(chooseGrids());
        for (std::size_t i = 0; i < network_.layers.size(); ++i)
            VITRINE_CHECK(codeLayer(i));
        return std::move(coded_);
    }

private:
    struct Weights {
        Matrix values; // [outputs, inputs], smoothing multiplied in
        std::vector<float> bias;
        WeightChoice scales;
    };

    // The share of the whole work that pass `pass` of two is.
    std::function<bool(double)> part(int pass) const
    {
        if (!task_.progress)
            return {};
        return [this, pass](double share) { return task_.progress((pass + share) / 2); };
    }
    int weightBits(std::size_t layer) const
    {
        const auto own = task_.settings.layerBits.find(network_.layers[layer].shape.name);
        return own == task_.settings.layerBits.end() ? task_.settings.weightBits : own->second;
    }
    int activationBits(std::size_t layer) const
    {
        return isResidual(network_, layer) ? kTensorBits : task_.settings.activationBits;
    }
    Result<void> readWeights();
    void smooth();
    void chooseWeights();
    Result<void> chooseGrids();
    Range rangeOfLayer(std::size_t layer) const; // smoothed
    void codePictures();
    CodeGrid chosenGrid(const CodeGrid& raw, const GridLosses* losses) const;
    std::vector<float> smoothed(std::size_t layer, std::span<const float> values) const;
    Matrix smoothedSquare(std::size_t layer) const; // of what a product reads

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

    const VitScheme& scheme_;
    const VisionQuantTask& task_;
    const CalibrationPasses& passes_;
    const model::Network& network_;
    SeenNetwork seen_;
    std::vector<Weights> weights_;               // of each layer
    std::vector<float> firstTokens_, positions_; // as the checkpoint has them
    std::vector<std::vector<double>> smoothing_; // what a norm's output is multiplied by; empty: 1
    CodedVision coded_;
};

Result<void> VitCoder::readWeights()
{
    weights_.resize(network_.layers.size());
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
        const NetworkLayer& layer = network_.layers[i];
        if (layer.shape.kind == LayerKind::tokens)
            for (const model::NetworkTensor& tensor : layer.tensors) {
                VITRINE_TRY(const auto values, model::finiteTensor(tensor.name, *task_.checkpoint));
                auto& to = tensor.name == "pos_embed" ? positions_ : firstTokens_;
                to.insert(to.end(), values.begin(), values.end());
            }
        if (!isProduct(layer.shape.kind))
            continue;
        VITRINE_TRY(auto folded, model::foldedWeights(layer, *task_.checkpoint));
        weights_[i].values =
            Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
                folded.weights.data(), layer.shape.n, layer.shape.k)
                .cast<double>();
        weights_[i].bias = std::move(folded.bias);
        weights_[i].bias.resize(static_cast<std::size_t>(layer.shape.n));
    }
    return {};
}

void VitCoder::smooth()
{
    smoothing_.resize(network_.layers.size());
    for (std::size_t i = 0; scheme_.smoothing && i < network_.layers.size(); ++i) {
        const auto reader = smoothedReader(network_, i);
        if (!reader)
            continue;
        Matrix& weights = weights_[*reader].values;
        smoothing_[i] = smoothColumns(
            weights, smoothingExponents(seen_.layers[i].channelMost, columnMaxima(weights),
                                        smoothingAlpha(network_, *reader)));
    }
}

void VitCoder::chooseWeights()
{
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
        if (!isProduct(network_.layers[i].shape.kind))
            continue;
        const Matrix square = smoothedSquare(i);
        weights_[i].scales = chooseWeightScales(
            weights_[i].values, lossesFromMeanSquare(square),
            {.bits = weightBits(i),
             .isPerOutput = scheme_.fewBitsPerOutput && weightBits(i) < kTensorBits,
             .power = scheme_.power,
             .rounding = Rounding::halfUp});
    }
}

Matrix VitCoder::smoothedSquare(std::size_t layer) const
{
    Matrix square = seen_.layers[layer].meanSquare;
    if (network_.layers[layer].inputs.empty() ||
        smoothing_[network_.layers[layer].inputs[0]].empty())
        return square;
    const std::vector<double>& by = smoothing_[network_.layers[layer].inputs[0]];
    const Eigen::Map<const Eigen::VectorXd> factors(by.data(),
                                                    static_cast<Eigen::Index>(by.size()));
    return factors.asDiagonal() * square * factors.asDiagonal();
}

std::vector<float> VitCoder::smoothed(std::size_t layer, std::span<const float> values) const
{
    std::vector<float> result(values.begin(), values.end());
    const std::vector<double>& by = smoothing_[layer];
    for (std::size_t i = 0; !by.empty() && i < result.size(); ++i)
        result[i] = static_cast<float>(static_cast<double>(result[i]) * by[i % by.size()]);
    return result;
}

CodeGrid VitCoder::chosenGrid(const CodeGrid& raw, const GridLosses* losses) const
{
    CodeGrid grid = raw;
    grid.scale =
        choosePower(raw.scale, scheme_.power, {}, losses ? losses->means() : std::vector<double>())
            .scale;
    return grid;
}

Range VitCoder::rangeOfLayer(std::size_t layer) const
{
    ValueRange seen = seen_.layers[layer].range;
    if (network_.layers[layer].inputs.empty()) // class tokens stand beside the patches
        seen.include(firstTokens_);
    if (smoothing_[layer].empty())
        return {seen.low, seen.high};
    double most = 0;
    for (std::size_t c = 0; c < smoothing_[layer].size(); ++c)
        most = std::max(most, seen_.layers[layer].channelMost[c] * smoothing_[layer][c]);
    return {-most, most};
}

Result<void> VitCoder::chooseGrids()
{
    const bool isAdaptive = scheme_.power == PowerRounding::adaptive;
    const std::size_t count = network_.layers.size();
    std::vector<CodeGrid> raw(count);
    std::vector<std::optional<GridLosses>> losses(count);
    std::vector<std::optional<ChannelFactorSearch>> factors(count);
    for (std::size_t i = 0; i < count; ++i) {
        if (network_.layers[i].shape.kind == LayerKind::softmax)
            continue;
        raw[i] = symmetricGrid(rangeOfLayer(i), activationBits(i));
        if (scheme_.channelFactors && isResidual(network_, i))
            factors[i].emplace(
                static_cast<std::size_t>(network_.layers[i].shape.n), raw[i],
                ChannelFactorSettings{.isGlobalPowerOfTwo = scheme_.power != PowerRounding::none,
                                      .rounding = Rounding::halfUp});
        else if (isAdaptive)
            losses[i].emplace(candidateGrids(raw[i]), Rounding::halfUp);
    }
    if (losses.front())
        losses.front()->add(std::span<const float>(firstTokens_));
    const auto isOpen = [](const auto& one) { return one.has_value(); };
    if (std::ranges::any_of(losses, isOpen) || std::ranges::any_of(factors, isOpen))
        VITRINE_CHECK(passes_.run(
            [&](const model::LayerOutput& output) {
                if (losses[output.layer])
                    losses[output.layer]->add(
                        std::span<const float>(smoothed(output.layer, output.values)));
                if (factors[output.layer])
                    factors[output.layer]->add(output.values);
            },
            part(1)));
    codePictures();
    for (std::size_t i = 0; i < count; ++i) {
        if (network_.layers[i].shape.kind == LayerKind::softmax)
            continue; // its weights lie in 0 .. 1
        coded_.layers[i].output = factors[i]
                                      ? factors[i]->choose().grid
                                      : chosenGrid(raw[i], losses[i] ? &*losses[i] : nullptr);
    }
    return {};
}

void VitCoder::codePictures()
{
    const CodeGrid raw = symmetricGrid({seen_.picture.low, seen_.picture.high}, kTensorBits);
    GridLosses losses(candidateGrids(raw), Rounding::halfUp);
    for (const std::vector<float>& picture : passes_.pictures())
        losses.add(std::span<const float>(picture));
    coded_.input = chosenGrid(raw, &losses);
}

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
    const Weights& from = weights_[layer];
    const auto activation = model::activationBehind(network_, layer);
    CodedProduct product;
    product.bits = weightBits(layer);
    product.weightScales = from.scales.scales.scales;
    for (const std::int32_t code : weightCodes(from.values, from.scales.scales, Rounding::halfUp))
        product.weights.push_back(static_cast<std::int8_t>(code));
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
        const double unit = input.scale * from.scales.scales.of(o),
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
    const ValueRange range = rangeOf(positions_);
    const CodeGrid raw = symmetricGrid({range.low, range.high}, kTensorBits);
    GridLosses losses(candidateGrids(raw), Rounding::halfUp);
    losses.add(std::span<const float>(positions_));
    work.positionGrid = chosenGrid(raw, &losses);
    work.positions = codes(positions_, work.positionGrid);
    work.first = codes(firstTokens_, inputGrid(layer));
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
    for (std::size_t c = 0; c < smoothing_[layer].size(); ++c) {
        work.weight[c] = static_cast<float>(work.weight[c] * smoothing_[layer][c]);
        work.bias[c] = static_cast<float>(work.bias[c] * smoothing_[layer][c]);
    }
    work.factors = smoothing_[layer];
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
        const int bits = scheme_.logSoftmax ? kLogSoftmaxBits : activationBits(i);
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

} // namespace

Result<CodedVision> codeVit(const VitScheme& scheme, const VisionQuantTask& task)
{
    VITRINE_CHECK(checkIsVit(task.checkpoint->network()));
    VITRINE_TRY(const auto passes, CalibrationPasses::open(task.checkpoint, task.pictures));
    return VitCoder(scheme, task, passes).code();
}

} // namespace vitrine::quant
