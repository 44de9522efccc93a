#pragma once

#include "core/attention/picture/picture_layers.h"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace vitrine::attention
{

// How weights are made of queries and keys.
enum class Attending {
    softmax,    // exp(q k / sqrt(d)), over their sum
    reluLinear, // relu(q) relu(k), over their sum plus the layer's epsilon (Cai et al. 2023, eq. 2)
    taylor,     // 1 + q (k - mean of k) / sqrt(d), over their sum (ViTALiTy, algorithm 1)
};
std::string_view attendingName(Attending attending); // "softmax", "relu-linear", "taylor"
std::optional<Attending> parseAttending(std::string_view name);

// What the layer itself does.
Attending ownAttending(const PictureLayer& layer);
// Windows have a bias and borders that the linear ones know nothing of: none of them there.
bool canAttend(const PictureLayer& layer, Attending attending);

// Of one head, in the order of the layer's tokens.
struct HeadTensors {
    std::vector<float> queries, keys; // [tokens, dim]
    std::vector<float> bias;          // of windows: by relative position, [(2 side - 1)^2]
};

// The weights of one head, computed row by row from its queries and keys. Scores are fp32 products,
// everything behind them double. Immutable; any thread.
class HeadMap
{
public:
    // The layer can attend so, and the tensors have its sizes.
    HeadMap(const PictureLayer& layer, HeadTensors tensors, Attending attending);

    const PictureLayer& layer() const { return layer_; }
    std::int64_t queries() const { return layer_.queries.tokens(); }
    std::int64_t keys() const { return layer_.keys.tokens(); }

    // Weights of the queries from `first` on, [out.size() / keys, keys].
    void rows(std::int64_t first, std::span<float> out) const;
    std::vector<float> row(std::int64_t query) const;
    // Mean weight that each key receives, [keys].
    std::vector<float> received() const;
    // The scores before any softmax or division: q k / sqrt(d) (relu-linear: relu(q) relu(k)).
    void scores(std::int64_t first, std::span<float> out) const;

private:
    void weigh(std::int64_t query, std::span<float> row) const;
    void weighWindow(std::int64_t query, std::span<float> row) const;

    PictureLayer layer_;
    HeadTensors tensors_;
    Attending attending_;
};

// Rows of a map that are computed together, so that only these are in memory.
inline constexpr std::int64_t kRowsTogether = 64;

} // namespace vitrine::attention
