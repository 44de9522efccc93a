#include "core/quant/vision/trio_codes.h"

#include "core/model/vision/folded_weights.h"
#include "core/quant/vision/calibration_passes.h"
#include "core/quant/vision/in_layer.h"
#include "core/quant/vision/migration.h"
#include "core/quant/vision/shifting.h"
#include "core/quant/vision/trio_grids.h"
#include "core/quant/vision/trio_places.h"

#include <algorithm>
#include <cmath>

namespace vitrine::quant
{
namespace
{

using model::LayerKind;
using model::NetworkLayer;

constexpr int kHeadNormBits = 16; // of the LayerNorm's multipliers
constexpr int kSumDigits = 20;    // binary, of the factors of residual sums
constexpr double kHeadroom = 2;   // of what Hardswish reads

bool hasWeights(const NetworkLayer& layer)
{
    switch (layer.shape.kind) {
    case LayerKind::conv:
    case LayerKind::depthwise:
    case LayerKind::grouped:
    case LayerKind::linear:
        return true;
    default:
        return false;
    }
}

class TrioCoder
{
public:
    TrioCoder(const TrioScheme& scheme, const VisionQuantTask& task,
              const CalibrationPasses& passes)
        : scheme_(scheme), task_(task), passes_(passes), network_(passes.network())
    {
    }

    Result<CodedVision> code()
    {
        const std::size_t count = network_.layers.size();
        coded_.checkpoint = task_.checkpoint;
        coded_.layers.resize(count);
        weights_.resize(count), biases_.resize(count);
        VITRINE_CHECK(readWeights());
        VITRINE_TRY(chosen_, chooseTrioGrids(scheme_, task_.settings.activationBits, passes_,
                                             task_.progress));
        takeGrids();
        VITRINE_CHECK(codeWeights());
        for (std::size_t i = 0; i < count; ++i)
            VITRINE_CHECK(inLayer(network_.layers[i].shape.name, codeLayer(i)));
        return std::move(coded_);
    }

private:
    struct FilterCodes {
        std::vector<std::int8_t> codes;
        std::vector<double> scales, decoded; // of each filter; of each weight
    };

    int weightBits(std::size_t layer) const
    {
        const auto own = task_.settings.layerBits.find(network_.layers[layer].shape.name);
        return own == task_.settings.layerBits.end() ? task_.settings.weightBits : own->second;
    }
    const CodeGrid& inputGrid(std::size_t layer, std::size_t operand = 0) const
    {
        const NetworkLayer& described = network_.layers[layer];
        return described.inputs.empty() ? coded_.input
                                        : coded_.layers[described.inputs[operand]].output;
    }
    // Where the input of a layer is made.
    std::size_t producerOf(std::size_t layer) const { return network_.layers[layer].inputs[0]; }

    Result<void> readWeights();
    void takeGrids();
    Result<void> codeWeights();

    Result<void> codeLayer(std::size_t layer);
    Result<Requantizer> requantizer(double factor) const;
    Result<CodedProduct> productOf(std::size_t layer);
    Result<CodedSum> sumOf(std::size_t layer) const;
    Result<CodedNorm> normOf(std::size_t layer) const;
    Result<CodedHeads> headsOf(std::size_t layer, HeadPart part);
    Result<WholeHead> wholeHeadOf(std::size_t context, std::size_t half) const;

    const TrioScheme& scheme_;
    const VisionQuantTask& task_;
    const CalibrationPasses& passes_;
    const model::Network& network_;
    std::vector<std::vector<float>> weights_, biases_; // of each layer; of filters, folded
    TrioGrids chosen_;
    std::vector<FilterCodes> filters_;
    std::shared_ptr<const BothHalves> halves_; // of the attention that is being coded
    CodedVision coded_;
};

Result<void> TrioCoder::readWeights()
{
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
        const NetworkLayer& layer = network_.layers[i];
        if (!hasWeights(layer))
            continue;
        VITRINE_TRY(auto folded, model::foldedWeights(layer, *task_.checkpoint));
        weights_[i] = std::move(folded.weights);
        biases_[i] = std::move(folded.bias);
        biases_[i].resize(static_cast<std::size_t>(layer.shape.batch * layer.shape.n));
    }
    return {};
}

// And the filters take in what migration divides by.
void TrioCoder::takeGrids()
{
    coded_.input = chosen_.picture;
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
        coded_.layers[i].output = chosen_.outputs[i];
        coded_.layers[i].second = chosen_.seconds[i];
        if (!chosen_.factors[i].empty())
            multiplyFilters(weights_[*migratedReader(network_, i)], chosen_.factors[i]);
    }
}

Result<void> TrioCoder::codeWeights()
{
    filters_.resize(network_.layers.size());
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
        if (weights_[i].empty())
            continue;
        const std::size_t count = biases_[i].size(), size = weights_[i].size() / count;
        std::vector<CodeGrid> grids;
        if (scheme_.searches) {
            VITRINE_TRY(grids, inLayer(network_.layers[i].shape.name,
                                       searchedFilterGrids(weights_[i], count, GridKind::symmetric,
                                                           weightBits(i))));
        } else {
            for (std::size_t f = 0; f < count; ++f)
                grids.push_back(gridOver(rangeOf(std::span(weights_[i]).subspan(f * size, size)),
                                         GridKind::symmetric, weightBits(i)));
        }
        FilterCodes& filters = filters_[i];
        for (std::size_t w = 0; w < weights_[i].size(); ++w) {
            const CodeGrid& grid = grids[w / size];
            const auto code = grid.code(static_cast<double>(weights_[i][w]), Rounding::halfUp);
            filters.codes.push_back(static_cast<std::int8_t>(code));
            filters.decoded.push_back(grid.value(code));
        }
        std::ranges::transform(grids, std::back_inserter(filters.scales), &CodeGrid::scale);
    }
    return {};
}

Result<Requantizer> TrioCoder::requantizer(double factor) const
{
    if (!(factor >= std::ldexp(1.0, -31) && factor <= std::ldexp(1.0, 29)))
        return inputError("a requantizer cannot multiply by {}", factor);
    return multiplyRequantizer(factor);
}

Result<CodedProduct> TrioCoder::productOf(std::size_t layer)
{
    const FilterCodes& filters = filters_[layer];
    const auto activation = model::activationBehind(network_, layer);
    CodedProduct product;
    product.bits = weightBits(layer);
    product.weights = filters.codes;
    product.weightScales = filters.scales;
    const CodeGrid& output = coded_.layers[activation.value_or(layer)].output;
    if (activation) {
        const std::size_t channels = filters.scales.size();
        product.after = network_.layers[*activation].function;
        product.factors = chosen_.factors[*activation];
        product.centres = chosen_.centres[*activation];
        VITRINE_TRY(const int fraction, fractionOf(std::max(kHeadroom * chosen_.most[layer], 3.9)));
        const auto orAll = [&](const std::vector<double>& values, double otherwise) {
            return values.empty() ? std::vector<double>(channels, otherwise) : values;
        };
        VITRINE_TRY(product.hardSwish, hardSwishUnit(fraction, output, orAll(product.factors, 1),
                                                     orAll(product.centres, 0)));
        product.before = product.hardSwish->input();
    }
    const CodeGrid &input = inputGrid(layer), &first = product.before ? *product.before : output;
    std::vector<double> bias(biases_[layer].begin(), biases_[layer].end());
    if (!network_.layers[layer].inputs.empty() && !chosen_.centres[producerOf(layer)].empty())
        bias = shiftedBias(bias, filters.decoded, chosen_.centres[producerOf(layer)]);
    for (std::size_t o = 0; o < bias.size(); ++o) {
        const double unit = input.scale * filters.scales[o];
        product.bias.push_back(rounded(bias[o] / unit, Rounding::halfUp));
        VITRINE_TRY(const Requantizer by, requantizer(unit / first.scale));
        product.rescales.push_back({unit / first.scale, by});
    }
    return product;
}

Result<CodedSum> TrioCoder::sumOf(std::size_t layer) const
{
    const CodeGrid& to = coded_.layers[layer].output;
    const double first = inputGrid(layer, 0).scale / to.scale,
                 second = inputGrid(layer, 1).scale / to.scale;
    CodedSum sum;
    sum.shift = kSumDigits - std::ilogb(std::max(first, second));
    if (sum.shift < 0 || sum.shift > 62)
        return inputError("a sum cannot be multiplied by {} and {}", first, second);
    const auto factor = [&](double by) {
        return static_cast<std::int64_t>(std::llround(std::ldexp(by, sum.shift)));
    };
    const auto channels = static_cast<std::size_t>(network_.layers[layer].shape.n);
    sum.firstBy.assign(channels, factor(first));
    sum.secondBy.assign(channels, factor(second));
    return sum;
}

Result<CodedNorm> TrioCoder::normOf(std::size_t layer) const
{
    const NetworkLayer& described = network_.layers[layer];
    CodedNorm work;
    VITRINE_TRY(work.weight,
                model::finiteTensor(described.shape.name + ".weight", *task_.checkpoint));
    VITRINE_TRY(work.bias, model::finiteTensor(described.shape.name + ".bias", *task_.checkpoint));
    work.epsilon = static_cast<double>(described.epsilon);
    const CodeGrid &from = inputGrid(layer), &to = coded_.layers[layer].output;
    const IntegerLayerNormOptions options{.multiplierBits = kHeadNormBits};
    VITRINE_CHECK(IntegerLayerNorm::check(from, to, work.weight, work.bias, options));
    work.whole.emplace(from, to, work.weight, work.bias, options);
    return work;
}

// The layers of an attention stand one behind the other, from its context on.
Result<WholeHead> TrioCoder::wholeHeadOf(std::size_t context, std::size_t half) const
{
    HeadGrids grids;
    const auto gridAt = [&](std::size_t layer) {
        const CodedLayer& coded = coded_.layers[layer];
        return half == 1 && coded.second ? *coded.second : coded.output;
    };
    grids.q = grids.k = grids.v = gridAt(network_.layers[context].inputs[0]);
    for (std::size_t i = context; i < network_.layers.size(); ++i) {
        const auto headPart = headPartOf(network_.layers[i]);
        if (!headPart)
            break;
        CodeGrid* const of[] = {&grids.context, &grids.keySums, &grids.dividends, &grids.divisors,
                                &grids.outputs};
        *of[static_cast<std::size_t>(*headPart)] = gridAt(i);
    }
    const model::LayerShape& shape = network_.layers[context].shape;
    return wholeHead(grids, scheme_.division,
                     {static_cast<std::size_t>(shape.k), static_cast<std::size_t>(shape.m)});
}

Result<CodedHeads> TrioCoder::headsOf(std::size_t layer, HeadPart headPart)
{
    if (!scheme_.attention)
        return CodedHeads{headPart, nullptr};
    if (headPart == HeadPart::context) {
        VITRINE_TRY(auto first, wholeHeadOf(layer, 0));
        VITRINE_TRY(auto second, wholeHeadOf(layer, 1));
        halves_ =
            std::make_shared<const BothHalves>(BothHalves{std::move(first), std::move(second)});
    }
    return CodedHeads{headPart, halves_};
}

Result<void> TrioCoder::codeLayer(std::size_t i)
{
    const NetworkLayer& layer = network_.layers[i];
    CodedLayer& coded = coded_.layers[i];
    if (hasWeights(layer)) {
        VITRINE_TRY(coded.work, productOf(i));
        return {};
    }
    if (const auto headPart = headPartOf(layer)) {
        VITRINE_TRY(coded.work, headsOf(i, *headPart));
        return {};
    }
    switch (layer.shape.kind) {
    case LayerKind::add: {
        VITRINE_TRY(coded.work, sumOf(i));
        return {};
    }
    case LayerKind::norm: {
        VITRINE_TRY(coded.work, normOf(i));
        return {};
    }
    case LayerKind::concat:
        coded.output = inputGrid(i, 0);
        coded.second = inputGrid(i, 1);
        coded.work = CodedConcat{};
        return {};
    case LayerKind::pool: {
        const CodeGrid& from = inputGrid(i);
        const double factor =
            from.scale / (static_cast<double>(layer.shape.m) * coded.output.scale);
        VITRINE_TRY(const Requantizer by, requantizer(factor));
        coded.work = CodedPool{{factor, by}};
        return {};
    }
    case LayerKind::activation:
        // One behind a product is done by it.
        if (network_.layers[producerOf(i)].shape.kind == LayerKind::norm) {
            coded.work = CodedTable{hardSwishTable(inputGrid(i), coded.output)};
        }
        return {};
    default:
        return inputError("no method here puts it into codes");
    }
}

} // namespace

Result<void> checkIsEfficientVit(const model::Network& network)
{
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const NetworkLayer& layer = network.layers[i];
        const LayerKind kind = layer.shape.kind;
        const bool isKnown =
            layer.method.empty() && !layer.isTaylor &&
            (hasWeights(layer) || headPartOf(layer) || kind == LayerKind::add ||
             kind == LayerKind::norm || kind == LayerKind::concat || kind == LayerKind::pool ||
             (kind == LayerKind::activation && layer.function == model::Function::hardSwish));
        if (!isKnown)
            return inputError("{} is no EfficientViT: layer \"{}\" ({}) is not put into codes by "
                              "this method",
                              network.name, layer.shape.name, kindName(kind));
    }
    return {};
}

Result<CodedVision> codeEfficientVit(const TrioScheme& scheme, const VisionQuantTask& task)
{
    VITRINE_CHECK(checkIsEfficientVit(task.checkpoint->network()));
    VITRINE_TRY(const auto passes, CalibrationPasses::open(task.checkpoint, task.pictures));
    return TrioCoder(scheme, task, passes).code();
}

} // namespace vitrine::quant
