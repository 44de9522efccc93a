#pragma once

#include "core/model/llm/llm_rope.h"
#include "core/model/llm/llm_weights.h"
#include "core/model/network/llm_config.h"
#include "core/tensor/kernels/attention.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace vitrine::model
{

// Keys or values of one layer: token t of key head h at data + h * head + t * token.
using KeyValues = kernels::Heads<float>;

// Scratch of one pass over `tokens` rows, reused by every layer. Size: O(tokens * hidden + mlp rows
// * mlp).
struct Activations {
    std::vector<float> x;              // [tokens, hidden]: the residual stream
    std::vector<float> normed;         // [tokens, hidden]
    std::vector<float> queries, mixed; // [tokens, heads * headSize]
    std::vector<float> gate, up;       // [rows of one MLP step, mlp]

    Activations(const LlmConfig& config, std::int64_t tokens);
};

// What the linear layers of a block read.
enum class LinearInput { queriesKeysValues, output, gateUp, down };
// Gets rows of it as they are read: `count` rows of `width` values.
using InputTap =
    std::function<void(LinearInput, const float* rows, std::int64_t count, std::int64_t width)>;

// One layer over the rows of `a.x`, in place. The rows stand at positions first .. first + tokens -
// 1; their keys and values are written at `keys`, `values` from token `first` on, those before are
// read. Keys are kept after rotary embedding.
struct LayerPass {
    const LlmConfig& config;
    const LayerWeights& weights;
    const RopeTable& rope; // of the rows
    std::int64_t first = 0, tokens = 0;
    KeyValues keys, values;
    std::span<kernels::HeadTap> taps; // empty, or one per query head
    const InputTap* inputs = nullptr; // who looks at what linear layers read
};
void attentionBlock(const LayerPass& pass,
                    Activations& a); // leaves the rotated queries in a.queries
void mlpBlock(const LayerPass& pass, Activations& a);

// out[t] = RMSNorm of row t of x, [rows, config.hidden] both.
void normRows(const LlmConfig& config, const TensorView& weight, const float* x, std::int64_t rows,
              float* out);

// Rows of the embedding for the ids.
void embed(const kernels::WeightMatrix& embedding, std::span<const std::int32_t> ids, float* x);

} // namespace vitrine::model
