#include "plugins/accelerators/figures/figures.h"

namespace vitrine::accelerators_plugin
{

BarsShow barsShowNamed(const std::string& name)
{
    return name == "energy"    ? BarsShow::energy
           : name == "traffic" ? BarsShow::traffic
                               : BarsShow::cycles;
}

BarsPer barsPerNamed(const std::string& name)
{
    return name == "layer" ? BarsPer::layer : name == "run" ? BarsPer::run : BarsPer::module;
}

std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs,
                                    const figure::RunPlaces& places, const std::string& bars,
                                    const std::string& per)
{
    const auto perOf = [&](BarsShow show) {
        if ((!bars.empty() || !per.empty()) && show == barsShowNamed(bars))
            return barsPerNamed(per);
        return show == BarsShow::cycles ? BarsPer::module : BarsPer::run;
    };
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
            all.push_back(barsFigure(simulated, show, perOf(show), places));
        all.push_back(rooflineFigure(simulated, places));
        for (figure::Figure one : {buffersFigure(simulated), areaFigure(simulated)})
            if (!one.series.empty() || !one.bars.empty())
                all.push_back(std::move(one));
    }
    if (!swept.empty())
        all.push_back(paretoFigure(swept, {}, places));
    if (!mapped.empty())
        for (figure::Figure one :
             {mappingGainFigure(mapped, places), mappingFigure(mapped, places)})
            if (!one.series.empty() || !one.bars.empty())
                all.push_back(std::move(one));
    return all;
}

} // namespace vitrine::accelerators_plugin
