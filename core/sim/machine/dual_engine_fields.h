#pragma once

#include "core/sim/machine/dual_engine.h"

namespace vitrine::sim
{

// The parameters of DualEngine, for a struct D derived from it.
template <typename D>
std::vector<Field<D>> dualEngineFields()
{
    std::vector<Field<D>> list{
        field<D, &D::lanes>({"lanes", "Lanes per engine", "", 1, 512, Mark::paper,
                             "N and T of (M x N + S x T) x L", "Array"}),
        field<D, &D::multipliers>({"multipliers", "Multipliers per lane", "", 1, 512, Mark::paper,
                                   "M and S of (M x N + S x T) x L", "Array"}),
        field<D, &D::replicas>({"replicas", "Replicas L", "", 1, 512, Mark::paper,
                                "L of (M x N + S x T) x L", "Array"}),
        field<D, &D::replicaMode>(
            {"l_mode",
             "Meaning of L",
             "",
             0,
             0,
             Mark::ours,
             "What replicas divide: work evenly, output pixels or output channels",
             "Array",
             {"ideal", "pixel", "cout"}}),
        field<D, &D::cycleMode>(
            {"mode",
             "Cycle count",
             "",
             0,
             0,
             Mark::code,
             "a: the authors' script with its omissions; b: the same schedule without them",
             "Time",
             {"a", "b"}}),
        field<D, &D::overlap>({"overlap", "Depthwise beside pointwise", "", 0, 1, Mark::paper,
                               "The pointwise layer starts on finished depthwise outputs", "Time"}),
        field<D, &D::fusion>(
            {"fusion", "Fuse on chip", "", 0, 1, Mark::paper,
             "Between depthwise and pointwise, and inside attention, nothing goes to DRAM",
             "Memory"}),
        field<D, &D::reconfigurable>(
            {"reconfigurable", "Reconfigurable engine", "", 0, 1, Mark::paper,
             "Off: depthwise layers run on adder trees at one eighth", "Array"}),
        field<D, &D::head>({"head", "Classifier too", "", 0, 1, Mark::ours,
                            "The papers' figures are of the backbone without head", "Time"}),
        field<D, &D::activationKB>({"activation_kb", "Activation buffers", "KB", 1, 1 << 20,
                                    Mark::ours, "Ping and pong together", "Memory"}),
        field<D, &D::weightKB>({"weight_kb", "Weight buffers", "KB", 1, 1 << 20, Mark::ours,
                                "Ping and pong together", "Memory"}),
    };
    addCommonFields(list, Mark::paper, Mark::unverified);
    for (Field<D>& one : list) {
        Parameter& p = one.parameter;
        if (p.name == "e_multiply")
            p.help = "Multiply-accumulate on the board; 0: solved so that EfficientViT-B1 at 224 "
                     "draws the paper's 7.423 W";
        if (p.name == "e_multiply" || p.name == "e_add" || p.name == "e_sram" ||
            p.name == "e_dram" || p.name == "static_w")
            p.mark = Mark::ours;
    }
    return list;
}

} // namespace vitrine::sim
