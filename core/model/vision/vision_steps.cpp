#include "core/model/vision/vision_steps.h"

#include "core/base/parallel.h"
#include "core/model/vision/folded_weights.h"
#include "core/tensor/kernels/convolution.h"
#include "core/tensor/kernels/linear_attention.h"
#include "core/tensor/kernels/multiply.h"
#include "core/tensor/kernels/rows.h"
#include "core/tensor/kernels/softmax_row.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

namespace vitrine::model
{
namespace
{

using Inputs = std::span<const PassMatrix>;
using StepPointer = std::unique_ptr<VisionStep>;

// Heads lie side by side in the columns of queries, keys and values, which may share one matrix.
struct HeadsAt {
    const float* values = nullptr;
    std::int64_t stride = 0; // of a row

    HeadsAt(const PassMatrix& m, std::int64_t column) : values(m.values + column), stride(m.columns)
    {
    }
};

kernels::After afterOf(Function function)
{
    return function == Function::gelu        ? kernels::After::gelu
           : function == Function::hardSwish ? kernels::After::hardSwish
                                             : kernels::After::nothing;
}

kernels::ConvolutionShape convolutionShape(const LayerShape& s)
{
    const ConvShape& c = s.conv;
    if (c.inChannels == 0)
        return kernels::linearAsConvolution(s.m, s.k, s.n);
    // Zero padding kernel / 2 unless the kernel tiles the map (layer_shape.h).
    const auto padding = [](std::int64_t kernel, std::int64_t stride) {
        return kernel == stride ? 0 : kernel / 2;
    };
    return {.inChannels = c.inChannels,
            .inHeight = c.inHeight,
            .inWidth = c.inWidth,
            .outChannels = c.outChannels,
            .outHeight = c.outHeight,
            .outWidth = c.outWidth,
            .kernelHeight = c.kernelHeight,
            .kernelWidth = c.kernelWidth,
            .strideHeight = c.strideHeight,
            .strideWidth = c.strideWidth,
            .top = padding(c.kernelHeight, c.strideHeight),
            .left = padding(c.kernelWidth, c.strideWidth),
            .groups = c.groups};
}

class ProductStep final : public VisionStep
{
public:
    explicit ProductStep(kernels::Convolution convolution) : convolution_(std::move(convolution)) {}
    void run(Inputs inputs, PassMatrix output) const override
    {
        convolution_.run(inputs[0].values, output.values);
    }

private:
    kernels::Convolution convolution_;
};

class NormStep final : public VisionStep
{
public:
    NormStep(std::vector<float> weight, std::vector<float> bias, float epsilon)
        : weight_(std::move(weight)), bias_(std::move(bias)), epsilon_(epsilon)
    {
    }
    void run(Inputs inputs, PassMatrix output) const override
    {
        kernels::layerNorm(inputs[0].values, output.rows, output.columns, weight_.data(),
                           bias_.data(), epsilon_, output.values);
    }

private:
    std::vector<float> weight_, bias_;
    float epsilon_;
};

class ActivationStep final : public VisionStep
{
public:
    explicit ActivationStep(Function function) : function_(function) {}
    void run(Inputs inputs, PassMatrix output) const override
    {
        std::copy_n(inputs[0].values, output.count(), output.values);
        if (function_ == Function::gelu)
            kernels::gelu(output.values, output.count());
        else
            kernels::hardSwish(output.values, output.count());
    }

private:
    Function function_;
};

class AddStep final : public VisionStep
{
public:
    void run(Inputs inputs, PassMatrix output) const override
    {
        kernels::addTo(inputs[0].values, inputs[1].values, output.count(), output.values);
    }
};

// Class, distillation and register tokens before the patches; then positions.
class TokensStep final : public VisionStep
{
public:
    TokensStep(std::vector<float> first, std::vector<float> positions)
        : first_(std::move(first)), positions_(std::move(positions))
    {
    }
    void run(Inputs inputs, PassMatrix output) const override
    {
        const PassMatrix& patches = inputs[0];
        const auto before = static_cast<std::int64_t>(first_.size()),
                   places = static_cast<std::int64_t>(positions_.size());
        std::ranges::copy(first_, output.values);
        // Rows of the positions beside those of the patches belong to the first tokens.
        const std::int64_t placed = places - patches.count();
        kernels::addTo(output.values, positions_.data(), placed, output.values);
        kernels::addTo(patches.values, positions_.data() + placed, patches.count(),
                       output.values + before);
    }

private:
    std::vector<float> first_, positions_;
};

class SelectStep final : public VisionStep
{
public:
    explicit SelectStep(std::int64_t row) : row_(row) {}
    void run(Inputs inputs, PassMatrix output) const override
    {
        std::copy_n(inputs[0].values + row_ * output.columns, output.columns, output.values);
    }

private:
    std::int64_t row_;
};

class PoolStep final : public VisionStep
{
public:
    void run(Inputs inputs, PassMatrix output) const override
    {
        const PassMatrix& x = inputs[0];
        std::vector<double> sums(static_cast<std::size_t>(x.columns));
        for (std::int64_t row = 0; row < x.rows; ++row)
            for (std::int64_t c = 0; c < x.columns; ++c)
                sums[static_cast<std::size_t>(c)] +=
                    static_cast<double>(x.values[row * x.columns + c]);
        for (std::int64_t c = 0; c < x.columns; ++c)
            output.values[c] =
                static_cast<float>(sums[static_cast<std::size_t>(c)] / static_cast<double>(x.rows));
    }
};

class ConcatStep final : public VisionStep
{
public:
    void run(Inputs inputs, PassMatrix output) const override
    {
        for (std::int64_t row = 0; row < output.rows; ++row) {
            float* to = output.values + row * output.columns;
            for (const PassMatrix& input : inputs)
                to = std::copy_n(input.values + row * input.columns, input.columns, to);
        }
    }
};

// 2 x 2 neighbours side by side: (0, 0), (1, 0), (0, 1), (1, 1) as (row, column).
class MergeStep final : public VisionStep
{
public:
    void run(Inputs inputs, PassMatrix output) const override
    {
        const PassMatrix& x = inputs[0];
        const auto half = static_cast<std::int64_t>(
                       std::llround(std::sqrt(static_cast<double>(output.rows)))),
                   side = 2 * half;
        for (std::int64_t y = 0; y < half; ++y)
            for (std::int64_t c = 0; c < half; ++c)
                for (std::int64_t part = 0; part < 4; ++part) {
                    const std::int64_t row = 2 * y + part % 2, column = 2 * c + part / 2;
                    std::copy_n(x.values + (row * side + column) * x.columns, x.columns,
                                output.values + (y * half + c) * output.columns + part * x.columns);
                }
    }
};

// Place in a rolled map: `row` of the windowed one is `row + offset` of the map, around its end.
class WindowsStep final : public VisionStep
{
public:
    WindowsStep(std::int64_t window, std::int64_t offset, bool back)
        : window_(window), offset_(offset), back_(back)
    {
    }
    void run(Inputs inputs, PassMatrix output) const override
    {
        const PassMatrix& x = inputs[0];
        const auto side = static_cast<std::int64_t>(
                       std::llround(std::sqrt(static_cast<double>(x.rows)))),
                   across = side / window_;
        std::int64_t inWindows = 0;
        for (std::int64_t windowRow = 0; windowRow < across; ++windowRow)
            for (std::int64_t windowColumn = 0; windowColumn < across; ++windowColumn)
                for (std::int64_t y = 0; y < window_; ++y)
                    for (std::int64_t c = 0; c < window_; ++c, ++inWindows) {
                        const std::int64_t row = (windowRow * window_ + y + offset_) % side,
                                           column = (windowColumn * window_ + c + offset_) % side;
                        const std::int64_t inMap = row * side + column;
                        std::copy_n(x.values + (back_ ? inWindows : inMap) * x.columns, x.columns,
                                    output.values + (back_ ? inMap : inWindows) * x.columns);
                    }
    }

private:
    std::int64_t window_, offset_;
    bool back_;
};

// Q K^T / sqrt(d) of every head; rows of the output: [window, head, token].
class ScoresStep final : public VisionStep
{
public:
    ScoresStep(const LayerShape& shape, bool shared) : shape_(shape), shared_(shared) {}
    void run(Inputs inputs, PassMatrix output) const override
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
    void run(Inputs inputs, PassMatrix output) const override
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
    void run(Inputs inputs, PassMatrix output) const override
    {
        std::copy_n(inputs[0].values, output.count(), output.values);
        kernels::softmaxRows(output.values, output.rows, output.columns, 1, nullptr, 0);
    }
};

class ValuesStep final : public VisionStep
{
public:
    explicit ValuesStep(const LayerShape& shape) : shape_(shape) {}
    void run(Inputs inputs, PassMatrix output) const override
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

// EfficientViT's linear attention: the columns of its input are, for each head, q, k and v, `dim`
// of each; of q and k what is below 0 counts as 0.

// K^T V: rows of the output are [head, channel of k].
class ContextStep final : public VisionStep
{
public:
    explicit ContextStep(const LayerShape& shape) : shape_(shape) {}
    void run(Inputs inputs, PassMatrix output) const override
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
    void run(Inputs inputs, PassMatrix output) const override
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
    void run(Inputs inputs, PassMatrix output) const override
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
    void run(Inputs inputs, PassMatrix output) const override
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

Result<StepPointer> makeProduct(const NetworkLayer& layer, Function after,
                                const Checkpoint& checkpoint)
{
    VITRINE_TRY(const FoldedWeights weights, foldedWeights(layer, checkpoint));
    VITRINE_TRY(auto convolution,
                kernels::Convolution::make(convolutionShape(layer.shape), weights.weights.data(),
                                           weights.bias.empty() ? nullptr : weights.bias.data(),
                                           afterOf(after)));
    return std::make_unique<ProductStep>(std::move(convolution));
}

Result<StepPointer> makeTokens(const NetworkLayer& layer, const Checkpoint& checkpoint)
{
    std::vector<float> first, positions;
    for (const NetworkTensor& tensor : layer.tensors) {
        VITRINE_TRY(const std::vector<float> values, finiteTensor(tensor.name, checkpoint));
        auto& to = tensor.name == "pos_embed" ? positions : first;
        to.insert(to.end(), values.begin(), values.end());
    }
    return std::make_unique<TokensStep>(std::move(first), std::move(positions));
}

Result<StepPointer> makeScores(const NetworkLayer& layer, const Checkpoint& checkpoint)
{
    ScoresStep scores(layer.shape, layer.inputs[0] == layer.inputs[1]);
    if (layer.side == 0)
        return std::make_unique<ScoresStep>(std::move(scores));
    VITRINE_TRY(std::vector<float> table, finiteTensor(layer.tensors.front().name, checkpoint));
    return std::make_unique<WindowScoresStep>(std::move(scores), layer, std::move(table));
}

} // namespace

PassMatrix outputOf(const NetworkLayer& layer, std::span<const PassMatrix> inputs)
{
    const LayerShape& s = layer.shape;
    switch (s.kind) {
    case LayerKind::conv:
    case LayerKind::depthwise:
    case LayerKind::grouped:
        return {nullptr, s.conv.outHeight * s.conv.outWidth, s.conv.outChannels};
    case LayerKind::values: {
        const std::int64_t windows = inputs[1].rows / s.k;
        return {nullptr, windows * s.m, s.batch / windows * s.n};
    }
    case LayerKind::lookup:
        return {nullptr, s.m, s.batch * s.n};
    case LayerKind::divisor:
        return inputs.size() == 1 ? PassMatrix{nullptr, s.batch * s.m, s.n}
                                  : PassMatrix{nullptr, s.m, s.batch * s.n};
    case LayerKind::pool:
        return {nullptr, 1, s.n};
    default:
        return {nullptr, s.batch * s.m, s.n};
    }
}

Result<std::unique_ptr<VisionStep>> makeStep(const NetworkLayer& layer, Function after,
                                             const Checkpoint& checkpoint)
{
    switch (layer.shape.kind) {
    case LayerKind::conv:
    case LayerKind::depthwise:
    case LayerKind::grouped:
    case LayerKind::linear:
        return makeProduct(layer, after, checkpoint);
    case LayerKind::norm: {
        VITRINE_TRY(auto weight, finiteTensor(layer.shape.name + ".weight", checkpoint));
        VITRINE_TRY(auto bias, finiteTensor(layer.shape.name + ".bias", checkpoint));
        return std::make_unique<NormStep>(std::move(weight), std::move(bias), layer.epsilon);
    }
    case LayerKind::activation:
        return std::make_unique<ActivationStep>(layer.function);
    case LayerKind::add:
        return std::make_unique<AddStep>();
    case LayerKind::tokens:
        return makeTokens(layer, checkpoint);
    case LayerKind::select:
        return std::make_unique<SelectStep>(layer.offset);
    case LayerKind::pool:
        return std::make_unique<PoolStep>();
    case LayerKind::concat:
        return std::make_unique<ConcatStep>();
    case LayerKind::merge:
        return std::make_unique<MergeStep>();
    case LayerKind::windows:
    case LayerKind::joinWindows:
        return std::make_unique<WindowsStep>(layer.side, layer.offset,
                                             layer.shape.kind == LayerKind::joinWindows);
    case LayerKind::scores:
        return makeScores(layer, checkpoint);
    case LayerKind::softmax:
        return std::make_unique<SoftmaxStep>();
    case LayerKind::values:
        return std::make_unique<ValuesStep>(layer.shape);
    case LayerKind::context:
        return std::make_unique<ContextStep>(layer.shape);
    case LayerKind::divisor:
        if (layer.inputs.size() == 1)
            return std::make_unique<KeySumsStep>(layer.shape);
        return std::make_unique<LookupStep>(layer.shape);
    case LayerKind::lookup:
        return std::make_unique<LookupStep>(layer.shape);
    case LayerKind::divide:
        return std::make_unique<DivideStep>(layer.epsilon);
    default:
        return failure("layer \"{}\" ({}) has no step", layer.shape.name,
                       kindName(layer.shape.kind));
    }
}

} // namespace vitrine::model
