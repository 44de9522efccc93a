#include "core/sim/machine/nvca_config.h"

namespace vitrine::sim
{

const std::vector<Field<Nvca>>& nvcaFields()
{
    static const std::vector<Field<Nvca>> kFields = [] {
        using N = Nvca;
        std::vector<Field<N>> list{
            field<N, &N::inputs>(
                {"pif", "Input channels", "", 1, 512, Mark::unverified, "In parallel", "Array"}),
            field<N, &N::outputs>(
                {"pof", "Output channels", "", 1, 512, Mark::unverified, "In parallel", "Array"}),
            field<N, &N::multipliers>({"multipliers", "Multipliers per unit", "", 1, 64,
                                       Mark::unverified, "16 (1 - sparsity) keeps them busy",
                                       "Array"}),
            field<N, &N::deformableMacs>({"deformable_macs", "Deformable core", "MAC/cycle", 1,
                                          65536, Mark::ours, "Beside the sparse core", "Array"}),
            field<N, &N::fast>(
                {"fast", "Fast algorithms", "", 0, 1, Mark::abstract,
                 "Winograd F(2x2,3x3) and its deconvolution: 2.25 times fewer products",
                 "Algorithm"}),
            field<N, &N::sparsity>(
                {"sparsity", "Pruned share", "", 0, 0.9375, Mark::unverified,
                 "Of the products in the transform domain; with fast algorithms only",
                 "Algorithm"}),
            field<N, &N::deformable>({"deformable_core",
                                      "Deformable convolution",
                                      "",
                                      0,
                                      0,
                                      Mark::ours,
                                      "shared: on the sparse core; group: beside its chain; "
                                      "parallel: beside the whole frame",
                                      "Schedule",
                                      {"shared", "group", "parallel"}}),
            field<N, &N::chaining>({"chaining",
                                    "Layer chaining",
                                    "",
                                    0,
                                    0,
                                    Mark::abstract,
                                    "What stays on chip: off, between layers of a group, or of all "
                                    "groups behind the features",
                                    "Memory",
                                    {"off", "group", "max"}}),
            field<N, &N::lines>({"line_buffers",
                                 "Line buffers",
                                 "",
                                 0,
                                 0,
                                 Mark::ours,
                                 "fit: stripes, with their halo read and computed again, until a "
                                 "chain's rows fit the SRAM",
                                 "Memory",
                                 {"unlimited", "fit"}}),
            field<N, &N::sramKB>({"sram_kb", "SRAM", "KiB", 1, 1 << 20, Mark::ours,
                                  "Rows of all chained layers", "Memory"}),
            field<N, &N::rounding>({"rounding",
                                    "Edges",
                                    "",
                                    0,
                                    0,
                                    Mark::ours,
                                    "ideal: work divides evenly, as the reference arithmetic; "
                                    "ceil: whole tiles and channel "
                                    "groups, 12 cycles per row of tiles",
                                    "Schedule",
                                    {"ideal", "ceil"}}),
            field<N, &N::utilisation>({"utilisation", "Utilisation", "", 0.01, 1, Mark::unverified,
                                       "Share of cycles that do work; 0.85 is recollected",
                                       "Schedule"}),
            field<N, &N::conflict>({"bank_conflicts", "Bank conflicts", "", 1, 2, Mark::ours,
                                    "Factor on deformable sampling", "Schedule"}),
            field<N, &N::activationBits>({"activation_bits", "Activations", "bit", 1, 32,
                                          Mark::unverified, "Width", "Array"}),
            field<N, &N::weightBits>(
                {"weight_bits", "Weights", "bit", 1, 32, Mark::ours, "Width", "Array"}),
        };
        addCommonFields(list, Mark::unverified, Mark::ours);
        for (Field<N>& one : list)
            if (one.parameter.group == "Energy") {
                one.parameter.mark = Mark::ours;
                if (one.parameter.name == "e_sram")
                    one.parameter.help =
                        "One byte counted per issued multiplication: a calibration, not a trace";
            }
        return list;
    }();
    return kFields;
}

} // namespace vitrine::sim
