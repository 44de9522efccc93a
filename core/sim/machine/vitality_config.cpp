#include "core/sim/machine/vitality_config.h"

namespace vitrine::sim
{

const std::vector<Field<Vitality>>& vitalityFields()
{
    static const std::vector<Field<Vitality>> kFields = [] {
        using V = Vitality;
        std::vector<Field<V>> list{
            field<V, &V::design>({"design",
                                  "Design",
                                  "",
                                  0,
                                  0,
                                  Mark::ours,
                                  "ViTALiTy, or Sanger in the same area",
                                  "Array",
                                  {"vitality", "sanger"}}),
            field<V, &V::rows>(
                {"rows", "Rows", "", 1, 1024, Mark::unverified, "Of SA-General", "Array"}),
            field<V, &V::columns>({"cols", "Columns", "", 1, 1024, Mark::unverified,
                                   "Of SA-General; SA-Diag is one more", "Array"}),
            field<V, &V::lanes>({"lanes", "Lanes", "", 1, 1024, Mark::unverified,
                                 "Of the accumulator, adder and divider arrays", "Array"}),
            field<V, &V::dividerLatency>({"divider_latency", "Divider latency", "cycle", 0, 256,
                                          Mark::ours, "One quotient per lane and cycle behind it",
                                          "Array"}),
            field<V, &V::time>(
                {"array_time",
                 "Overlap of folds",
                 "",
                 0,
                 0,
                 Mark::ours,
                 "scalesim: none; preload: operands are loaded ahead; ideal: MACs over elements",
                 "Time",
                 {"scalesim", "preload", "ideal"}}),
            field<V, &V::pipeline>({"pipeline",
                                    "Fill and drain",
                                    "",
                                    0,
                                    0,
                                    Mark::ours,
                                    "array: the systolic array alone; full: with preparation of "
                                    "the first head and the drain",
                                    "Time",
                                    {"array", "full"}}),
            field<V, &V::context>({"context",
                                   "Context G",
                                   "",
                                   0,
                                   0,
                                   Mark::paper,
                                   "dfa: leaves the array and comes back (down-forward "
                                   "accumulation); g_stationary: stays",
                                   "Memory",
                                   {"dfa", "g_stationary"}}),
            field<V, &V::skipDenominator>(
                {"skip_denominator", "Skip the denominator", "", 0, 1, Mark::ours,
                 "The sum of centred keys is zero: the divisor is a constant", "Time"}),
            field<V, &V::kept>({"rho", "Kept share (Sanger)", "", 0.001, 1, Mark::ours,
                                "Of the attention map", "Rival"}),
            field<V, &V::balance>({"balance", "Load balance (Sanger)", "", 0.01, 1, Mark::ours,
                                   "Of the sparse array", "Rival"}),
            field<V, &V::sangerColumns>({"sanger_cols", "Columns (Sanger)", "", 1, 1024,
                                         Mark::unverified, "Of the sparse array; rows as above",
                                         "Rival"}),
            field<V, &V::sramKB>({"sram_kb", "SRAM", "KB", 1, 1 << 20, Mark::unverified,
                                  "Half for activations", "Memory"}),
        };
        addCommonFields(list, Mark::unverified, Mark::unverified);
        return list;
    }();
    return kFields;
}

} // namespace vitrine::sim
