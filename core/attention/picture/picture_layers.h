#pragma once

#include "core/model/network/network.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// Where the attention of a vision transformer takes place.
namespace vitrine::attention
{

// How the tokens of a layer lie on the picture: first those that are no part of it (class token,
// registers), then its patches row by row.
struct TokenGrid {
    std::int64_t prefix = 0, rows = 0, columns = 0;

    std::int64_t patches() const { return rows * columns; }
    std::int64_t tokens() const { return prefix + patches(); }
    friend bool operator==(const TokenGrid&, const TokenGrid&) = default;
};

enum class AttentionKind {
    softmax, // every query sees every key
    windows, // softmax within square windows, with a bias by relative position (Swin)
    linear,  // of what is above 0 in queries and keys (EfficientViT)
    taylor,  // first order, of centred keys (ViTALiTy); weights may lie below 0
};

struct PictureLayer {
    std::string name; // "blocks.3.attn"
    AttentionKind kind = AttentionKind::softmax;
    std::int64_t heads = 0, dim = 0;
    TokenGrid queries, keys;
    std::int64_t window = 0, offset = 0; // of windows: their side; how far the map is rolled before
    float epsilon = 0;                   // of linear: added to the divisor

    friend bool operator==(const PictureLayer&, const PictureLayer&) = default;
};

// One of them in a network: the layers whose outputs hold its operands, and the columns at which
// those of a head begin.
struct AttentionPlace {
    PictureLayer layer;
    std::size_t queriesAt = 0, keysAt = 0, valuesAt = 0;
    std::int64_t queryColumn = 0, keyColumn = 0, valueColumn = 0; // of head 0
    std::int64_t headStep = 0;                                    // columns from a head to the next
    std::size_t blockEnd = 0; // the last layer of its block: what the block gives
    std::string biasTable;    // tensor of the bias of windows, [(2 side - 1)^2, heads]
};

// In the order in which they run; empty for a network without attention. Of a sparse part beside
// Taylor attention they know nothing.
std::vector<AttentionPlace> attentionPlaces(const model::Network& network);
// Whether some layer has such a sparse part (attention_form.h).
bool hasSparsePart(const model::Network& network);

// What the tokens before the patches are: "class", "distillation", "register 1" ...
std::vector<std::string> prefixNames(const model::Network& network);

} // namespace vitrine::attention
