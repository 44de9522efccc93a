#include "plugins/common/selection.h"

#include "core/base/json.h"
#include "core/base/json_state.h"

namespace vitrine
{
namespace
{

constexpr double kMostHeads = 1 << 20, kMostTokens = 1e9;

std::optional<std::int64_t> placeIn(const Json& value, double most)
{
    const double number = value.is_number() ? value.get<double>() : -1;
    if (number >= 0 && number <= most)
        return static_cast<std::int64_t>(number);
    return std::nullopt;
}

} // namespace

std::optional<model::LayerHead> headIn(const Json& layer, const Json& head)
{
    const auto l = placeIn(layer, kMostHeads), h = placeIn(head, kMostHeads);
    if (!l || !h)
        return std::nullopt;
    return model::LayerHead{static_cast<int>(*l), static_cast<int>(*h)};
}

std::optional<std::int64_t> tokenIn(const Json& token)
{
    return placeIn(token, kMostTokens);
}

Selection selectionIn(const Json& state)
{
    const Json& selection = partIn(state, "selection");
    return {headIn(partIn(selection, "layer"), partIn(selection, "head")),
            tokenIn(partIn(selection, "token"))};
}

void putSelection(Json& state, const Selection& selection, const Selection& before)
{
    if (selection == before)
        return;
    Json& json = state["selection"];
    if (!json.is_object())
        json = Json::object();
    if (selection.head && selection.head != before.head) {
        json["layer"] = selection.head->layer;
        json["head"] = selection.head->head;
    }
    if (selection.token)
        json["token"] = *selection.token;
    else
        json.erase("token");
}

} // namespace vitrine
