#include "plugins/calibration/experiments/hand_picked.h"

#include "core/base/format.h"
#include "core/base/text.h"

#include <algorithm>

namespace vitrine::calibration_plugin
{
namespace
{

using model::LayerHead;

// Calls body(head, rest) for every item "layer.head<mark>rest" of a comma-separated list.
template <typename Body>
Result<void> overItems(std::string_view text, char mark, std::string_view name,
                       std::string_view example, const model::LlmConfig& config, const Body& body)
{
    while (!trimmed(text).empty()) {
        const auto comma = std::min(text.find(','), text.size());
        const std::string_view item = trimmed(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
        const auto at = item.find(mark);
        if (at == item.npos)
            return argumentError("{} has \"{}\": a list such as {} expected", name, item, example);
        VITRINE_TRY(const auto heads, attention::parseHeads(item.substr(0, at), name, config));
        if (heads.size() != 1 || !body(heads.front(), trimmed(item.substr(at + 1))))
            return argumentError("{} has \"{}\": a list such as {} expected", name, item, example);
    }
    return {};
}

} // namespace

Result<std::map<LayerHead, double>> parseHeadBetas(std::string_view text,
                                                   const model::LlmConfig& config)
{
    std::map<LayerHead, double> betas;
    VITRINE_CHECK(overItems(text, '=', "head_betas", "3.1=0.2,4.0=0.5 (0 to 1)", config,
                            [&](LayerHead head, std::string_view value) {
                                const auto beta = parseReal(value);
                                if (!beta || !(*beta >= 0 && *beta <= 1))
                                    return false;
                                betas[head] = *beta;
                                return true;
                            }));
    return betas;
}

std::string headBetasText(const std::map<LayerHead, double>& betas)
{
    std::string text;
    for (const auto& [head, beta] : betas)
        text += fmt::format("{}{}.{}={}", text.empty() ? "" : ",", head.layer, head.head,
                            shortest(beta));
    return text;
}

Result<HeadSinks> parseHeadSinks(std::string_view text, std::string_view name,
                                 const model::LlmConfig& config)
{
    HeadSinks sinks;
    VITRINE_CHECK(overItems(text, ':', name, "3.1:7,4.0:2 (layer.head:position)", config,
                            [&](LayerHead head, std::string_view value) {
                                const auto position = parseInteger(value);
                                if (!position || *position < 0 || *position > 1'000'000'000)
                                    return false;
                                sinks[head].push_back(static_cast<std::int32_t>(*position));
                                return true;
                            }));
    for (auto& [head, positions] : sinks) {
        std::ranges::sort(positions);
        positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
    }
    return sinks;
}

std::string headSinksText(const HeadSinks& sinks)
{
    std::string text;
    for (const auto& [head, positions] : sinks)
        for (const std::int32_t position : positions)
            text +=
                fmt::format("{}{}.{}:{}", text.empty() ? "" : ",", head.layer, head.head, position);
    return text;
}

std::vector<std::string> handPickedNotes(const attention::CalibrationPlan& plan,
                                         std::int64_t tokens)
{
    std::int64_t beyond = 0, protectedOnes = 0;
    for (const HeadSinks* sinks : {&plan.off, &plan.on})
        for (const auto& [head, positions] : *sinks)
            beyond += std::ranges::count_if(positions, [&](auto p) { return p >= tokens; });
    for (const auto& [head, positions] : plan.on)
        protectedOnes += std::ranges::count_if(
            positions, [&](auto p) { return p < plan.calibration.sinks.protect; });
    attention::HeadSet idle;
    for (const auto* betas : {&plan.betas})
        for (const auto& [head, beta] : *betas)
            if (!std::ranges::binary_search(plan.heads, head))
                idle.push_back(head);
    for (const HeadSinks* sinks : {&plan.off, &plan.on})
        for (const auto& [head, positions] : *sinks)
            if (!std::ranges::binary_search(plan.heads, head))
                idle.push_back(head);
    std::ranges::sort(idle);
    idle.erase(std::unique(idle.begin(), idle.end()), idle.end());

    std::vector<std::string> notes;
    if (beyond > 0)
        notes.push_back(
            fmt::format("{} single sinks lie beyond the text of {} tokens.", beyond, tokens));
    if (protectedOnes > 0)
        notes.push_back(fmt::format("{} sinks of sinks_on are among the {} protected tokens and "
                                    "stay as they are: lower protect to calibrate them.",
                                    protectedOnes, plan.calibration.sinks.protect));
    if (!idle.empty())
        notes.push_back(fmt::format("Set for heads that are not calibrated, without effect: {}.",
                                    attention::headsText(idle)));
    return notes;
}

} // namespace vitrine::calibration_plugin
