#include "plugins/quantization/figures/coded_drawing.h"

#include "core/base/cut_text.h"

#include <algorithm>
#include <string_view>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::size_t kLongestTick = 48; // bytes

constexpr std::string_view kStages = "stages.", kBlocks = "blocks.";

std::size_t placeOfWord(const std::string& layer, std::string_view word)
{
    const auto place = layer.find(word);
    return place == 0 || (place != std::string::npos && layer[place - 1] == '.')
               ? place
               : std::string::npos;
}

} // namespace

std::string blockOf(const std::string& layer)
{
    const std::string word = "blocks.";
    const auto found = layer.find(word);
    if (found == std::string::npos)
        return layer;
    const auto end = layer.find_first_not_of("0123456789", found + word.size());
    return layer.substr(0, end);
}

std::string shortLayer(const std::string& layer)
{
    std::string name = layer;
    for (const std::string_view word : {kStages, kBlocks})
        if (const auto place = placeOfWord(name, word); place != std::string::npos)
            name.erase(place, word.size());
    return cutText(name, kLongestTick);
}

std::string blockAxis(const char* what, const std::vector<std::string>& layers)
{
    const auto have = [&](std::string_view word) {
        return std::ranges::any_of(layers, [&](const std::string& layer) {
            return placeOfWord(layer, word) != std::string::npos;
        });
    };
    return std::string(what) + (have(kStages) ? " (stage.block)" : have(kBlocks) ? " (block)" : "");
}

std::vector<figure::Axis::Tick> blockTicks(const std::vector<std::string>& layers)
{
    std::vector<figure::Axis::Tick> ticks;
    std::string last;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const std::string block = blockOf(layers[i]);
        if (block != layers[i] && block != last)
            ticks.push_back({static_cast<double>(i), shortLayer(block)});
        last = block;
    }
    if (!ticks.empty())
        return ticks;
    for (std::size_t i = 0; i < layers.size(); ++i)
        ticks.push_back({static_cast<double>(i), cutText(layers[i], kLongestTick)});
    return ticks;
}

CodedDrawing::CodedDrawing(const Runs& runs, const State& state)
    : RunsDrawing(runs, state,
                  {.experiment = "quantization.vision", .isOne = isCodedRun, .name = codedName})
{
}

} // namespace vitrine::quantization_plugin
