#include "core/quant/vision/trio_grids.h"

#include "core/quant/vision/channel_ranges.h"
#include "core/quant/vision/in_layer.h"
#include "core/quant/vision/migration.h"
#include "core/quant/vision/power_scale.h"
#include "core/quant/vision/shifting.h"
#include "core/quant/vision/trio_places.h"
#include "core/quant/vision/upper_quantile.h"

#include <algorithm>

namespace vitrine::quant
{
namespace
{

using model::LayerKind;
using model::NetworkLayer;

constexpr int kWideBits = 8; // of sums, logits, pictures and attention, whatever activations have
constexpr int kTrioPasses = 3;

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

class TrioChooser
{
public:
    TrioChooser(const TrioScheme& scheme, int activationBits, const CalibrationPasses& passes,
                const std::function<bool(double)>& progress)
        : scheme_(scheme),
          activationBits_(activationBits),
          passes_(passes),
          progress_(progress),
          network_(passes.network())
    {
    }

    Result<TrioGrids> choose()
    {
        const std::size_t count = network_.layers.size();
        chosen_.outputs.resize(count), chosen_.seconds.resize(count);
        chosen_.factors.resize(count), chosen_.centres.resize(count);
        VITRINE_CHECK(seeRanges());
        VITRINE_CHECK(migrate());
        VITRINE_CHECK(centre());
        openPlaces();
        VITRINE_CHECK(searchGrids());
        return std::move(chosen_);
    }

private:
    std::function<bool(double)> part(int pass) const
    {
        if (!progress_)
            return {};
        return [this, pass](double share) { return progress_((pass + share) / kTrioPasses); };
    }
    bool isLogits(std::size_t layer) const { return layer + 1 == network_.layers.size(); }

    Result<void> seeRanges();
    Result<void> migrate();
    Result<void> centre();
    void openPlaces();
    Place placeOf(std::size_t layer, Half::Which half) const;
    std::vector<float> changed(std::size_t layer, std::vector<float> values) const;
    Result<void> searchGrids();
    CodeGrid gridOf(const Place& place) const;
    Result<CodeGrid> pictureGrid() const;

    const TrioScheme& scheme_;
    int activationBits_;
    const CalibrationPasses& passes_;
    const std::function<bool(double)>& progress_;
    const model::Network& network_;
    std::vector<ChannelRanges> ranges_;      // of each layer's outputs
    std::vector<double> quantiles_;          // of outputs that are migrated
    std::vector<std::vector<Place>> places_; // of each layer: none, one, or two halves
    TrioGrids chosen_;
};

Result<void> TrioChooser::seeRanges()
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
        chosen_.most.push_back(ranges_[i].whole().high);
        if (quantiles[i])
            quantiles_[i] = quantiles[i]->value();
        if (!ranges_[i].whole().isFinite)
            return inputError("layer \"{}\" gives NaN or infinity for a training picture",
                              network_.layers[i].shape.name);
    }
    return {};
}

Result<void> TrioChooser::migrate()
{
    for (std::size_t i = 0; scheme_.migration && i < network_.layers.size(); ++i) {
        if (!migratedReader(network_, i))
            continue;
        VITRINE_TRY(auto migration, inLayer(network_.layers[i].shape.name,
                                            migrationOf(ranges_[i].ranges(), quantiles_[i],
                                                        {.powersOfTwo = scheme_.powerFactors})));
        chosen_.factors[i] = std::move(migration.factors);
    }
    return {};
}

Result<void> TrioChooser::centre()
{
    for (std::size_t i = 0; scheme_.shifting && i < network_.layers.size(); ++i)
        if (shiftedReader(network_, i)) {
            VITRINE_TRY(chosen_.centres[i],
                        inLayer(network_.layers[i].shape.name, centresOf(ranges_[i].ranges())));
        }
    return {};
}

Place TrioChooser::placeOf(std::size_t layer, Half::Which half) const
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
    place.bits = isWide ? kWideBits : activationBits_;
    return place;
}

void TrioChooser::openPlaces()
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

std::vector<float> TrioChooser::changed(std::size_t layer, std::vector<float> values) const
{
    if (!chosen_.centres[layer].empty())
        subtractCentres(values, chosen_.centres[layer]);
    if (!chosen_.factors[layer].empty())
        divideChannels(values, chosen_.factors[layer]);
    return values;
}

Result<void> TrioChooser::searchGrids()
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
    VITRINE_TRY(chosen_.picture, pictureGrid());
    for (std::size_t i = 0; i < places_.size(); ++i)
        for (std::size_t half = 0; half < places_[i].size(); ++half) {
            const CodeGrid grid = gridOf(places_[i][half]);
            if (half == 0)
                chosen_.outputs[i] = grid;
            else
                chosen_.seconds[i] = grid;
        }
    return {};
}

CodeGrid TrioChooser::gridOf(const Place& place) const
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

Result<CodeGrid> TrioChooser::pictureGrid() const
{
    ValueRange range;
    for (const std::vector<float>& picture : passes_.pictures())
        range.include(std::span<const float>(picture));
    if (!range.isFinite)
        return inputError("a training picture has NaN or infinity");
    return withSign(gridOver(range.withZero(), scheme_.activations, kWideBits));
}

} // namespace

Result<TrioGrids> chooseTrioGrids(const TrioScheme& scheme, int activationBits,
                                  const CalibrationPasses& passes,
                                  const std::function<bool(double share)>& progress)
{
    return TrioChooser(scheme, activationBits, passes, progress).choose();
}

} // namespace vitrine::quant
