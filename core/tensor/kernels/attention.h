#pragma once

#include "core/tensor/kernels/weight_edit.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace vitrine::kernels
{

// Causal attention of a run of queries over all keys up to them. Query r stands at position first +
// r and sees the keys at positions p with p <= first + r and, where window > 0, p > first + r -
// window. Query head h uses key head h * kvHeads / heads.
struct AttentionShape {
    std::int64_t heads = 0, kvHeads = 0, headSize = 0;
    std::int64_t first = 0, queries = 0; // keys: first + queries
    std::int64_t window = 0;
    float scale = 1;
};

// Element d of token t of head h: data[h * head + t * token + d].
template <typename T>
struct Heads {
    T* data = nullptr;
    std::int64_t head = 0, token = 0;

    T* at(std::int64_t h, std::int64_t t) const { return data + h * head + t * token; }
};

// What a head's map looks like. A is zero where masked; row r is query r, column j key j.
struct MapSums {
    std::vector<float> columnSum; // [keys]
    std::vector<float> thumbnail; // [side * side]
    double firstMass = 0;         // sum over r with first + r >= 1 of A[r, 0]
    double entropy = 0;           // nat: sum over r of -sum_j A ln A
    double distance = 0;          // tokens: sum over r of sum_j A (first + r - j)
};

// What is wanted of one query head beside its output, and what came of it: of its weights as the
// softmax leaves them. Asking for any of it leaves the outputs as they are, to the last bit; only
// an edit changes them.
struct HeadTap : MapSums {
    bool summary = false;
    std::int64_t thumbnailSide = 0; // with summary; cell (a, b) is the maximum over rows r with r *
                                    // side / queries == a and keys j with j * side / keys == b
    float* map =
        nullptr; // [queries, keys], zeroed by the caller; the edited map where there is one
    float* lse = nullptr; // [queries]: log of the sum of exp of the scaled scores

    // Asked once, on the calling thread, when columnSum is known; decides how the weights are
    // changed before they meet the values. It takes a second pass over the rows, never a whole map.
    // With thumbnails the sums are added up in another order and may differ in the last bit.
    std::function<WeightEdit(std::span<const float> columnSum)> edit;
    WeightEdit edited;   // what it decided
    EditCount editCount; // what came of that
    MapSums after;       // of the edited map, with summary; only where the edit changes something

    bool any() const { return summary || map || lse || edit; }
};

// out = softmax(scale * q k^T, masked) v for every head. Works on blocks of query rows against the
// keys they can see, never on a whole map; parallel over heads and groups of blocks that depend on
// the shape alone. `taps` is empty or has one entry per head. Scores beyond single precision are
// computed in double. A row that sees a score that is no number is NaN wherever it sees a key, in
// its map, sums and output; other rows are not touched by it.
void attend(const AttentionShape& shape, Heads<const float> q, Heads<const float> k,
            Heads<const float> v, Heads<float> out, std::span<HeadTap> taps = {});

} // namespace vitrine::kernels
