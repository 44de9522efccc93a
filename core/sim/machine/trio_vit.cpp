// Trio-ViT (arXiv 2405.03882): the same two engines; divisors of linear attention are powers of
// two, so that a shift divides, and attention can be pipelined head by head.
#include "core/sim/machine/dual_engine_fields.h"

#include "core/base/registry.h"

namespace vitrine::sim
{

namespace
{

struct TrioVit : DualEngine {
    TrioVit() { divider = Divider::shifter; }
};

const std::vector<Field<TrioVit>>& trioVitFields()
{
    static const std::vector<Field<TrioVit>> kFields = [] {
        std::vector<Field<TrioVit>> list{
            field<TrioVit, &TrioVit::msa>({"msa",
                                           "Attention",
                                           "",
                                           0,
                                           0,
                                           Mark::code,
                                           "split: heads over both engines, as the authors' "
                                           "script; head-pipeline: K^T V of a "
                                           "head beside the lookup of the head before; sequential",
                                           "Time",
                                           {"split", "head-pipeline", "sequential"}}),
            field<TrioVit, &TrioVit::divider>(
                {"divider",
                 "Division",
                 "",
                 0,
                 0,
                 Mark::paper,
                 "A shift by the divisor's rounded logarithm, or an integer divider",
                 "Array",
                 {"integer", "shifter"}}),
        };
        for (Field<TrioVit>& shared : dualEngineFields<TrioVit>())
            list.push_back(std::move(shared));
        return list;
    }();
    return kFields;
}

Result<SimResult> runTrioVit(const Workload& workload, const Settings& settings)
{
    return runDualEngine(workload, configOf(trioVitFields(), settings));
}

std::vector<Buffer> trioVitBuffers(const Workload&, const Settings& settings)
{
    return dualEngineBuffers(configOf(trioVitFields(), settings));
}

std::vector<AreaPart> trioVitArea(const Settings& settings, const SimResult&)
{
    return dualEngineArea(configOf(trioVitFields(), settings));
}

Accelerator trioVit()
{
    return {"trio-vit",
            "Trio-ViT",
            "Shi et al., Trio-ViT, IEEE TCAS-I 2024",
            "Two engines for softmax-free EfficientViT: division is a shift, depthwise and "
            "pointwise layers overlap",
            parametersOf(trioVitFields()),
            {"efficientvit-b1@224", "efficientvit-b1@256", "efficientvit-b1@288",
             "efficientvit-b2@224", "efficientvit-b2@288"},
            runTrioVit,
            trioVitBuffers,
            trioVitArea};
}

const Registry<Accelerator>::Adds kAddsTrioVit(30, trioVit);

} // namespace

} // namespace vitrine::sim
