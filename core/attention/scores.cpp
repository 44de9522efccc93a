#include "core/attention/scores.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/attention/tile_kernel.h"
#include "core/base/parallel.h"

namespace vitrine::attention
{

namespace
{

constexpr std::int64_t kScoreBlock = 256;

std::vector<float> transposed(std::span<const float> k, std::int64_t columns, std::int64_t headSize)
{
    std::vector<float> result(k.size());
    for (std::int64_t c = 0; c < columns; ++c)
        for (std::int64_t d = 0; d < headSize; ++d)
            result[static_cast<std::size_t>(d * columns + c)] =
                k[static_cast<std::size_t>(c * headSize + d)];
    return result;
}

// Running log-sum-exp: `sum` counts in units of exp(maximum).
struct RunningSum {
    double maximum = -std::numeric_limits<double>::infinity();
    double sum = 0;

    void add(std::span<const double> scores, double scale)
    {
        double highest = maximum;
        for (const double score : scores)
            highest = std::max(highest, score * scale);
        if (highest == -std::numeric_limits<double>::infinity())
            return;
        sum *= std::exp(maximum - highest);
        for (const double score : scores)
            sum += std::exp(score * scale - highest);
        maximum = highest;
    }
    double value() const { return maximum + std::log(sum); }
};

} // namespace

KeyRange keysSeen(std::int64_t query, std::int64_t window)
{
    return {window > 0 ? std::max<std::int64_t>(0, query + 1 - window) : 0, query + 1};
}

std::vector<double> rowLogSumExp(const HeadScores& head, std::span<const float> q,
                                 std::span<const float> k)
{
    std::vector<double> lse(static_cast<std::size_t>(head.tokens));
    const std::int64_t blocks = (head.tokens + kScoreBlock - 1) / kScoreBlock;
    const auto size = static_cast<std::size_t>(head.headSize);

    parallelFor(static_cast<std::size_t>(blocks), [&](std::size_t block) {
        const std::int64_t row = static_cast<std::int64_t>(block) * kScoreBlock;
        const std::int64_t rows = std::min(kScoreBlock, head.tokens - row);
        std::vector<RunningSum> sums(static_cast<std::size_t>(rows));
        std::vector<double> scores(static_cast<std::size_t>(rows * kScoreBlock));
        const std::int64_t start = keysSeen(row, head.window).first / kScoreBlock * kScoreBlock;
        for (std::int64_t column = start; column < row + rows; column += kScoreBlock) {
            const std::int64_t columns = std::min(kScoreBlock, head.tokens - column);
            const auto keys = transposed(k.subspan(static_cast<std::size_t>(column) * size,
                                                   static_cast<std::size_t>(columns) * size),
                                         columns, head.headSize);
            productTile(q.data() + row * head.headSize, rows, keys.data(), columns, head.headSize,
                        scores.data());
            for (std::int64_t r = 0; r < rows; ++r) {
                const KeyRange seen = keysSeen(row + r, head.window);
                const std::int64_t first = std::max(seen.first, column),
                                   end = std::min(seen.end, column + columns);
                if (first < end)
                    sums[static_cast<std::size_t>(r)].add(
                        std::span(scores).subspan(
                            static_cast<std::size_t>(r * columns + first - column),
                            static_cast<std::size_t>(end - first)),
                        head.scale);
            }
        }
        for (std::int64_t r = 0; r < rows; ++r)
            lse[static_cast<std::size_t>(row + r)] = sums[static_cast<std::size_t>(r)].value();
    });
    return lse;
}

void weightTile(const HeadScores& head, std::int64_t row, std::int64_t rows, std::int64_t column,
                std::int64_t columns, std::span<const float> q, std::span<const float> k,
                std::span<const double> lse, float* weights)
{
    constexpr float masked = std::numeric_limits<float>::quiet_NaN();
    const std::vector<float> keys = transposed(k, columns, head.headSize);
    std::vector<double> scores(static_cast<std::size_t>(rows * columns));
    productTile(q.data(), rows, keys.data(), columns, head.headSize, scores.data());
    for (std::int64_t r = 0; r < rows; ++r) {
        const KeyRange seen = keysSeen(row + r, head.window);
        const std::int64_t first = std::clamp<std::int64_t>(seen.first - column, 0, columns);
        const std::int64_t end = std::clamp<std::int64_t>(seen.end - column, first, columns);
        float* out = weights + r * columns;
        std::fill(out, out + first, masked);
        std::fill(out + end, out + columns, masked);
        weightsOfRow(scores.data() + r * columns + first, end - first, head.scale,
                     lse[static_cast<std::size_t>(r)], out + first);
    }
}

} // namespace vitrine::attention
