#include "core/quant/vision/trio_codes.h"

#include "core/model/vision/folded_weights.h"
#include "core/quant/vision/calibration_passes.h"
#include "core/quant/vision/coded_heads.h"
#include "core/quant/vision/in_layer.h"
#include "core/quant/vision/learned_rounding.h"
#include "core/quant/vision/learned_steps.h"
#include "core/quant/vision/migration.h"
#include "core/quant/vision/shifting.h"
#include "core/quant/vision/trio_filters.h"
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
constexpr double kTrioGridsShare = 0.1, kTrioStepsShare = 0.3; // of the progress, if more comes

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
        VITRINE_TRY(filters_, readFilters(*task_.checkpoint));
        VITRINE_TRY(chosen_, chooseTrioGrids(scheme_, task_.settings.activationBits, passes_,
                                             part(0, gridsShare())));
        takeGrids();
        VITRINE_CHECK(codeWeights());
        if (scheme_.learnsSteps)
            VITRINE_CHECK(learnSteps());
        for (std::size_t i = 0; i < count; ++i)
            VITRINE_CHECK(inLayer(network_.layers[i].shape.name, codeLayer(i)));
        if (scheme_.learnsRounding)
            VITRINE_CHECK(learnRounding());
        return std::move(coded_);
    }

private:
    // Shares of the progress: grids, then what is learned.
    double gridsShare() const
    {
        return scheme_.learnsSteps || scheme_.learnsRounding ? kTrioGridsShare : 1;
    }
    double stepsShare() const
    {
        return !scheme_.learnsSteps ? gridsShare() : scheme_.learnsRounding ? kTrioStepsShare : 1;
    }
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
    // Where the input of a layer is made.
    std::size_t producerOf(std::size_t layer) const { return network_.layers[layer].inputs[0]; }

    void takeGrids();
    Result<void> codeWeights();
    std::optional<StepPlace> stepBefore(std::size_t reader) const;
    Result<void> learnSteps();
    Result<void> learnRounding();

    Result<void> codeLayer(std::size_t layer);
    Result<Requantizer> requantizer(double factor) const;
    Result<CodedProduct> productOf(std::size_t layer);
    Result<CodedSum> sumOf(std::size_t layer) const;
    Result<CodedNorm> normOf(std::size_t layer) const;
    Result<CodedHeads> headsOf(std::size_t layer, HeadPart part);

    const TrioScheme& scheme_;
    const VisionQuantTask& task_;
    const CalibrationPasses& passes_;
    const model::Network& network_;
    TrioGrids chosen_;
    std::vector<TrioFilters> filters_;         // of each layer
    std::shared_ptr<const BothHalves> halves_; // of the attention that is being coded
    CodedVision coded_;
};

// And the filters take in what migration divides by.
void TrioCoder::takeGrids()
{
    coded_.input = chosen_.picture;
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
        coded_.layers[i].output = chosen_.outputs[i];
        coded_.layers[i].second = chosen_.seconds[i];
        if (!chosen_.factors[i].empty())
            multiplyFilters(filters_[*migratedReader(network_, i)].weights, chosen_.factors[i]);
    }
}

Result<void> TrioCoder::codeWeights()
{
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
        const NetworkLayer& layer = network_.layers[i];
        if (hasFilters(layer))
            VITRINE_CHECK(inLayer(
                layer.shape.name,
                codeFilters(filters_[i], task_.settings.weightBitsOf(layer), scheme_.searches)));
    }
    return {};
}

// The grid that a linear layer or a pointwise convolution alone reads.
std::optional<StepPlace> TrioCoder::stepBefore(std::size_t reader) const
{
    const NetworkLayer& layer = network_.layers[reader];
    const bool isPointwise = layer.shape.kind == LayerKind::linear ||
                             (layer.shape.kind == LayerKind::conv &&
                              layer.shape.conv.kernelHeight * layer.shape.conv.kernelWidth == 1);
    if (!isPointwise || layer.inputs.empty())
        return {};
    const std::size_t from = layer.inputs[0];
    if (soleReader(network_, from) != reader || network_.layers[from].shape.kind == LayerKind::add)
        return {};
    return StepPlace{.from = from,
                     .grid = coded_.layers[from].output,
                     .weights = filters_[reader].rows(),
                     .decoded = filters_[reader].decodedRows(),
                     .centres = chosen_.centres[from]};
}

Result<void> TrioCoder::learnSteps()
{
    std::vector<StepPlace> places;
    for (std::size_t i = 0; i < network_.layers.size(); ++i)
        if (auto place = stepBefore(i))
            places.push_back(std::move(*place));
    const StepLearningSettings settings{.iterations = task_.settings.roundingSteps};
    VITRINE_TRY(const auto learned,
                quant::learnSteps(passes_, places, settings, part(gridsShare(), stepsShare())));
    for (std::size_t i = 0; i < places.size(); ++i)
        coded_.layers[places[i].from].output = learned[i].grid;
    coded_.notes.push_back(stepWords(learned, settings));
    return {};
}

Result<void> TrioCoder::learnRounding()
{
    const RoundingWork work{
        .weights =
            [&](std::size_t layer) {
                const TrioFilters& filters = filters_[layer];
                return WeightsToRound{filters.rows(), filters.grids, filters.bias};
            },
        .take = [&](std::size_t layer, const std::vector<std::int32_t>& codes) -> Result<void> {
            filters_[layer].take(codes);
            VITRINE_TRY(coded_.layers[layer].work, productOf(layer));
            return {};
        }};
    const AdaRoundSettings settings = adaRoundIn(task_.settings.roundingSteps);
    VITRINE_TRY(const auto rounded,
                quant::learnRounding(coded_, passes_, work, settings, part(stepsShare(), 1)));
    coded_.notes.push_back(roundingWords(rounded, settings));
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
    const TrioFilters& filters = filters_[layer];
    const auto activation = model::activationBehind(network_, layer);
    CodedProduct product;
    product.bits = task_.settings.weightBitsOf(network_.layers[layer]);
    product.weights = filters.codes;
    std::ranges::transform(filters.grids, std::back_inserter(product.weightScales),
                           &CodeGrid::scale);
    const CodeGrid& output = coded_.layers[activation.value_or(layer)].output;
    if (activation) {
        const std::size_t channels = filters.grids.size();
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
    std::vector<double> bias(filters.bias.begin(), filters.bias.end());
    if (!network_.layers[layer].inputs.empty() && !chosen_.centres[producerOf(layer)].empty())
        bias = shiftedBias(bias, filters.decoded, chosen_.centres[producerOf(layer)]);
    for (std::size_t o = 0; o < bias.size(); ++o) {
        const double unit = input.scale * filters.grids[o].scale;
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

Result<CodedHeads> TrioCoder::headsOf(std::size_t layer, HeadPart headPart)
{
    if (!scheme_.attention)
        return CodedHeads{headPart, nullptr};
    if (headPart == HeadPart::context) {
        VITRINE_TRY(halves_, wholeHalves(network_, coded_.layers, layer, scheme_.division));
    }
    return CodedHeads{headPart, halves_};
}

Result<void> TrioCoder::codeLayer(std::size_t i)
{
    const NetworkLayer& layer = network_.layers[i];
    CodedLayer& coded = coded_.layers[i];
    if (hasFilters(layer)) {
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
            (hasFilters(layer) || headPartOf(layer) || kind == LayerKind::add ||
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
