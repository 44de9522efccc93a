#include "plugins/calibration/experiments/hand_picked.h"

#include "core/base/format.h"
#include "core/base/text.h"

#include <algorithm>

namespace vitrine::calibration_plugin
{
namespace
{

constexpr std::int64_t kLargest = 1'000'000'000; // of a layer, a head, a position

std::optional<std::int64_t> parseIndex(std::string_view text)
{
    const auto index = parseInteger(text);
    return index && *index >= 0 && *index <= kLargest ? index : std::nullopt;
}

// Calls take(head, value) for every item "layer.head<mark>value" of a comma-separated list. The
// first item that is none of these, or whose value is not taken.
template <typename Take>
std::optional<std::string_view> overItems(std::string_view text, char mark, const Take& take)
{
    std::optional<std::string_view> malformed;
    while (!trimmed(text).empty()) {
        const auto comma = std::min(text.find(','), text.size());
        const std::string_view item = trimmed(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
        const auto at = item.find(mark);
        const auto head = parseHead(item.substr(0, at));
        const bool taken = at != item.npos && head && take(*head, trimmed(item.substr(at + 1)));
        if (!taken && !malformed)
            malformed = item;
    }
    return malformed;
}

std::optional<std::string_view> readBetas(std::string_view text, std::map<LayerHead, double>& betas)
{
    return overItems(text, '=', [&](LayerHead head, std::string_view value) {
        const auto beta = parseReal(value);
        if (!beta || !(*beta >= 0 && *beta <= 1))
            return false;
        betas[head] = *beta;
        return true;
    });
}

std::optional<std::string_view> readPlaces(std::string_view text, std::set<SinkPlace>& places)
{
    return overItems(text, ':', [&](LayerHead head, std::string_view value) {
        const auto position = parseIndex(value);
        if (position)
            places.insert({head, *position});
        return position.has_value();
    });
}

Result<void> refused(const std::optional<std::string_view>& malformed, std::string_view name,
                     std::string_view example)
{
    if (malformed)
        return argumentError("{} has \"{}\": a list such as {} expected", name, *malformed,
                             example);
    return {};
}

} // namespace

std::optional<LayerHead> parseHead(std::string_view text)
{
    text = trimmed(text);
    const auto point = std::min(text.find('.'), text.size());
    const auto layer = parseIndex(text.substr(0, point));
    const auto head = point < text.size() ? parseIndex(text.substr(point + 1)) : std::nullopt;
    if (!layer || !head)
        return std::nullopt;
    return LayerHead{static_cast<int>(*layer), static_cast<int>(*head)};
}

std::string headText(LayerHead head)
{
    return fmt::format("{}.{}", head.layer, head.head);
}

std::map<LayerHead, double> parseHeadBetas(std::string_view text)
{
    std::map<LayerHead, double> betas;
    readBetas(text, betas);
    return betas;
}

std::set<SinkPlace> parseSinkPlaces(std::string_view text)
{
    std::set<SinkPlace> places;
    readPlaces(text, places);
    return places;
}

std::string headBetasText(const std::map<LayerHead, double>& betas)
{
    std::string text;
    for (const auto& [head, beta] : betas)
        text += fmt::format("{}{}={}", text.empty() ? "" : ",", headText(head), shortest(beta));
    return text;
}

std::string sinkPlacesText(const std::set<SinkPlace>& places)
{
    std::string text;
    for (const SinkPlace& place : places)
        text +=
            fmt::format("{}{}:{}", text.empty() ? "" : ",", headText(place.head), place.position);
    return text;
}

Result<std::map<LayerHead, double>> parseHeadBetas(std::string_view text,
                                                   const model::LlmConfig& config)
{
    std::map<LayerHead, double> betas;
    VITRINE_CHECK(refused(readBetas(text, betas), "head_betas", "3.1=0.2,4.0=0.5 (0 to 1)"));
    for (const auto& [head, beta] : betas)
        VITRINE_CHECK(attention::parseHeads(headText(head), "head_betas", config));
    return betas;
}

Result<HeadSinks> parseHeadSinks(std::string_view text, std::string_view name,
                                 const model::LlmConfig& config)
{
    std::set<SinkPlace> places;
    VITRINE_CHECK(refused(readPlaces(text, places), name, "3.1:7,4.0:2 (layer.head:position)"));
    HeadSinks sinks;
    for (const SinkPlace& place : places) {
        VITRINE_CHECK(attention::parseHeads(headText(place.head), name, config));
        sinks[place.head].push_back(static_cast<std::int32_t>(place.position));
    }
    return sinks;
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
