#include "plugins/quantization/figures/vision_drawing.h"

#include "plugins/quantization/figures/runs_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vitrine::quantization_plugin
{

figure::Figure startedOf(const char* name, std::string title, const RunRecord& run,
                         const State& state)
{
    return startedFigure(name, std::move(title), {&run}, "vision.evaluate", state);
}

std::vector<figure::Axis::Tick> ticksOf(const std::vector<std::string>& names)
{
    std::vector<figure::Axis::Tick> ticks;
    for (std::size_t i = 0; i < names.size(); ++i)
        ticks.push_back({static_cast<double>(i), names[i]});
    return ticks;
}

void addClassBars(figure::Figure& figure, const std::vector<std::string>& classes,
                  const std::vector<ClassGroup>& groups)
{
    figure.y.ticks = ticksOf(classes);
    figure.y.reversed = true;
    figure.x.minimum = 0;
    figure.height = std::clamp(20 + 6 * static_cast<double>(classes.size()), 60.0, 200.0);
    const double width = 0.8 / static_cast<double>(groups.size());
    for (std::size_t g = 0; g < groups.size(); ++g) {
        figure::Bars bars;
        bars.name = groups[g].name;
        bars.horizontal = true;
        bars.colour = groups[g].colour;
        bars.width = 0.92 * width;
        for (std::size_t i = 0; i < classes.size(); ++i) {
            if (!std::isfinite(groups[g].values[i]))
                continue;
            bars.position.push_back(static_cast<double>(i) +
                                    (static_cast<double>(g) + 0.5) * width - 0.4);
            bars.height.push_back(groups[g].values[i]);
            bars.labels.push_back(fmt::format("{}, {}", classes[i], groups[g].name));
        }
        figure.bars.push_back(std::move(bars));
    }
}

} // namespace vitrine::quantization_plugin
