#include "plugins/quantization/figures/coded_figures.h"

namespace vitrine::quantization_plugin
{

std::vector<figure::Figure> codedFigures(const Runs& runs, const State& state)
{
    const CodedDrawing drawing(runs, state);
    if (drawing.isEmpty())
        return {};
    std::vector<figure::Figure> all;
    for (figure::Figure& figure : std::vector{
             codedAccuracy(drawing), codedPareto(drawing), codedLadder(drawing),
             codedTimes(drawing), codedLayers(drawing), codedStream(drawing),
             codedOperations(drawing), codedEnergy(drawing), codedFlips(drawing, true),
             codedFlips(drawing, false), codedAttention(drawing), codedAttentionChange(drawing),
             codedExperts(drawing), codedRescales(drawing), codedRescaleMap(drawing),
             codedSpread(drawing), codedChannels(drawing), codedDivisors(drawing)})
        if (!figure.series.empty() || !figure.bars.empty() || !figure.grids.empty() ||
            !figure.images.empty())
            all.push_back(std::move(figure));
    return all;
}

} // namespace vitrine::quantization_plugin
