#include "plugins/attention/figures/picture_state.h"

#include "core/base/json.h"
#include "core/base/json_state.h"
#include "core/figure/not_finite.h"
#include "plugins/attention/experiments/picture_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace vitrine::attention_plugin
{
namespace
{

using attention::Attending;
using attention::PictureCapture;
using attention::PictureLayer;
using attention::TokenGrid;

constexpr std::array<const char*, 4> kMapsNames = {"attention", "standins", "rollout", "picture"};
constexpr std::array<const char*, 6> kScoreNames = {"distance",  "class_mass",    "entropy",
                                                    "sink_mass", "register_mass", "taylor_error"};
constexpr std::int64_t kMostPictures = 1'000'000;

template <std::size_t N>
std::size_t placeOf(const std::array<const char*, N>& names, const std::string& name)
{
    const auto found = std::ranges::find(names, name);
    return found == names.end() ? 0 : static_cast<std::size_t>(found - names.begin());
}

std::optional<std::int64_t> chosenIn(const Json& json, const char* key)
{
    const std::int64_t value = wholeIn(json, key, 0, 1'000'000, -1);
    return value < 0 ? std::nullopt : std::optional(value);
}

std::optional<PictureQuery> queryIn(const Json& json)
{
    const std::string kind = textIn(json, "kind");
    if (kind == "mean")
        return PictureQuery{};
    if (kind == "token")
        return PictureQuery{PictureQuery::Kind::prefix, wholeIn(json, "token", 0, 4096, 0), 0.5,
                            0.5};
    if (kind == "patch")
        return PictureQuery{PictureQuery::Kind::patch, 0, numberIn(json, "x", 0, 1, 0.5),
                            numberIn(json, "y", 0, 1, 0.5)};
    return {};
}

Json queryJson(const PictureQuery& query)
{
    switch (query.kind) {
    case PictureQuery::Kind::prefix:
        return {{"kind", "token"}, {"token", query.prefix}};
    case PictureQuery::Kind::patch:
        return {{"kind", "patch"}, {"x", query.x}, {"y", query.y}};
    case PictureQuery::Kind::mean:
        break;
    }
    return {{"kind", "mean"}};
}

double settingOf(const RunRecord& run, const char* name, double fallback)
{
    const auto found = run.params.all().find(name);
    const double* value =
        found == run.params.all().end() ? nullptr : std::get_if<double>(&found->second);
    return value ? *value : fallback;
}

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

const Table* tableOf(const RunRecord& run, const char* name)
{
    return run.result.table(name);
}

double numberAt(const Table& table, const std::vector<Cell>& row, const char* column)
{
    const int place = table.column(column);
    if (place < 0)
        return std::nan("");
    const Cell& cell = row[static_cast<std::size_t>(place)];
    if (const double* real = std::get_if<double>(&cell))
        return *real;
    if (const auto* whole = std::get_if<std::int64_t>(&cell))
        return static_cast<double>(*whole);
    return std::nan("");
}

} // namespace

PictureState readPictureState(const Json& json, const RunRecord& run)
{
    PictureState state;
    const Json& selection = partIn(json, "selection");
    state.layer = chosenIn(selection, "layer");
    state.head = chosenIn(selection, "head");
    state.allHeads = flagIn(json, "all_heads", false);
    state.query = queryIn(partIn(json, "query"));
    state.maps = static_cast<PictureMaps>(placeOf(kMapsNames, textIn(json, "maps")));
    state.score = kPictureScores[placeOf(kScoreNames, textIn(json, "score"))];
    state.picture = wholeIn(json, "picture", 0, kMostPictures, 0);
    state.hidesHigh = flagIn(json, "hide_high_norms", false);
    state.alpha = numberIn(json, "alpha", 1, 1000, settingOf(run, "alpha", 5));
    state.normFactor = numberIn(json, "norm_factor", 1, 1000, settingOf(run, "norm_factor", 3));
    state.look = figure::pictureLookIn(json);
    state.places = figure::runPlacesIn(json);
    return state;
}

Json writtenPictureState(Json json, const PictureState& state, const PictureState& before)
{
    if (!json.is_object())
        json = Json::object();
    if (state.layer != before.layer || state.head != before.head) {
        json["selection"] = Json::object();
        if (state.layer)
            json["selection"]["layer"] = *state.layer;
        if (state.head)
            json["selection"]["head"] = *state.head;
    }
    if (state.allHeads != before.allHeads)
        json["all_heads"] = state.allHeads;
    if (state.query != before.query && state.query)
        json["query"] = queryJson(*state.query);
    if (state.maps != before.maps)
        json["maps"] = kMapsNames[static_cast<std::size_t>(state.maps)];
    if (state.score != before.score)
        json["score"] = pictureScoreName(state.score);
    if (state.picture != before.picture)
        json["picture"] = state.picture;
    if (state.hidesHigh != before.hidesHigh)
        json["hide_high_norms"] = state.hidesHigh;
    if (state.alpha != before.alpha)
        json["alpha"] = state.alpha;
    if (state.normFactor != before.normFactor)
        json["norm_factor"] = state.normFactor;
    figure::putPictureLook(json, state.look, before.look);
    return json;
}

Result<PictureFigureRun> openPictureRun(const RunRecord& run)
{
    PictureFigureRun opened{&run, {}};
    for (const Artifact& artifact : run.result.artifacts) {
        if (artifact.kind != "capture")
            continue;
        VITRINE_TRY(PictureCapture capture, PictureCapture::open(artifact.path));
        opened.pictures.push_back(std::make_shared<const PictureCapture>(std::move(capture)));
    }
    if (opened.pictures.empty())
        return inputError("run {} has no picture; run it again to make one", run.number);
    return opened;
}

PictureHead shownHead(const PictureCapture& capture, const PictureState& state)
{
    const auto last = static_cast<std::int64_t>(capture.layers().size()) - 1;
    PictureHead head;
    head.layer = static_cast<std::size_t>(std::min(state.layer.value_or(last), last));
    head.head = std::min(state.head.value_or(0), capture.layers()[head.layer].heads - 1);
    return head;
}

PictureQuery shownQuery(const PictureCapture& capture, const PictureState& state)
{
    const auto prefix = static_cast<std::int64_t>(capture.prefixNames().size());
    if (!state.query)
        return prefix > 0 ? PictureQuery{PictureQuery::Kind::prefix, 0, 0.5, 0.5} : PictureQuery{};
    if (state.query->kind == PictureQuery::Kind::prefix && state.query->prefix >= prefix)
        return {};
    return *state.query;
}

std::optional<std::int64_t> tokenOf(const PictureQuery& query, const TokenGrid& grid)
{
    if (query.kind == PictureQuery::Kind::mean)
        return {};
    if (query.kind == PictureQuery::Kind::prefix)
        return query.prefix;
    const auto at = [](double share, std::int64_t count) {
        return std::clamp(static_cast<std::int64_t>(share * static_cast<double>(count)),
                          std::int64_t{0}, count - 1);
    };
    return grid.prefix + at(query.y, grid.rows) * grid.columns + at(query.x, grid.columns);
}

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

std::string pictureScoreName(PictureScore score)
{
    return kScoreNames[static_cast<std::size_t>(score)];
}

std::string pictureScoreLabel(PictureScore score)
{
    static const std::array<std::string, 6> labels = {
        "Distance", "Class-token mass", "Entropy", "Sink mass", "Register mass", "Taylor error"};
    return labels[static_cast<std::size_t>(score)];
}

std::string pictureScoreHelp(PictureScore score)
{
    static const std::array<std::string, 6> help = {
        "Mean over patches of the distance to the patches that they look at, by weight, in pixels "
        "of the picture as the network sees it (Dosovitskiy et al. 2021, figure 7).",
        "Mean weight that other tokens give to the class token. 0 to 1.",
        "Mean over queries of −Σⱼ A[i,j] ln A[i,j], in nat. Low: the head looks at few tokens.",
        "Mean weight that all tokens give to keys above α / keys together. 0 to 1.",
        "Mean weight that all tokens give to registers together. 0 to 1.",
        "‖A′V − AV‖ / ‖AV‖ of first-order Taylor attention on the same queries, keys and values "
        "(ViTALiTy). 0: nothing is lost."};
    return help[static_cast<std::size_t>(score)];
}

std::vector<PictureScored> pictureScores(const RunRecord& run, PictureScore score)
{
    std::vector<PictureScored> scored;
    const bool isError = score == PictureScore::taylorError;
    const Table* table = tableOf(run, isError ? "standins" : "heads");
    if (!table)
        return scored;
    const std::string column = isError ? "output_error" : pictureScoreName(score);
    const int kind = table->column("attention");
    for (const auto& row : table->rows) {
        if (isError &&
            (kind < 0 || row[static_cast<std::size_t>(kind)] != Cell(std::string("taylor"))))
            continue;
        const double layer = numberAt(*table, row, "layer"), head = numberAt(*table, row, "head");
        if (layer >= 0 && head >= 0)
            scored.push_back({static_cast<std::int64_t>(layer), static_cast<std::int64_t>(head),
                              numberAt(*table, row, column.c_str())});
    }
    return scored;
}

std::string queryName(const PictureCapture& capture, const PictureQuery& query)
{
    switch (query.kind) {
    case PictureQuery::Kind::prefix:
        return "the " + capture.prefixNames().at(static_cast<std::size_t>(query.prefix)) + " token";
    case PictureQuery::Kind::patch:
        return "a patch";
    case PictureQuery::Kind::mean:
        break;
    }
    return "all tokens, their mean";
}

std::string pictureHeadText(const PictureCapture& capture, const PictureState& state)
{
    const PictureHead head = shownHead(capture, state);
    if (state.maps == PictureMaps::rollout)
        return fmt::format("rollout up to layer {}", head.layer);
    if (state.allHeads)
        return fmt::format("layer {}, mean of {} heads", head.layer,
                           capture.layers()[head.layer].heads);
    return fmt::format("layer {}, head {}", head.layer, head.head);
}

} // namespace vitrine::attention_plugin
