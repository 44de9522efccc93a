#include "core/model/vision/row_steps.h"

#include "core/model/vision/folded_weights.h"
#include "core/tensor/kernels/rows.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace vitrine::model
{
namespace
{

class AddStep final : public VisionStep
{
public:
    void run(StepInputs inputs, PassMatrix output) const override
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
    void run(StepInputs inputs, PassMatrix output) const override
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
    void run(StepInputs inputs, PassMatrix output) const override
    {
        std::copy_n(inputs[0].values + row_ * output.columns, output.columns, output.values);
    }

private:
    std::int64_t row_;
};

class PoolStep final : public VisionStep
{
public:
    void run(StepInputs inputs, PassMatrix output) const override
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
    void run(StepInputs inputs, PassMatrix output) const override
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
    void run(StepInputs inputs, PassMatrix output) const override
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
    void run(StepInputs inputs, PassMatrix output) const override
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

} // namespace

StepPointer makeAddStep()
{
    return std::make_unique<AddStep>();
}

Result<StepPointer> makeTokensStep(const NetworkLayer& layer, const Checkpoint& checkpoint)
{
    std::vector<float> first, positions;
    for (const NetworkTensor& tensor : layer.tensors) {
        VITRINE_TRY(const std::vector<float> values, finiteTensor(tensor.name, checkpoint));
        auto& to = tensor.name == "pos_embed" ? positions : first;
        to.insert(to.end(), values.begin(), values.end());
    }
    return std::make_unique<TokensStep>(std::move(first), std::move(positions));
}

StepPointer makeSelectStep(std::int64_t row)
{
    return std::make_unique<SelectStep>(row);
}

StepPointer makePoolStep()
{
    return std::make_unique<PoolStep>();
}

StepPointer makeConcatStep()
{
    return std::make_unique<ConcatStep>();
}

StepPointer makeMergeStep()
{
    return std::make_unique<MergeStep>();
}

StepPointer makeWindowsStep(const NetworkLayer& layer)
{
    return std::make_unique<WindowsStep>(layer.side, layer.offset,
                                         layer.shape.kind == LayerKind::joinWindows);
}

} // namespace vitrine::model
