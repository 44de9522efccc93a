#include "plugins/attention/figures/picture_maps.h"

#include "core/figure/not_finite.h"
#include "plugins/attention/experiments/picture_tables.h"

#include <algorithm>
#include <cmath>

namespace vitrine::attention_plugin
{
namespace
{

using attention::Attending;
using attention::PictureCapture;
using attention::PictureLayer;
using attention::TokenGrid;

std::vector<std::int64_t> highPatches(const PictureCapture& capture, std::size_t layer,
                                      double factor)
{
    const std::int64_t prefix = capture.layers()[layer].queries.prefix;
    const auto& norms = capture.norms(layer);
    const NormLook look = normLook(norms, prefix, factor);
    std::vector<std::int64_t> high;
    for (std::size_t token = static_cast<std::size_t>(prefix); token < norms.size(); ++token)
        if (static_cast<double>(norms[token]) > factor * look.median)
            high.push_back(static_cast<std::int64_t>(token) - prefix);
    return high;
}

// Makes the maps of one run.
class MapMaker
{
public:
    MapMaker(const PictureFigureRun& run, std::size_t place, const PictureState& state)
        : capture_(run.shown(state)),
          place_(place),
          state_(state),
          head_(shownHead(capture_, state)),
          query_(shownQuery(capture_, state))
    {
    }

    std::vector<PatchMap> make() const
    {
        std::vector<PatchMap> maps;
        switch (state_.maps) {
        case PictureMaps::attention:
            maps.push_back(attentionMap(attention::ownAttending(layer()), {}));
            break;
        case PictureMaps::standIns:
            for (const Attending attending :
                 {Attending::softmax, Attending::reluLinear, Attending::taylor})
                maps.push_back(attentionMap(attending, titleOf(attending)));
            break;
        case PictureMaps::rollout:
            maps.push_back(rolloutMap());
            break;
        case PictureMaps::picture:
            maps.push_back(emptyMap(layer().keys));
            break;
        }
        return maps;
    }

private:
    const PictureLayer& layer() const { return capture_.layers()[head_.layer]; }

    std::string titleOf(Attending attending) const
    {
        std::string title = attending == Attending::softmax      ? "softmax"
                            : attending == Attending::reluLinear ? "ReLU-linear"
                                                                 : "first-order Taylor";
        if (attending == attention::ownAttending(layer()))
            title += kOwn;
        return title;
    }

    PatchMap emptyMap(const TokenGrid& grid) const
    {
        PatchMap map;
        map.run = place_;
        map.rows = grid.rows;
        map.columns = grid.columns;
        if (query_.kind == PictureQuery::Kind::patch)
            map.query = *tokenOf(query_, grid) - grid.prefix;
        if (grid == layer().queries)
            map.high = highPatches(capture_, head_.layer, state_.normFactor);
        return map;
    }

    PatchMap attentionMap(Attending attending, std::string title) const
    {
        PatchMap map = emptyMap(layer().keys);
        map.title = std::move(title);
        if (!canAttend(layer(), attending)) {
            map.notice = "Attention in windows has a bias and borders that linear attention knows "
                         "nothing of.";
            return map;
        }
        std::vector<float> weights(static_cast<std::size_t>(layer().keys.tokens()));
        const std::int64_t first = state_.allHeads ? 0 : head_.head,
                           end = state_.allHeads ? layer().heads : head_.head + 1;
        for (std::int64_t head = first; head < end; ++head) {
            const auto row = rowOf(head, attending);
            for (std::size_t i = 0; i < weights.size(); ++i)
                weights[i] += row[i] / static_cast<float>(end - first);
        }
        fill(map, weights);
        return map;
    }

    std::vector<float> rowOf(std::int64_t head, Attending attending) const
    {
        const attention::HeadMap map = capture_.map(head_.layer, head, attending);
        const auto token = tokenOf(query_, layer().queries);
        return token ? map.row(*token) : map.received();
    }

    PatchMap rolloutMap() const
    {
        PatchMap map = emptyMap(capture_.layers().front().queries);
        map.notice = attention::whyNoRollout(capture_);
        if (!map.notice.empty())
            return map;
        const TokenGrid& grid = capture_.layers().front().queries;
        const auto token = tokenOf(query_, grid);
        if (!token) {
            map.notice = "A rollout follows one token: choose the class token or a patch.";
            return map;
        }
        if (const auto flow = attention::rollout(capture_, head_.layer, *token))
            fill(map, *flow);
        else
            map.notice = flow.error().message;
        return map;
    }

    // Patches into the map, what goes to other tokens aside, high norms left out where that is
    // wished.
    void fill(PatchMap& map, std::span<const float> weights) const
    {
        const auto prefix = weights.size() - static_cast<std::size_t>(map.rows * map.columns);
        for (std::size_t i = 0; i < prefix; ++i)
            map.aside.emplace_back(capture_.prefixNames()[i], static_cast<double>(weights[i]));
        map.values.assign(weights.begin() + static_cast<std::ptrdiff_t>(prefix), weights.end());
        for (float& value : map.values)
            if (!std::isfinite(value))
                value = figure::kNotFinite;
        if (state_.hidesHigh)
            for (const std::int64_t patch : map.high)
                map.values[static_cast<std::size_t>(patch)] = std::nanf("");
        for (const float value : map.values)
            if (std::isfinite(value)) {
                map.least = std::min(map.least, static_cast<double>(value));
                map.most = std::max(map.most, static_cast<double>(value));
            }
    }

    const PictureCapture& capture_;
    std::size_t place_;
    const PictureState& state_;
    PictureHead head_;
    PictureQuery query_;
};

} // namespace

std::vector<PatchMap> shownMaps(const std::vector<PictureFigureRun>& runs,
                                const PictureState& state)
{
    std::vector<PatchMap> maps;
    for (std::size_t place = 0; place < runs.size(); ++place)
        for (PatchMap& map : MapMaker(runs[place], place, state).make())
            maps.push_back(std::move(map));
    return maps;
}

figure::Range rangeOf(const std::vector<PatchMap>& maps, const figure::PictureLook& look)
{
    constexpr double kDecades = 1e-4; // of a logarithmic scale
    figure::Range range{0, 0};
    for (const PatchMap& map : maps) {
        range.low = std::min(range.low, map.least);
        range.high = std::max(range.high, map.most);
    }
    if (!(range.high > range.low))
        range.high = range.low + 1;
    if (look.scale == figure::Scale::logarithmic)
        range.low = range.high * kDecades;
    return range;
}

} // namespace vitrine::attention_plugin
