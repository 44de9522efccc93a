#include "core/model/vision/softmax_steps.h"

#include "core/base/parallel.h"
#include "core/model/vision/folded_weights.h"
#include "core/tensor/kernels/multiply.h"
#include "core/tensor/kernels/rows.h"
#include "core/tensor/kernels/softmax_row.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace vitrine::model
{
namespace
{

// Heads lie side by side in the columns of queries, keys and values, which may share one matrix.
struct HeadsAt {
    const float* values = nullptr;
    std::int64_t stride = 0; // of a row

    HeadsAt(const PassMatrix& m, std::int64_t column) : values(m.values + column), stride(m.columns)
    {
    }
};

// Q K^T / sqrt(d) of every head; rows of the output: [window, head, token].
class ScoresStep final : public VisionStep
{
public:
    ScoresStep(const LayerShape& shape, bool shared) : shape_(shape), shared_(shared) {}
    void run(StepInputs inputs, PassMatrix output) const override
    {
        const std::int64_t dim = shape_.k, m = shape_.m, n = shape_.n;
        // One matrix holds queries, keys and values, or one queries and one keys and values.
        const std::int64_t width = shared_ ? inputs[0].columns / 3 : inputs[0].columns;
        const std::int64_t heads = width / dim;
        const HeadsAt q(inputs[0], 0), k(inputs[1], inputs[1].columns - 2 * width);
        const float scale = 1.0f / std::sqrt(static_cast<float>(dim));
        parallelFor(static_cast<std::size_t>(shape_.batch), [&](std::size_t item) {
            const auto i = static_cast<std::int64_t>(item);
            const std::int64_t window = i / heads, head = i % heads;
            kernels::gemm(true, m, n, dim, q.values + window * m * q.stride + head * dim, q.stride,
                          k.values + window * n * k.stride + head * dim, k.stride, false,
                          output.values + i * m * n, n);
            kernels::scaleBy(output.values + i * m * n, m * n, scale);
        });
    }

private:
    LayerShape shape_;
    bool shared_;
};

// Scores of windows: bias by relative position, and nothing across what the roll brought together.
class WindowScoresStep final : public VisionStep
{
public:
    WindowScoresStep(ScoresStep scores, const NetworkLayer& layer, std::vector<float> table)
        : scores_(std::move(scores)),
          window_(layer.side),
          offset_(layer.offset),
          heads_(static_cast<std::int64_t>(table.size()) / ((2 * window_ - 1) * (2 * window_ - 1))),
          windows_(layer.shape.batch / heads_)
    {
        const std::int64_t tokens = window_ * window_, reach = 2 * window_ - 1;
        bias_.resize(static_cast<std::size_t>(heads_ * tokens * tokens));
        for (std::int64_t head = 0; head < heads_; ++head)
            for (std::int64_t a = 0; a < tokens; ++a)
                for (std::int64_t b = 0; b < tokens; ++b) {
                    const std::int64_t down = a / window_ - b / window_ + window_ - 1,
                                       right = a % window_ - b % window_ + window_ - 1;
                    bias_[static_cast<std::size_t>((head * tokens + a) * tokens + b)] =
                        table[static_cast<std::size_t>((down * reach + right) * heads_ + head)];
                }
    }
    void run(StepInputs inputs, PassMatrix output) const override
    {
        scores_.run(inputs, output);
        const std::int64_t tokens = window_ * window_;
        const auto across =
            static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(windows_))));
        for (std::int64_t window = 0; window < windows_; ++window)
            for (std::int64_t head = 0; head < heads_; ++head)
                for (std::int64_t a = 0; a < tokens; ++a)
                    for (std::int64_t b = 0; b < tokens; ++b) {
                        float& score =
                            output.values[((window * heads_ + head) * tokens + a) * tokens + b];
                        score += bias_[static_cast<std::size_t>((head * tokens + a) * tokens + b)];
                        if (offset_ > 0 &&
                            regionOf(window, across, a) != regionOf(window, across, b))
                            score += kMasked;
                    }
    }

private:
    static constexpr float kMasked = -100; // as the original has it

    // Which of the parts that lie together in the map, in the last windows of a row or column.
    std::int64_t regionOf(std::int64_t window, std::int64_t across, std::int64_t token) const
    {
        const auto part = [&](std::int64_t place, std::int64_t within) {
            return place + 1 == across && within >= window_ - offset_ ? 1 : 0;
        };
        return 2 * part(window / across, token / window_) + part(window % across, token % window_);
    }

    ScoresStep scores_;
    std::int64_t window_, offset_, heads_, windows_;
    std::vector<float> bias_; // [head, token, token]
};

class SoftmaxStep final : public VisionStep
{
public:
    void run(StepInputs inputs, PassMatrix output) const override
    {
        std::copy_n(inputs[0].values, output.count(), output.values);
        kernels::softmaxRows(output.values, output.rows, output.columns, 1, nullptr, 0);
    }
};

class ValuesStep final : public VisionStep
{
public:
    explicit ValuesStep(const LayerShape& shape) : shape_(shape) {}
    void run(StepInputs inputs, PassMatrix output) const override
    {
        const std::int64_t tokens = shape_.m, dim = shape_.n, keys = shape_.k;
        const std::int64_t width = output.columns, heads = width / dim;
        const HeadsAt v(inputs[1], inputs[1].columns - width);
        parallelFor(static_cast<std::size_t>(shape_.batch), [&](std::size_t item) {
            const auto i = static_cast<std::int64_t>(item);
            const std::int64_t window = i / heads, head = i % heads;
            kernels::gemm(false, tokens, dim, keys, inputs[0].values + i * tokens * keys, keys,
                          v.values + window * keys * v.stride + head * dim, v.stride, false,
                          output.values + window * tokens * width + head * dim, width);
        });
    }

private:
    LayerShape shape_;
};

} // namespace

Result<StepPointer> makeScoresStep(const NetworkLayer& layer, const Checkpoint& checkpoint)
{
    ScoresStep scores(layer.shape, layer.inputs[0] == layer.inputs[1]);
    if (layer.side == 0)
        return std::make_unique<ScoresStep>(std::move(scores));
    VITRINE_TRY(std::vector<float> table, finiteTensor(layer.tensors.front().name, checkpoint));
    return std::make_unique<WindowScoresStep>(std::move(scores), layer, std::move(table));
}

StepPointer makeSoftmaxStep()
{
    return std::make_unique<SoftmaxStep>();
}

StepPointer makeValuesStep(const LayerShape& shape)
{
    return std::make_unique<ValuesStep>(shape);
}

} // namespace vitrine::model
