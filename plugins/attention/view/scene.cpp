#include "plugins/attention/view/scene.h"

#include <algorithm>
#include <cmath>

namespace vitrine::attention_plugin
{
std::span<const float> Scene::columnScore() const
{
    const auto layer = first().layerIndex(head);
    return layer ? first().capture->columnScore(*layer, head.head) : std::span<const float>{};
}

const attention::Sink* Scene::sinkAt(std::int64_t token) const
{
    if (sinks.empty())
        return nullptr;
    const auto found = std::ranges::find(sinks.front(), token, &attention::Sink::position);
    return found == sinks.front().end() ? nullptr : &*found;
}

bool Scene::isPinned(std::int64_t token) const
{
    return std::ranges::find(state.pinnedTokens, token) != state.pinnedTokens.end();
}

bool Scene::isPinned(LayerHead id) const
{
    return std::ranges::find(state.pinnedHeads, id) != state.pinnedHeads.end();
}

Score Scene::score() const
{
    const bool differs =
        runs.size() > 1 && rows.size() > 1 && whyNoDifference(runs[0], runs[1]).isEmpty();
    return state.score == Score::difference && !differs ? Score::firstTokenMass : state.score;
}

const std::vector<HeadRow>& Scene::scoredRows() const
{
    return score() == Score::difference ? rows[1] : rows.front();
}

QString measureText(double value)
{
    return std::isnan(value) ? QStringLiteral("not finite") : numberText(value);
}

} // namespace vitrine::attention_plugin
