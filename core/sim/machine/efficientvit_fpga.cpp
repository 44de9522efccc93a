// The FPGA accelerator for EfficientViT (arXiv 2403.20230): ZCU102, (8 x 8 + 8 x 8) x 16
// multipliers at 200 MHz.
#include "core/sim/machine/dual_engine_fields.h"

#include "core/base/registry.h"

namespace vitrine::sim
{

namespace
{

const std::vector<Field<DualEngine>>& efficientVitFields()
{
    static const std::vector<Field<DualEngine>> kFields = dualEngineFields<DualEngine>();
    return kFields;
}

Result<SimResult> runEfficientVit(const Workload& workload, const Settings& settings)
{
    return runDualEngine(workload, configOf(efficientVitFields(), settings));
}

std::vector<Buffer> efficientVitBuffers(const Workload&, const Settings& settings)
{
    return dualEngineBuffers(configOf(efficientVitFields(), settings));
}

std::vector<AreaPart> efficientVitArea(const Settings& settings, const SimResult&)
{
    return dualEngineArea(configOf(efficientVitFields(), settings));
}

Accelerator efficientVitFpga()
{
    return {"efficientvit",
            "EfficientViT FPGA",
            "Shao et al., An FPGA-Based Reconfigurable Accelerator for EfficientViT, ISCAS 2024",
            "Reconfigurable multipliers beside adder trees; depthwise and pointwise layers "
            "overlap, attention is pipelined",
            parametersOf(efficientVitFields()),
            {"efficientvit-b1@224", "efficientvit-b1@256", "efficientvit-b1@288",
             "efficientvit-b2@224", "efficientvit-b2@256", "efficientvit-b2@288"},
            runEfficientVit,
            efficientVitBuffers,
            efficientVitArea};
}

const Registry<Accelerator>::Adds kAddsEfficientVitFpga(40, efficientVitFpga);

} // namespace

} // namespace vitrine::sim
