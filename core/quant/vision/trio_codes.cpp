#include "core/quant/vision/trio_codes.h"

#include "core/model/vision/folded_weights.h"
#include "core/quant/vision/calibration_passes.h"
#include "core/quant/vision/channel_ranges.h"
#include "core/quant/vision/in_layer.h"
#include "core/quant/vision/migration.h"
#include "core/quant/vision/power_scale.h"
#include "core/quant/vision/shifting.h"
#include "core/quant/vision/trio_places.h"
#include "core/quant/vision/upper_quantile.h"

#include <algorithm>
#include <cmath>

namespace vitrine::quant
{
namespace
{

using model::LayerKind;
using model::NetworkLayer;

constexpr int kWideBits = 8; // of sums, logits, pictures and attention, whatever activations have
constexpr int kHeadNormBits = 16; // of the LayerNorm's multipliers
constexpr int kSumDigits = 20;    // binary, of the factors of residual sums
constexpr int kPasses = 3;        // over the training pictures
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

// What linear attention computes on its way.
std::optional<HeadPart> headPartOf(const NetworkLayer& layer)
{
    switch (layer.shape.kind) {
    case LayerKind::context:
        return HeadPart::context;
    case LayerKind::lookup:
        return HeadPart::dividends;
    case LayerKind::divisor:
        return layer.inputs.size() == 1 ? HeadPart::keySums : HeadPart::divisors;
    case LayerKind::divide:
        return HeadPart::outputs;
    default:
        return {};
    }
}

// Codes with a sign for the same numbers, as kernels have them.
CodeGrid withSign(CodeGrid grid)
{
    if (!grid.isSigned)
        grid.zero -= std::int64_t{1} << (grid.bits - 1);
    grid.isSigned = true;
    return grid;
}

// The values of one half of the heads, or of all.
class Half
{
public:
    enum class Which { all, firstColumns, secondColumns, firstRows, secondRows };

    explicit Half(Which which) : which_(which) {}

    std::vector<float> of(const model::LayerOutput& output) const
    {
        const std::span<const float> all = output.values;
        if (which_ == Which::all)
            return {all.begin(), all.end()};
        const auto columns = static_cast<std::size_t>(output.columns);
        if (which_ == Which::firstRows || which_ == Which::secondRows) {
            const auto part =
                all.subspan(which_ == Which::firstRows ? 0 : all.size() / 2, all.size() / 2);
            return {part.begin(), part.end()};
        }
        std::vector<float> values;
        for (std::size_t row = 0; row < all.size(); row += columns) {
            const auto part =
                all.subspan(row + (which_ == Which::firstColumns ? 0 : columns / 2), columns / 2);
            values.insert(values.end(), part.begin(), part.end());
        }
        return values;
    }

private:
    Which which_;
};

// A grid on its way: of which values, and what has been seen of them.
struct Place {
    Half half{Half::Which::all};
    int bits = kWideBits;
    bool isPower = false; // the scale is a power of two, 0 is the code of 0
    ValueRange range = {};
    std::optional<ScaleSearch> search = {};
    CodeGrid grid = {};
};

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
        factors_.resize(count), centres_.resize(count);
        VITRINE_CHECK(readWeights());
        VITRINE_CHECK(seeRanges());
        VITRINE_CHECK(migrate());
        VITRINE_CHECK(centre());
        openPlaces();
        VITRINE_CHECK(searchGrids());
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

    std::function<bool(double)> part(int pass) const
    {
        if (!task_.progress)
            return {};
        return [this, pass](double share) { return task_.progress((pass + share) / kPasses); };
    }
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
    bool isLogits(std::size_t layer) const { return layer + 1 == network_.layers.size(); }

    Result<void> readWeights();
    Result<void> seeRanges();
    Result<void> migrate();
    Result<void> centre();
    void openPlaces();
    Place placeOf(std::size_t layer, Half::Which half) const;
    std::vector<float> changed(std::size_t layer, std::vector<float> values) const;
    Result<void> searchGrids();
    Result<CodeGrid> gridOf(const Place& place) const;
    Result<CodeGrid> pictureGrid() const;
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
    std::vector<std::vector<float>> weights_, biases_;   // of each layer; of filters, folded
    std::vector<ChannelRanges> ranges_;                  // of each layer's outputs
    std::vector<double> quantiles_;                      // of outputs that are migrated
    std::vector<std::vector<double>> factors_, centres_; // of activations' channels; empty: none
    std::vector<std::vector<Place>> places_;             // of each layer: none, one, or two halves
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

Result<void> TrioCoder::seeRanges()
{
    std::vector<std::optional<UpperQuantile>> quantiles(network_.layers.size());
    const auto pictures = static_cast<std::int64_t>(passes_.pictures().size());
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
        const model::LayerShape& shape = network_.layers[i].shape;
        ranges_.emplace_back(static_cast<std::size_t>(1));
        if (scheme_.migration && migratedReader(network_, i))
            quantiles[i].emplace(MigrationOptions().quantile,
                                 pictures * shape.batch * shape.m * shape.n);
    }
    std::vector<bool> isSeen(network_.layers.size());
    VITRINE_CHECK(passes_.run(
        [&](const model::LayerOutput& output) {
            if (!isSeen[output.layer])
                ranges_[output.layer] = ChannelRanges(static_cast<std::size_t>(output.columns));
            isSeen[output.layer] = true;
            ranges_[output.layer].add(output.values);
            if (quantiles[output.layer])
                quantiles[output.layer]->add(output.values);
        },
        part(0)));
    quantiles_.resize(network_.layers.size());
    for (std::size_t i = 0; i < quantiles.size(); ++i) {
        if (quantiles[i])
            quantiles_[i] = quantiles[i]->value();
        if (!ranges_[i].whole().isFinite)
            return inputError("layer \"{}\" gives NaN or infinity for a training picture",
                              network_.layers[i].shape.name);
    }
    return {};
}

Result<void> TrioCoder::migrate()
{
    for (std::size_t i = 0; scheme_.migration && i < network_.layers.size(); ++i) {
        const auto reader = migratedReader(network_, i);
        if (!reader)
            continue;
        VITRINE_TRY(auto migration, inLayer(network_.layers[i].shape.name,
                                            migrationOf(ranges_[i].ranges(), quantiles_[i])));
        factors_[i] = std::move(migration.factors);
        multiplyFilters(weights_[*reader], factors_[i]);
    }
    return {};
}

Result<void> TrioCoder::centre()
{
    for (std::size_t i = 0; scheme_.shifting && i < network_.layers.size(); ++i)
        if (shiftedReader(network_, i)) {
            VITRINE_TRY(centres_[i],
                        inLayer(network_.layers[i].shape.name, centresOf(ranges_[i].ranges())));
        }
    return {};
}

Place TrioCoder::placeOf(std::size_t layer, Half::Which half) const
{
    const NetworkLayer& described = network_.layers[layer];
    Place place;
    place.half = Half(half);
    const auto reader = soleReader(network_, layer);
    place.isPower = described.shape.kind == LayerKind::norm ||
                    (reader && network_.layers[*reader].shape.kind == LayerKind::norm);
    const auto headPart = headPartOf(described);
    const bool isWide = place.isPower || isSummed(network_, layer) || isLogits(layer) ||
                        (headPart && *headPart != HeadPart::outputs);
    place.bits = isWide ? kWideBits : task_.settings.activationBits;
    return place;
}

void TrioCoder::openPlaces()
{
    places_.resize(network_.layers.size());
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
        const NetworkLayer& layer = network_.layers[i];
        const auto headPart = headPartOf(layer);
        // A product with an activation has the activation's grid; a concatenation its inputs'.
        if (model::activationBehind(network_, i) || layer.shape.kind == LayerKind::concat)
            continue;
        using Which = Half::Which;
        if (!headPart || *headPart == HeadPart::outputs)
            places_[i] = {placeOf(i, Which::all)};
        else if (scheme_.attention) {
            const bool byRow = *headPart == HeadPart::context || *headPart == HeadPart::keySums;
            places_[i] = {placeOf(i, byRow ? Which::firstRows : Which::firstColumns),
                          placeOf(i, byRow ? Which::secondRows : Which::secondColumns)};
        }
    }
}

std::vector<float> TrioCoder::changed(std::size_t layer, std::vector<float> values) const
{
    if (!centres_[layer].empty())
        subtractCentres(values, centres_[layer]);
    if (!factors_[layer].empty())
        divideChannels(values, factors_[layer]);
    return values;
}

Result<void> TrioCoder::searchGrids()
{
    const auto each = [&](int pass, const auto& told) {
        return passes_.run(
            [&](const model::LayerOutput& output) {
                for (Place& place : places_[output.layer])
                    told(place, changed(output.layer, place.half.of(output)));
            },
            part(pass));
    };
    VITRINE_CHECK(each(1, [](Place& place, const std::vector<float>& values) {
        place.range.include(std::span<const float>(values));
    }));
    for (std::size_t i = 0; scheme_.searches && i < places_.size(); ++i)
        for (Place& place : places_[i])
            if (!place.isPower) {
                VITRINE_TRY(place.search,
                            inLayer(network_.layers[i].shape.name,
                                    ScaleSearch::over(place.range.withZero(), scheme_.activations,
                                                      place.bits)));
            }
    if (scheme_.searches)
        VITRINE_CHECK(each(2, [](Place& place, const std::vector<float>& values) {
            if (place.search)
                place.search->add(values);
        }));
    VITRINE_TRY(coded_.input, pictureGrid());
    for (std::size_t i = 0; i < places_.size(); ++i)
        for (std::size_t half = 0; half < places_[i].size(); ++half) {
            VITRINE_TRY(const CodeGrid grid, gridOf(places_[i][half]));
            if (half == 0)
                coded_.layers[i].output = grid;
            else
                coded_.layers[i].second = grid;
        }
    return {};
}

Result<CodeGrid> TrioCoder::gridOf(const Place& place) const
{
    if (place.isPower) {
        CodeGrid grid = symmetricGrid({place.range.low, place.range.high}, place.bits);
        grid.scale = choosePower(grid.scale, PowerRounding::ceil, {}, {}).scale;
        return grid;
    }
    return withSign(place.search
                        ? place.search->best()
                        : gridOver(place.range.withZero(), scheme_.activations, place.bits));
}

Result<CodeGrid> TrioCoder::pictureGrid() const
{
    ValueRange range;
    for (const std::vector<float>& picture : passes_.pictures())
        range.include(std::span<const float>(picture));
    if (!range.isFinite)
        return inputError("a training picture has NaN or infinity");
    return withSign(gridOver(range.withZero(), scheme_.activations, kWideBits));
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
        product.factors = factors_[*activation];
        product.centres = centres_[*activation];
        VITRINE_TRY(const int fraction,
                    fractionOf(std::max(kHeadroom * ranges_[layer].whole().high, 3.9)));
        const auto orAll = [&](const std::vector<double>& values, double otherwise) {
            return values.empty() ? std::vector<double>(channels, otherwise) : values;
        };
        VITRINE_TRY(product.hardSwish, hardSwishUnit(fraction, output, orAll(product.factors, 1),
                                                     orAll(product.centres, 0)));
        product.before = product.hardSwish->input();
    }
    const CodeGrid &input = inputGrid(layer), &first = product.before ? *product.before : output;
    std::vector<double> bias(biases_[layer].begin(), biases_[layer].end());
    if (!network_.layers[layer].inputs.empty() && !centres_[producerOf(layer)].empty())
        bias = shiftedBias(bias, filters.decoded, centres_[producerOf(layer)]);
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
