#include "core/model/vision/token_experts.h"

#include "core/model/network/shift_add_network.h"

#include <algorithm>

namespace vitrine::model
{
namespace
{

TokenExperts expertsIn(const LayerOutput& logits, const std::string& router)
{
    constexpr std::string_view kEnd = ".router";
    TokenExperts taken{.layer = router.substr(0, router.size() - kEnd.size())};
    for (std::int64_t token = 0; token < logits.rows; ++token) {
        const auto at = static_cast<std::size_t>(2 * token);
        taken.margin.push_back(logits.values[at + 1] - logits.values[at]);
        taken.expert.push_back(logits.values[at + 1] > logits.values[at]);
    }
    return taken;
}

} // namespace

Result<std::vector<TokenExperts>> tokenExperts(const VisionModel& model,
                                               std::span<const float> picture)
{
    const std::vector<std::size_t> routers = routersOf(model.network());
    std::vector<TokenExperts> all;
    const auto look = [&](const LayerOutput& output) {
        if (std::ranges::find(routers, output.layer) != routers.end())
            all.push_back(expertsIn(output, model.network().layers[output.layer].shape.name));
    };
    VITRINE_CHECK(model.run(picture, {.observe = look}));
    return all;
}

} // namespace vitrine::model
