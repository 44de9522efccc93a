#include "plugins/attention/figures/picture_state.h"

#include "core/base/json.h"
#include "core/base/json_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vitrine::attention_plugin
{
namespace
{

using attention::PictureCapture;
using attention::TokenGrid;

constexpr std::array<const char*, 4> kMapsNames = {"attention", "standins", "rollout", "picture"};
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
    state.score = pictureScoreNamed(textIn(json, "score"));
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
