#pragma once

#include "core/sim/machine/shift_add_energy.h"

#include <span>
#include <string>
#include <vector>

namespace vitrine::sim
{

// How a linear layer is computed: all of it multiplied, all shifted, or by a mixture.
enum class Linears { multiply, shift, mixture };

// ShiftAddViT on PVTv2-B0 at 224 x 224, one picture, its blocks alone (without embeddings of
// patches, normalisations and head): what section 2 of the model's description works out [D].
// Depthwise convolutions multiply. With binary attention queries and keys share one projection and
// have codes of 16 bits, and the last stage keeps softmax attention whose linear layers multiply,
// as released.
struct PvtVariant {
    enum class Attention { reduced, full, binary }; // PVTv2's own, all keys, codes

    std::string name;
    Attention attention = Attention::binary;
    Linears mlp = Linears::multiply, attentionLinears = Linears::multiply;
    double multShare = 0.4; // of the tokens of a mixture
};
std::vector<EnergyOperator> pvtOperators(const PvtVariant& variant);

// The variants of the table, in its order.
std::span<const PvtVariant> pvtVariants();

// The paper's headline, which of its models it belongs to is not known [V].
inline constexpr double kHeadlineSaving = 0.429;

} // namespace vitrine::sim
