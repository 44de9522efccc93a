#include "core/attention/capture_edit.h"

#include <algorithm>
#include <cmath>

namespace vitrine::attention
{
namespace
{

struct Weights {
    const HeadScores& head;
    std::span<const float> q, k;
    std::span<const double> lse;

    double at(std::int64_t query, std::int64_t key) const
    {
        const float* a = q.data() + query * head.headSize;
        const float* b = k.data() + key * head.headSize;
        double dot = 0;
        for (std::int64_t d = 0; d < head.headSize; ++d)
            dot += static_cast<double>(a[d]) * static_cast<double>(b[d]);
        return std::exp(head.scale * dot - lse[static_cast<std::size_t>(query)]);
    }
};

} // namespace

KeptEdit keptEdit(const kernels::WeightEdit& edit, const HeadScores& head, std::span<const float> q,
                  std::span<const float> k, std::span<const double> lse)
{
    KeptEdit kept{edit.columns, edit.beta, edit.receiversFrom,
                  std::vector<double>(static_cast<std::size_t>(head.tokens), 1.0)};
    const Weights weights{head, q, k, lse};
    for (std::int64_t query = 1; query < head.tokens; ++query) {
        const KeyRange seen = keysSeen(query, head.window);
        double mass = 0, bystanders = 0;
        for (const std::int32_t t : edit.columns)
            if (t >= seen.first && t < seen.end)
                mass += weights.at(query, t);
        for (std::int64_t j = seen.first; j < std::min(edit.receiversFrom, seen.end); ++j)
            if (!std::ranges::binary_search(edit.columns, j))
                bystanders += weights.at(query, j);
        const double rest = 1 - mass - bystanders;
        if (mass > 0 && rest > std::max(edit.leastRest, 0.0))
            kept.factors[static_cast<std::size_t>(query)] = 1 + (1 - edit.beta) * mass / rest;
    }
    return kept;
}

void applyEdit(const KeptEdit& edit, std::int64_t row, std::int64_t rows, std::int64_t column,
               std::int64_t columns, float* weights)
{
    const auto firstSink = std::ranges::lower_bound(edit.columns, column);
    for (std::int64_t r = 0; r < rows; ++r) {
        const double factor = edit.factors[static_cast<std::size_t>(row + r)];
        if (factor == 1)
            continue;
        auto sink = firstSink;
        float* out = weights + r * columns;
        for (std::int64_t c = 0; c < columns; ++c) {
            const std::int64_t key = column + c;
            const bool isSink = sink != edit.columns.end() && *sink == key;
            sink += isSink;
            if (isSink || key >= edit.receiversFrom)
                out[c] =
                    static_cast<float>((isSink ? edit.beta : factor) * static_cast<double>(out[c]));
        }
    }
}

} // namespace vitrine::attention
