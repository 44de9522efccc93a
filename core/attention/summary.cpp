#include "core/attention/summary.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/attention/sinks.h"

namespace vitrine::attention
{

namespace
{

constexpr std::int64_t kThumbnailSide = 64;
constexpr std::int64_t kStrip = 256;

// Takes the rows of a map in order.
class Summing
{
public:
    Summing(std::int64_t tokens, std::int64_t window)
        : tokens_(tokens),
          window_(window),
          side_(std::min(tokens, kThumbnailSide)),
          columnSum_(static_cast<std::size_t>(tokens)),
          thumbnail_(static_cast<std::size_t>(side_ * side_))
    {
    }

    void add(std::int64_t row, const float* weights)
    {
        const KeyRange seen = keysSeen(row, window_);
        float* cells = thumbnail_.data() + row * side_ / tokens_ * side_;
        for (std::int64_t key = seen.first; key < seen.end; ++key) {
            const double weight = weights[key];
            columnSum_[static_cast<std::size_t>(key)] += weight;
            entropy_ -= weight == 0 ? 0 : weight * std::log(weight); // NaN stays
            distance_ += weight * static_cast<double>(row - key);
            float& cell = cells[key * side_ / tokens_];
            if (std::isnan(weights[key]) || weights[key] > cell)
                cell = weights[key];
        }
        if (row >= 1 && seen.first == 0)
            firstMass_ += weights[0];
    }

    model::HeadSummary finish() const
    {
        model::HeadSummary summary;
        summary.columnSum.assign(columnSum_.begin(), columnSum_.end());
        summary.columnRows = columnRows(tokens_, window_);
        const auto rows = static_cast<double>(std::max<std::int64_t>(tokens_, 1));
        summary.firstTokenMass = tokens_ > 1 ? firstMass_ / (rows - 1) : 0;
        summary.entropy = entropy_ / rows;
        summary.distance = distance_ / rows;
        summary.thumbnail = thumbnail_;
        return summary;
    }

private:
    std::int64_t tokens_, window_, side_;
    std::vector<double> columnSum_;
    std::vector<float> thumbnail_;
    double firstMass_ = 0, entropy_ = 0, distance_ = 0;
};

} // namespace

model::HeadSummary summaryOfMap(std::span<const float> map, std::int64_t tokens,
                                std::int64_t window)
{
    Summing sums(tokens, window);
    for (std::int64_t row = 0; row < tokens; ++row)
        sums.add(row, map.data() + row * tokens);
    return sums.finish();
}

model::HeadSummary summaryOfHead(const HeadScores& head, std::span<const float> q,
                                 std::span<const float> k)
{
    const auto size = static_cast<std::size_t>(head.headSize);
    const std::vector<double> lse = rowLogSumExp(head, q, k);
    Summing sums(head.tokens, head.window);
    std::vector<float> weights;
    for (std::int64_t row = 0; row < head.tokens; row += kStrip) {
        const std::int64_t rows = std::min(kStrip, head.tokens - row), columns = row + rows;
        weights.resize(static_cast<std::size_t>(rows * columns));
        weightTile(
            head, row, rows, 0, columns,
            q.subspan(static_cast<std::size_t>(row) * size, static_cast<std::size_t>(rows) * size),
            k.first(static_cast<std::size_t>(columns) * size),
            std::span(lse).subspan(static_cast<std::size_t>(row)), weights.data());
        for (std::int64_t r = 0; r < rows; ++r)
            sums.add(row + r, weights.data() + r * columns);
    }
    return sums.finish();
}

} // namespace vitrine::attention
