#include "core/sim/machine/p2vit_config.h"

namespace vitrine::sim
{

const std::vector<Field<P2Vit>>& p2vitFields()
{
    static const std::vector<Field<P2Vit>> kFields = [] {
        const auto size = [](const char* name, const char* label, const char* help) {
            return Parameter{name, label, "", 1, 4096, Mark::ours, help, "Array"};
        };
        std::vector<Field<P2Vit>> list{
            field<P2Vit, &P2Vit::rows>(size("rows", "Token rows", "Rows that stay in the array")),
            field<P2Vit, &P2Vit::depth>(size("depth", "Dot product", "8-bit MACs per row")),
            field<P2Vit, &P2Vit::shifterRows>(
                size("shifter_rows", "Shifter rows", "Rows of attention times values")),
            field<P2Vit, &P2Vit::shifterDepth>(
                size("shifter_depth", "Shifter depth", "Shifts per row")),
            field<P2Vit, &P2Vit::softmaxLanes>(
                size("softmax_lanes", "Softmax lanes", "Elements per cycle")),
            field<P2Vit, &P2Vit::normLanes>(
                size("norm_lanes", "LayerNorm lanes", "Elements per cycle")),
            field<P2Vit, &P2Vit::requantLanes>(
                size("requant_lanes", "Requantisation lanes", "Elements per cycle")),
            field<P2Vit, &P2Vit::weightBits>(
                {"weight_bits", "Weight bits", "bit", 0, 8, Mark::ours,
                 "Up to 4 two products per MAC and cycle; 0: as the workload says", "Array"}),
            field<P2Vit, &P2Vit::interLayer>(
                {"inter_layer", "Pipeline between layers", "", 0, 1, Mark::paper,
                 "LayerNorm and requantisation run behind the products", "Pipeline"}),
            field<P2Vit, &P2Vit::intraLayer>(
                {"intra_layer", "Pipeline inside attention", "", 0, 1, Mark::paper,
                 "Softmax of a row runs behind the products of others", "Pipeline"}),
            field<P2Vit, &P2Vit::exposure>(
                {"exposure",
                 "What a missing pipeline costs",
                 "",
                 0,
                 0,
                 Mark::ours,
                 "lanes: cycles of the side processors; paper-ablation: the paper's shares",
                 "Pipeline",
                 {"lanes", "paper-ablation"}}),
            field<P2Vit, &P2Vit::blockOverhead>(
                {"block_overhead", "Overhead per block", "cycle", 0, 1e6, Mark::ours,
                 "Fill, drain and exposed LayerNorm; 4800 fits the paper's two points",
                 "Pipeline"}),
            field<P2Vit, &P2Vit::activationKB>({"activation_kb", "Activation buffer", "KB", 1,
                                                1 << 20, Mark::ours,
                                                "Activations that fit stay on chip", "Memory"}),
            field<P2Vit, &P2Vit::weightKB>(
                {"weight_kb", "Weight buffer", "KB", 1, 1 << 20, Mark::ours,
                 "Half of it is filled while the other half is in use", "Memory"}),
        };
        addCommonFields(list, Mark::ours, Mark::ours);
        return list;
    }();
    return kFields;
}

} // namespace vitrine::sim
