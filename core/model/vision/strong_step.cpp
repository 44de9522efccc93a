#include "core/base/parallel.h"
#include "core/model/vision/head_columns.h"
#include "core/model/vision/taylor_steps.h"
#include "core/tensor/few_bits.h"
#include "core/tensor/kernels/multiply.h"

#include <algorithm>

namespace vitrine::model
{
namespace
{

class StrongStep final : public VisionStep
{
public:
    StrongStep(const HeadLayout& layout, double threshold)
        : layout_(layout), threshold_(static_cast<float>(threshold))
    {
    }
    void run(std::span<const PassMatrix> inputs, PassMatrix output) const override
    {
        const PassMatrix& qkv = inputs[0];
        const Grid queries = gridOf(qkv, 0), keys = gridOf(qkv, 1);
        parallelFor(static_cast<std::size_t>(layout_.heads), [&](std::size_t head) {
            runHead(qkv, static_cast<std::int64_t>(head), queries, keys, output);
        });
    }

private:
    using Grid = FewBitGrid<float>;

    // Of the queries or keys of all heads.
    Grid gridOf(const PassMatrix& qkv, std::int64_t part) const
    {
        const std::int64_t width = layout_.heads * layout_.dim;
        const HeadColumns all(qkv, part * width, width);
        float least = *all.row(0), most = least;
        for (std::int64_t token = 0; token < all.rows; ++token)
            for (std::int64_t c = 0; c < width; ++c) {
                least = std::min(least, all.row(token)[c]);
                most = std::max(most, all.row(token)[c]);
            }
        return {least, most - least, kPredictionBits};
    }

    void runHead(const PassMatrix& qkv, std::int64_t head, const Grid& ofQueries,
                 const Grid& ofKeys, const PassMatrix& output) const
    {
        const HeadColumns queries = layout_.columns(qkv, head, 0),
                          keys = layout_.columns(qkv, head, 1);
        const std::int64_t tokens = qkv.rows, dim = layout_.dim;
        const auto q = rounded(queries, ofQueries), k = rounded(keys, ofKeys);
        std::vector<float> predicted(static_cast<std::size_t>(tokens * tokens));
        float* scores = output.values + head * tokens * tokens;
        kernels::gemm(true, tokens, tokens, dim, q.data(), dim, k.data(), dim, false,
                      predicted.data(), tokens);
        kernels::gemm(true, tokens, tokens, dim, queries.values, queries.stride, keys.values,
                      keys.stride, false, scores, tokens);
        const auto width = static_cast<std::size_t>(tokens);
        for (std::size_t row = 0; row < width; ++row) {
            const std::span guess(predicted.data() + row * width, width);
            weigh(guess);
            leave(guess, {scores + row * width, width});
        }
    }

    std::vector<float> rounded(const HeadColumns& head, const Grid& grid) const
    {
        std::vector<float> all;
        all.reserve(static_cast<std::size_t>(head.rows * head.dim));
        for (std::int64_t token = 0; token < head.rows; ++token)
            for (std::int64_t c = 0; c < head.dim; ++c)
                all.push_back(grid.nearest(head.row(token)[c]));
        return all;
    }

    // Products to softmax's weights.
    void weigh(std::span<float> row) const
    {
        const float most = *std::ranges::max_element(row);
        double sum = 0;
        for (float& value : row)
            sum += static_cast<double>(value = std::exp((value - most) / layout_.rootOfDim()));
        for (float& value : row)
            value = static_cast<float>(static_cast<double>(value) / sum);
    }

    // Products to what is left of their softmax. Centred keys take the mean off each row.
    void leave(std::span<const float> predicted, std::span<float> row) const
    {
        const auto count = static_cast<double>(row.size());
        double mean = 0;
        for (const float score : row)
            mean += static_cast<double>(score) / count;
        std::vector<float> exact(row.begin(), row.end());
        weigh(exact);
        const double root = std::sqrt(static_cast<double>(layout_.dim));
        for (std::size_t key = 0; key < row.size(); ++key) {
            const double taylor = (1 + (static_cast<double>(row[key]) - mean) / root) / count;
            row[key] = predicted[key] > threshold_
                           ? static_cast<float>(static_cast<double>(exact[key]) - taylor)
                           : 0.0f;
        }
    }

    HeadLayout layout_;
    float threshold_;
};

} // namespace

std::unique_ptr<VisionStep> makeStrongStep(const HeadLayout& layout, double threshold)
{
    return std::make_unique<StrongStep>(layout, threshold);
}

} // namespace vitrine::model
