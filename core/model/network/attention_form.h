#pragma once

#include "core/base/result.h"
#include "core/model/network/network.h"

namespace vitrine::model
{

// What stands between the queries, keys and values of a ViT and its projection.
struct AttentionForm {
    enum class Kind {
        softmax,
        // ViTALiTy (HPCA 2023, algorithm 1), first-order Taylor attention on centred keys: a layer
        // for each of its six steps. Linear in the tokens.
        taylor,
        // The same and what it leaves of softmax, at the places that a 4-bit prediction finds: as
        // it trains, to see what the low-rank part misses. The table counts one product of scores
        // and one of values, no prediction.
        taylorAndSparse,
    };
    Kind kind = Kind::softmax;
    double threshold = 0.002; // of the predicted weight; of taylorAndSparse
};

// The same network, with the same tensors, whose attention has another form, whichever it has now.
// Input error, by name, for attention that has no such form: windows with a bias (Swin), fewer keys
// than queries (PVT), linear attention of another kind (EfficientViT), none.
Result<Network> withAttention(const Network& network, const AttentionForm& form);

} // namespace vitrine::model
