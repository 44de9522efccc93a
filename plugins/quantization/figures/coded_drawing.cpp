#include "plugins/quantization/figures/coded_drawing.h"

#include "core/base/cut_text.h"

#include <algorithm>
#include <iterator>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::size_t kLongestTick = 48; // bytes

// "stages.1.blocks.0" of "stages.1.blocks.0.mlp.fc1"; a layer of no block is its own.
std::string blockOf(const std::string& layer)
{
    const std::string word = "blocks.";
    const auto found = layer.find(word);
    if (found == std::string::npos)
        return layer;
    const auto end = layer.find_first_not_of("0123456789", found + word.size());
    return layer.substr(0, end);
}

} // namespace

std::vector<figure::Axis::Tick> blockTicks(const std::vector<std::string>& layers)
{
    std::vector<figure::Axis::Tick> ticks;
    std::string last;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const std::string block = blockOf(layers[i]);
        if (block != layers[i] && block != last)
            ticks.push_back({static_cast<double>(i), cutText(block, kLongestTick)});
        last = block;
    }
    if (!ticks.empty())
        return ticks;
    for (std::size_t i = 0; i < layers.size(); ++i)
        ticks.push_back({static_cast<double>(i), cutText(layers[i], kLongestTick)});
    return ticks;
}

CodedDrawing::CodedDrawing(const Runs& runs, const State& state) : state_(state)
{
    std::ranges::copy_if(runs, std::back_inserter(runs_),
                         [](const RunRecord* run) { return isCodedRun(*run); });
    looks_ = figure::runLooks(runs_, state.places, [](const RunRecord* run) { return run->uid; });
}

figure::Figure CodedDrawing::start(const char* name, std::string title) const
{
    figure::Figure figure;
    figure.name = name;
    figure.title = std::move(title);
    for (const RunRecord* run : runs_)
        figure.recipe.runs.push_back(run->uid);
    figure.recipe.experiment = "quantization.vision";
    figure.recipe.figure = name;
    figure.recipe.state = text(state_);
    return figure;
}

figure::Figure CodedDrawing::startOne(const char* name, std::string title,
                                      const RunRecord& run) const
{
    if (runs_.size() > 1)
        title += ", " + codedName(run);
    figure::Figure figure = start(name, std::move(title));
    figure.recipe.runs = {run.uid};
    return figure;
}

} // namespace vitrine::quantization_plugin
