#include "core/model/llm/llm_blocks.h"

#include "core/base/parallel.h"
#include "core/tensor/kernels/elementwise.h"
#include "core/tensor/kernels/multiply.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vitrine::model
{
namespace
{

constexpr std::int64_t kMlpRows = 1024; // tokens that go through the MLP together
constexpr std::int64_t kRowsPerItem = 32;

// body(begin, end) over bands of rows whose borders do not depend on the threads.
template <typename Body>
void overRows(std::int64_t rows, const Body& body)
{
    parallelFor(static_cast<std::size_t>((rows + kRowsPerItem - 1) / kRowsPerItem),
                [&](std::size_t item) {
                    const std::int64_t begin = static_cast<std::int64_t>(item) * kRowsPerItem;
                    body(begin, std::min(rows, begin + kRowsPerItem));
                });
}

// A bias as floats while the products that use it run.
class Bias
{
public:
    explicit Bias(const Linear& linear)
    {
        if (linear.bias)
            values_ = toFloat(*linear.bias);
    }
    const float* data() const { return values_.empty() ? nullptr : values_.data(); }

private:
    std::vector<float> values_;
};

void rotateRows(const LayerPass& pass, std::int64_t heads, KeyValues rows)
{
    const std::int64_t size = pass.config.headSize;
    overRows(pass.tokens, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t t = begin; t < end; ++t)
            for (std::int64_t h = 0; h < heads; ++h)
                kernels::rotate(rows.at(h, t), pass.rope.cosine.data() + t * pass.rope.half,
                                pass.rope.sine.data() + t * pass.rope.half, size);
    });
}

// Copies [tokens, kvHeads * headSize] to where the cache keeps each head apart.
void scatter(const LayerPass& pass, const std::vector<float>& rows, KeyValues to)
{
    const std::int64_t size = pass.config.headSize, heads = pass.config.kvHeads;
    for (std::int64_t t = 0; t < pass.tokens; ++t)
        for (std::int64_t h = 0; h < heads; ++h)
            std::copy_n(rows.data() + (t * heads + h) * size, size, to.at(h, pass.first + t));
}

void projectQueriesKeysValues(const LayerPass& pass, Activations& a)
{
    const LlmConfig& c = pass.config;
    const LayerWeights& w = pass.weights;
    const Bias q(w.q), k(w.k), v(w.v);
    const std::int64_t queryWidth = c.heads * c.headSize, keyWidth = c.kvHeads * c.headSize;
    // Heads side by side in each row: the products write where the keys are kept. Else by way of
    // rows of their own.
    const bool direct = pass.keys.head == c.headSize || c.kvHeads == 1;
    std::vector<float> keyRows(direct ? 0 : static_cast<std::size_t>(pass.tokens * keyWidth)),
        valueRows(keyRows.size());
    float* const keys = direct ? pass.keys.at(0, pass.first) : keyRows.data();
    float* const values = direct ? pass.values.at(0, pass.first) : valueRows.data();
    const std::int64_t stride = direct ? pass.keys.token : keyWidth;

    const std::array products{
        kernels::Product{.weights = w.q.weights.get(),
                         .bias = q.data(),
                         .y = a.queries.data(),
                         .stride = queryWidth},
        kernels::Product{
            .weights = w.k.weights.get(), .bias = k.data(), .y = keys, .stride = stride},
        kernels::Product{
            .weights = w.v.weights.get(), .bias = v.data(), .y = values, .stride = stride}};
    kernels::multiply(a.normed.data(), pass.tokens, c.hidden, products);
    if (!direct) {
        scatter(pass, keyRows, pass.keys);
        scatter(pass, valueRows, pass.values);
    }
}

void show(const LayerPass& pass, LinearInput input, const std::vector<float>& values,
          std::int64_t rows, std::int64_t width)
{
    if (pass.inputs)
        (*pass.inputs)(input, values.data(), rows, width);
}

void rotateQueriesAndKeys(const LayerPass& pass, Activations& a)
{
    const LlmConfig& c = pass.config;
    rotateRows(pass, c.heads, {a.queries.data(), c.headSize, c.heads * c.headSize});
    rotateRows(pass, c.kvHeads, {pass.keys.at(0, pass.first), pass.keys.head, pass.keys.token});
}

} // namespace

Activations::Activations(const LlmConfig& config, std::int64_t tokens)
    : x(static_cast<std::size_t>(tokens * config.hidden)),
      normed(x.size()),
      queries(static_cast<std::size_t>(tokens * config.heads * config.headSize)),
      mixed(queries.size()),
      gate(static_cast<std::size_t>(std::min(tokens, kMlpRows) * config.mlp)),
      up(gate.size())
{
}

void attentionBlock(const LayerPass& pass, Activations& a)
{
    const LlmConfig& c = pass.config;
    const std::int64_t width = c.heads * c.headSize;
    normRows(c, pass.weights.attentionNorm, a.x.data(), pass.tokens, a.normed.data());
    show(pass, LinearInput::queriesKeysValues, a.normed, pass.tokens, c.hidden);
    projectQueriesKeysValues(pass, a);
    rotateQueriesAndKeys(pass, a);

    const kernels::AttentionShape shape{.heads = c.heads,
                                        .kvHeads = c.kvHeads,
                                        .headSize = c.headSize,
                                        .first = pass.first,
                                        .queries = pass.tokens,
                                        .window = c.slidingWindow,
                                        .scale = 1.0f / std::sqrt(static_cast<float>(c.headSize))};
    kernels::attend(shape, {a.queries.data(), c.headSize, width},
                    {pass.keys.data, pass.keys.head, pass.keys.token},
                    {pass.values.data, pass.values.head, pass.values.token},
                    {a.mixed.data(), c.headSize, width}, pass.taps);

    show(pass, LinearInput::output, a.mixed, pass.tokens, width);
    const Bias bias(pass.weights.o);
    const kernels::Product output{.weights = pass.weights.o.weights.get(),
                                  .bias = bias.data(),
                                  .y = a.x.data(),
                                  .stride = c.hidden,
                                  .add = true};
    kernels::multiply(a.mixed.data(), pass.tokens, width, {&output, 1});
}

void mlpBlock(const LayerPass& pass, Activations& a)
{
    const LlmConfig& c = pass.config;
    const LayerWeights& w = pass.weights;
    const Bias gate(w.gate), up(w.up), down(w.down);
    normRows(c, w.mlpNorm, a.x.data(), pass.tokens, a.normed.data());
    show(pass, LinearInput::gateUp, a.normed, pass.tokens, c.hidden);
    for (std::int64_t t = 0; t < pass.tokens; t += kMlpRows) {
        const std::int64_t rows = std::min(kMlpRows, pass.tokens - t);
        const std::array wide{kernels::Product{.weights = w.gate.weights.get(),
                                               .bias = gate.data(),
                                               .y = a.gate.data(),
                                               .stride = c.mlp},
                              kernels::Product{.weights = w.up.weights.get(),
                                               .bias = up.data(),
                                               .y = a.up.data(),
                                               .stride = c.mlp}};
        kernels::multiply(a.normed.data() + t * c.hidden, rows, c.hidden, wide);
        overRows(rows, [&](std::int64_t begin, std::int64_t end) {
            kernels::swiGlu(a.gate.data() + begin * c.mlp, a.up.data() + begin * c.mlp,
                            (end - begin) * c.mlp);
        });
        show(pass, LinearInput::down, a.gate, rows, c.mlp);
        const kernels::Product narrow{.weights = w.down.weights.get(),
                                      .bias = down.data(),
                                      .y = a.x.data() + t * c.hidden,
                                      .stride = c.hidden,
                                      .add = true};
        kernels::multiply(a.gate.data(), rows, c.mlp, {&narrow, 1});
    }
}

void normRows(const LlmConfig& config, const TensorView& weight, const float* x, std::int64_t rows,
              float* out)
{
    const std::vector<float> factors = toFloat(weight);
    const auto epsilon = static_cast<float>(config.normEpsilon);
    overRows(rows, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t t = begin; t < end; ++t)
            kernels::rmsNorm(x + t * config.hidden, factors.data(), config.hidden, epsilon,
                             out + t * config.hidden);
    });
}

void embed(const kernels::WeightMatrix& embedding, std::span<const std::int32_t> ids, float* x)
{
    for (std::size_t t = 0; t < ids.size(); ++t)
        embedding.widen(ids[t], ids[t] + 1, x + static_cast<std::int64_t>(t) * embedding.inputs());
}

} // namespace vitrine::model
