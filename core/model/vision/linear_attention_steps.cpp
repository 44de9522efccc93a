#include "core/model/vision/linear_attention_steps.h"

#include "core/base/parallel.h"
#include "core/tensor/kernels/linear_attention.h"

#include <algorithm>
#include <vector>

namespace vitrine::model
{
namespace
{

// K^T V: rows of the output are [head, channel of k].
class ContextStep final : public VisionStep
{
public:
    explicit ContextStep(const LayerShape& shape) : shape_(shape) {}
    void run(StepInputs inputs, PassMatrix output) const override
    {
        const std::int64_t dim = shape_.m;
        const PassMatrix& x = inputs[0];
        parallelFor(static_cast<std::size_t>(shape_.batch), [&](std::size_t item) {
            const auto head = static_cast<std::int64_t>(item);
            const float* k = x.values + (head * 3 + 1) * dim;
            kernels::reluContext(k, k + dim, x.rows, x.columns, dim,
                                 output.values + head * dim * dim);
        });
    }

private:
    LayerShape shape_;
};

// Sums of k over the tokens: rows of the output are [head, channel].
class KeySumsStep final : public VisionStep
{
public:
    explicit KeySumsStep(const LayerShape& shape) : shape_(shape) {}
    void run(StepInputs inputs, PassMatrix output) const override
    {
        const PassMatrix& x = inputs[0];
        const std::int64_t dim = shape_.m;
        std::vector<double> sums(static_cast<std::size_t>(output.rows));
        for (std::int64_t token = 0; token < x.rows; ++token)
            for (std::int64_t head = 0; head < shape_.batch; ++head) {
                const float* k = x.values + token * x.columns + (head * 3 + 1) * dim;
                double* to = sums.data() + head * dim;
                for (std::int64_t a = 0; a < dim; ++a)
                    to[a] += static_cast<double>(std::max(k[a], 0.0f));
            }
        std::ranges::transform(sums, output.values,
                               [](double sum) { return static_cast<float>(sum); });
    }

private:
    LayerShape shape_;
};

// Q times what belongs to each head: its context, or its sums of keys.
class LookupStep final : public VisionStep
{
public:
    explicit LookupStep(const LayerShape& shape) : shape_(shape) {}
    void run(StepInputs inputs, PassMatrix output) const override
    {
        const PassMatrix &x = inputs[0], &other = inputs[1];
        const std::int64_t dim = shape_.k, columns = shape_.n;
        parallelFor(static_cast<std::size_t>(shape_.batch), [&](std::size_t item) {
            const auto head = static_cast<std::int64_t>(item);
            kernels::reluLookup(x.values + head * 3 * dim, x.rows, x.columns, dim,
                                other.values + head * dim * columns, columns,
                                output.values + head * columns, output.columns);
        });
    }

private:
    LayerShape shape_;
};

class DivideStep final : public VisionStep
{
public:
    explicit DivideStep(float epsilon) : epsilon_(epsilon) {}
    void run(StepInputs inputs, PassMatrix output) const override
    {
        const PassMatrix& divisors = inputs[1];
        const std::int64_t dim = output.columns / divisors.columns;
        for (std::int64_t row = 0; row < output.rows; ++row)
            for (std::int64_t c = 0; c < output.columns; ++c)
                output.values[row * output.columns + c] =
                    inputs[0].values[row * output.columns + c] /
                    (divisors.values[row * divisors.columns + c / dim] + epsilon_);
    }

private:
    float epsilon_;
};

} // namespace

StepPointer makeContextStep(const LayerShape& shape)
{
    return std::make_unique<ContextStep>(shape);
}

StepPointer makeKeySumsStep(const LayerShape& shape)
{
    return std::make_unique<KeySumsStep>(shape);
}

StepPointer makeLookupStep(const LayerShape& shape)
{
    return std::make_unique<LookupStep>(shape);
}

StepPointer makeDivideStep(float epsilon)
{
    return std::make_unique<DivideStep>(epsilon);
}

} // namespace vitrine::model
