#include "plugins/quantization/figures/drawing.h"

namespace vitrine::quantization_plugin
{

Drawing::Drawing(const Runs& runs, const State& state)
    : RunsDrawing(runs, state,
                  {.experiment = "quantization.llm", .isOne = isVersion, .name = versionTick})
{
}

figure::Series Drawing::line(std::size_t run) const
{
    figure::Series series;
    series.name = versionName(*runs()[run]);
    series.colour = look(run).colour;
    series.line = look(run).line;
    return series;
}

figure::Span lineAt(bool isVertical, double place, int colour)
{
    figure::Span span;
    span.vertical = isVertical;
    span.from = span.to = place;
    span.colour = colour;
    return span;
}

figure::Span bandAround(bool isVertical, double place)
{
    figure::Span band = lineAt(isVertical, place - 0.5, kSelected);
    band.to = place + 0.5;
    return band;
}

} // namespace vitrine::quantization_plugin
