#pragma once

#include "core/model/llm/llm_checkpoint.h"
#include "core/tensor/tensor_view.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <span>
#include <string>
#include <vector>

// The judge of the fast runtime: the same equations in double precision and plain loops, written
// from the model's description (specs/llm-runtime.md, sections 3 and 4). Slow and obvious.
namespace vitrine::tests
{

using Rows = std::vector<std::vector<double>>;

struct ReferenceResult {
    Rows logits;                                       // [T][vocabulary]
    std::vector<Rows> hidden;                          // layers + 1 of [T][hidden]
    std::vector<std::vector<Rows>> attention;          // [layer][head][T][T]
    std::vector<std::vector<Rows>> queries;            // [layer][head][T][headSize], rotated
    std::vector<std::vector<Rows>> keys;               // [layer][key head][T][headSize], rotated
    std::vector<std::vector<std::vector<double>>> lse; // [layer][head][T]
};

class ReferenceLlm
{
public:
    explicit ReferenceLlm(const model::LlmCheckpoint& checkpoint)
        : checkpoint_(checkpoint), c_(checkpoint.config())
    {
    }

    // Where it is set: changes a head's map before it meets the values. What `attention` holds is
    // then the changed map.
    std::function<void(std::size_t layer, std::size_t head, Rows& map)> edit;

    ReferenceResult forward(std::span<const std::int32_t> ids) const
    {
        ReferenceResult result;
        const Rows embedding = matrix("model.embed_tokens.weight");
        Rows x;
        for (const std::int32_t id : ids)
            x.push_back(embedding[static_cast<std::size_t>(id)]);
        for (std::int64_t layer = 0; layer < c_.layers; ++layer) {
            result.hidden.push_back(x);
            const std::string prefix = "model.layers." + std::to_string(layer) + ".";
            addRows(x, attention(prefix, norm(x, prefix + "input_layernorm.weight"), result));
            addRows(x, mlp(prefix, norm(x, prefix + "post_attention_layernorm.weight")));
        }
        const Rows last = norm(x, "model.norm.weight");
        result.hidden.push_back(last);
        result.logits =
            linear(last, checkpoint_.has("lm_head.weight") ? "lm_head" : "model.embed_tokens");
        return result;
    }

private:
    std::vector<double> vector(const std::string& name) const
    {
        const std::vector<float> values = toFloat(checkpoint_.tensor(name).value());
        return {values.begin(), values.end()};
    }

    Rows matrix(const std::string& name) const
    {
        const std::vector<double> values = vector(name);
        const auto rows = static_cast<std::size_t>(checkpoint_.tensor(name).value().shape[0]);
        const std::size_t columns = values.size() / rows;
        Rows result(rows);
        for (std::size_t r = 0; r < rows; ++r)
            result[r].assign(values.begin() + static_cast<std::ptrdiff_t>(r * columns),
                             values.begin() + static_cast<std::ptrdiff_t>((r + 1) * columns));
        return result;
    }

    Rows linear(const Rows& x, const std::string& prefix) const
    {
        const Rows w = matrix(prefix + ".weight");
        const bool biased = checkpoint_.has(prefix + ".bias");
        const std::vector<double> bias =
            biased ? vector(prefix + ".bias") : std::vector<double>(w.size(), 0.0);
        Rows y(x.size(), std::vector<double>(w.size()));
        for (std::size_t t = 0; t < x.size(); ++t)
            for (std::size_t o = 0; o < w.size(); ++o) {
                double sum = bias[o];
                for (std::size_t i = 0; i < w[o].size(); ++i)
                    sum += w[o][i] * x[t][i];
                y[t][o] = sum;
            }
        return y;
    }

    Rows norm(const Rows& x, const std::string& name) const
    {
        const std::vector<double> gain = vector(name);
        Rows y = x;
        for (auto& row : y) {
            double squares = 0;
            for (const double value : row)
                squares += value * value;
            const double factor =
                1 / std::sqrt(squares / static_cast<double>(row.size()) + c_.normEpsilon);
            for (std::size_t i = 0; i < row.size(); ++i)
                row[i] *= factor * gain[i];
        }
        return y;
    }

    static void addRows(Rows& x, const Rows& y)
    {
        for (std::size_t t = 0; t < x.size(); ++t)
            for (std::size_t i = 0; i < x[t].size(); ++i)
                x[t][i] += y[t][i];
    }

    Rows mlp(const std::string& prefix, const Rows& x) const
    {
        Rows gate = linear(x, prefix + "mlp.gate_proj");
        const Rows up = linear(x, prefix + "mlp.up_proj");
        for (std::size_t t = 0; t < gate.size(); ++t)
            for (std::size_t i = 0; i < gate[t].size(); ++i)
                gate[t][i] = gate[t][i] / (1 + std::exp(-gate[t][i])) * up[t][i];
        return linear(gate, prefix + "mlp.down_proj");
    }

    double frequency(std::size_t d) const
    {
        double f = std::pow(c_.ropeTheta,
                            -2.0 * static_cast<double>(d) / static_cast<double>(c_.headSize));
        if (!c_.ropeScaling)
            return f;
        const auto& s = *c_.ropeScaling;
        const double turns = static_cast<double>(s.originalContext) * f / (2 * std::numbers::pi);
        if (turns > s.highFrequencyFactor)
            return f;
        if (turns < s.lowFrequencyFactor)
            return f / s.factor;
        const double blend =
            (turns - s.lowFrequencyFactor) / (s.highFrequencyFactor - s.lowFrequencyFactor);
        return (1 - blend) * f / s.factor + blend * f;
    }

    // Head `head` of every row, rotated by its position where `rotated`.
    Rows headOf(const Rows& rows, std::size_t head, bool rotated) const
    {
        const auto size = static_cast<std::size_t>(c_.headSize), half = size / 2;
        Rows out;
        for (std::size_t t = 0; t < rows.size(); ++t) {
            std::vector<double> x(rows[t].begin() + static_cast<std::ptrdiff_t>(head * size),
                                  rows[t].begin() + static_cast<std::ptrdiff_t>((head + 1) * size));
            std::vector<double> y = x;
            for (std::size_t d = 0; rotated && d < half; ++d) {
                const double angle = static_cast<double>(t) * frequency(d);
                y[d] = x[d] * std::cos(angle) - x[d + half] * std::sin(angle);
                y[d + half] = x[d + half] * std::cos(angle) + x[d] * std::sin(angle);
            }
            out.push_back(y);
        }
        return out;
    }

    bool sees(std::size_t query, std::size_t key) const
    {
        return key <= query &&
               (c_.slidingWindow == 0 || query - key < static_cast<std::size_t>(c_.slidingWindow));
    }

    Rows attention(const std::string& prefix, const Rows& x, ReferenceResult& result) const
    {
        const Rows q = linear(x, prefix + "self_attn.q_proj"),
                   k = linear(x, prefix + "self_attn.k_proj"),
                   v = linear(x, prefix + "self_attn.v_proj");
        const std::size_t tokens = x.size(), size = static_cast<std::size_t>(c_.headSize);
        auto& maps = result.attention.emplace_back();
        auto& queries = result.queries.emplace_back();
        auto& keys = result.keys.emplace_back();
        auto& lses = result.lse.emplace_back();
        Rows mixed(tokens, std::vector<double>(static_cast<std::size_t>(c_.heads) * size));
        for (std::size_t h = 0; h < static_cast<std::size_t>(c_.kvHeads); ++h)
            keys.push_back(headOf(k, h, true));
        for (std::size_t h = 0; h < static_cast<std::size_t>(c_.heads); ++h) {
            const std::size_t keyHead = h / static_cast<std::size_t>(c_.heads / c_.kvHeads);
            queries.push_back(headOf(q, h, true));
            const Rows values = headOf(v, keyHead, false);
            Rows map(tokens, std::vector<double>(tokens));
            auto& lse = lses.emplace_back();
            for (std::size_t i = 0; i < tokens; ++i) {
                double sum = 0, most = -INFINITY;
                for (std::size_t j = 0; j <= i; ++j) {
                    double dot = 0;
                    for (std::size_t d = 0; d < size; ++d)
                        dot += queries[h][i][d] * keys[keyHead][j][d];
                    map[i][j] = dot / std::sqrt(static_cast<double>(size));
                    if (sees(i, j))
                        most = std::max(most, map[i][j]);
                }
                for (std::size_t j = 0; j <= i; ++j) {
                    map[i][j] = sees(i, j) ? std::exp(map[i][j] - most) : 0.0;
                    sum += map[i][j];
                }
                lse.push_back(most + std::log(sum));
                for (std::size_t j = 0; j <= i; ++j)
                    map[i][j] /= sum;
            }
            if (edit)
                edit(result.attention.size() - 1, h, map);
            for (std::size_t i = 0; i < tokens; ++i)
                for (std::size_t j = 0; j <= i; ++j)
                    for (std::size_t d = 0; d < size; ++d)
                        mixed[i][h * size + d] += map[i][j] * values[j][d];
            maps.push_back(std::move(map));
        }
        return linear(mixed, prefix + "self_attn.o_proj");
    }

    const model::LlmCheckpoint& checkpoint_;
    const model::LlmConfig& c_;
};

inline std::vector<float> flat(const Rows& rows)
{
    std::vector<float> out;
    for (const auto& row : rows)
        out.insert(out.end(), row.begin(), row.end());
    return out;
}

} // namespace vitrine::tests
