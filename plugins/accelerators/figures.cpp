#include "plugins/accelerators/figures.h"

namespace vitrine::accelerators
{

std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs)
{
    std::vector<const RunRecord*> simulated, swept, mapped;
    for (const RunRecord& run : runs) {
        if (run.result.table("schedule"))
            simulated.push_back(&run);
        if (run.result.table("points"))
            swept.push_back(&run);
        if (run.result.table("mapping"))
            mapped.push_back(&run);
    }
    std::vector<figure::Figure> all;
    if (!simulated.empty()) {
        all.push_back(scheduleFigure(simulated));
        for (const BarsShow show : {BarsShow::cycles, BarsShow::energy, BarsShow::traffic})
            all.push_back(barsFigure(simulated, show,
                                     show == BarsShow::cycles ? BarsPer::module : BarsPer::run));
        all.push_back(rooflineFigure(simulated));
        for (figure::Figure one : {buffersFigure(simulated), areaFigure(simulated)})
            if (!one.series.empty() || !one.bars.empty())
                all.push_back(std::move(one));
    }
    if (!swept.empty())
        all.push_back(paretoFigure(swept));
    if (!mapped.empty())
        all.push_back(mappingFigure(mapped));
    return all;
}

} // namespace vitrine::accelerators
