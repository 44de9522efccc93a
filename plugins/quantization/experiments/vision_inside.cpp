#include "plugins/quantization/experiments/vision_inside.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <string>
#include <type_traits>
#include <utility>

namespace vitrine::quantization_plugin
{
namespace
{

// The factors that turn a layer's sums into codes; of any kind of work that has some.
std::vector<quant::Rescale> rescalesOf(const quant::CodedLayer& layer)
{
    return std::visit(
        [](const auto& work) -> std::vector<quant::Rescale> {
            if constexpr (requires { work.rescales; })
                return work.rescales;
            else if constexpr (requires { work.rescale; })
                return {work.rescale};
            else
                return {};
        },
        layer.work);
}

const char* formName(const quant::Rescale& by)
{
    return !by.whole ? "floating point" : by.whole->isShift() ? "shift" : "multiplier";
}

std::int64_t placesOf(const quant::Rescale& by)
{
    const double factor = by.whole ? by.whole->factor() : by.factor;
    return factor > 0 ? std::lround(-std::log2(factor)) : 0;
}

// What a trick does to the channels of a layer's output: less a centre, times a factor. No factors:
// there is none.
struct ChannelTrick {
    const char* name = "";
    std::vector<double> factors = {}, centres = {}; // no centres: 0

    double changed(double x, std::size_t channel) const
    {
        return (x - (centres.empty() ? 0 : centres[channel])) * factors[channel];
    }
};

// Of the activation behind a product.
ChannelTrick trickOn(const quant::CodedProduct& product)
{
    if (!product.centres.empty())
        return {"shift", std::vector<double>(product.centres.size(), 1), product.centres};
    ChannelTrick trick{"migration"};
    for (const double factor : product.factors)
        trick.factors.push_back(1 / factor);
    return trick;
}

ChannelTrick trickOn(const quant::CodedVision& coded, std::size_t place)
{
    const quant::CodedLayer& layer = coded.layers[place];
    if (std::holds_alternative<std::monostate>(layer.work))
        return trickOn(std::get<quant::CodedProduct>(coded.layers[place - 1].work));
    if (const auto* norm = std::get_if<quant::CodedNorm>(&layer.work);
        norm && !norm->factors.empty())
        return {"smoothing", norm->factors};
    ChannelTrick trick{"factors"};
    for (const std::uint8_t shift : layer.output.shifts)
        trick.factors.push_back(std::ldexp(1.0, -int{shift}));
    return trick;
}

// The largest magnitude of each channel, as it is and changed.
struct ChannelMaxima {
    std::vector<double> before, after;

    void raise(std::span<const float> values, const ChannelTrick& trick)
    {
        const std::size_t channels = trick.factors.size();
        before.resize(channels), after.resize(channels);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto x = static_cast<double>(values[i]);
            const std::size_t channel = i % channels;
            before[channel] = std::max(before[channel], std::abs(x));
            after[channel] = std::max(after[channel], std::abs(trick.changed(x, channel)));
        }
    }
};

// By layer, for the layers that are wished for.
Result<std::map<std::size_t, ChannelMaxima>>
channelMaxima(const OpenVision& original, std::span<const std::vector<float>> pictures,
              const std::map<std::size_t, ChannelTrick>& wished)
{
    std::map<std::size_t, ChannelMaxima> maxima;
    for (const std::vector<float>& picture : pictures) {
        VITRINE_TRY([[maybe_unused]] const auto logits,
                    original.model.run(picture, {.observe = [&](const model::LayerOutput& output) {
                                           const auto found = wished.find(output.layer);
                                           if (found == wished.end() ||
                                               static_cast<std::size_t>(output.columns) !=
                                                   found->second.factors.size())
                                               return;
                                           maxima[output.layer].raise(output.values, found->second);
                                       }}));
    }
    return maxima;
}

} // namespace

Table visionRescalesTable(const quant::CodedVision& coded)
{
    Table table{
        "rescales",
        {{"layer", "", {}, "As the checkpoint names it"},
         {"form", "", {}, "shift, multiplier (31 bits, then a shift) or floating point"},
         {"places", "1", {}, "Places to the right that a sum is moved: -log2 of the factor"},
         {"outputs", "1", {}, "How many factors of the layer that holds for"}},
        {}};
    for (std::size_t i = 0; i < coded.layers.size(); ++i) {
        std::map<std::pair<std::string, std::int64_t>, std::int64_t> counts;
        for (const quant::Rescale& by : rescalesOf(coded.layers[i]))
            ++counts[{formName(by), placesOf(by)}];
        for (const auto& [which, count] : counts)
            table.rows.push_back(
                {coded.network().layers[i].shape.name, which.first, which.second, count});
    }
    return table;
}

Result<void> addVisionChannels(const quant::CodedVision& coded, const OpenVision& original,
                               std::span<const std::vector<float>> pictures, RunResult& out)
{
    Table table{"channels",
                {{"layer", "", {}, "Whose output it is, as the checkpoint names it"},
                 {"trick",
                  "",
                  {},
                  "factors: of a grid; smoothing: of a normalisation; migration, shift: of what a "
                  "convolution reads"},
                 {"channel", "1", {}, "Its place"},
                 {"before", "1", {}, "The largest magnitude in the original, over pictures"},
                 {"after", "1", {}, "The same centred, times the factor: what one grid must hold"},
                 {"grid", "1", {}, "The largest magnitude that the grid holds"}},
                {}};
    std::map<std::size_t, ChannelTrick> wished;
    std::size_t rows = 0, leftOut = 0;
    for (std::size_t i = 0; i < coded.layers.size(); ++i) {
        ChannelTrick trick = trickOn(coded, i);
        if (trick.factors.empty())
            continue;
        if (rows + trick.factors.size() > kMostChannelRows) {
            ++leftOut;
            continue;
        }
        rows += trick.factors.size();
        wished.emplace(i, std::move(trick));
    }
    if (leftOut > 0)
        out.notes.push_back(fmt::format("Channels of {} layers are not kept.", leftOut));
    VITRINE_TRY(const auto maxima, channelMaxima(original, pictures, wished));
    for (const auto& [layer, trick] : wished) {
        const auto found = maxima.find(layer);
        if (found == maxima.end())
            continue;
        const quant::CodeGrid& grid = coded.layers[layer].output;
        const double end = grid.scale * static_cast<double>(std::max(grid.high() - grid.zero,
                                                                     grid.zero - grid.low()));
        for (std::size_t c = 0; c < trick.factors.size(); ++c)
            table.rows.push_back({coded.network().layers[layer].shape.name, std::string(trick.name),
                                  static_cast<std::int64_t>(c), found->second.before[c],
                                  found->second.after[c], end});
    }
    out.tables.push_back(std::move(table));
    return {};
}

} // namespace vitrine::quantization_plugin
