#include "core/quant/vision/integer_maps.h"

#include "core/model/vision/kernel_shape.h"
#include "core/quant/vision/in_layer.h"
#include "core/tensor/kernels/code_hard_swish.h"
#include "core/tensor/kernels/int8_depthwise.h"
#include "core/tensor/kernels/int8_product.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vitrine::quant
{
namespace
{

using model::ConvShape;
using MapInputs = std::span<const CodeMatrix>;
using MapStepPointer = std::unique_ptr<IntegerStep>;

bool isPointwise(const ConvShape& s)
{
    return s.kernelHeight * s.kernelWidth * s.strideHeight * s.strideWidth == 1;
}

// A convolution as products, one for each group, of the pixels under each kernel; of one pixel
// alone they are the rows of the map.
class MapProductStep final : public IntegerStep
{
public:
    MapProductStep(std::vector<kernels::Int8Product> groups, const ConvShape& conv,
                   std::int8_t padding, std::optional<kernels::CodeHardSwish> after)
        : groups_(std::move(groups)), conv_(conv), padding_(padding), after_(std::move(after))
    {
    }
    void run(MapInputs inputs, CodeMatrix output) const override
    {
        if (!after_) {
            multiply(inputs[0], output.codes, output);
            return;
        }
        std::vector<std::int16_t> numbers(static_cast<std::size_t>(output.count()));
        multiply(inputs[0], numbers.data(), output);
        after_->run(numbers.data(), output.rows, output.codes);
    }

private:
    template <typename Code>
    void multiply(const CodeMatrix& map, Code* to, const CodeMatrix& output) const
    {
        const auto count = static_cast<std::int64_t>(groups_.size()),
                   channels = map.columns / count, filters = output.columns / count;
        for (std::int64_t g = 0; g < count; ++g) {
            const kernels::Int8Product& product = groups_[static_cast<std::size_t>(g)];
            if (conv_.inChannels == 0 || isPointwise(conv_)) {
                product.run(map.codes + g * channels, output.rows, map.columns, to + g * filters,
                            output.columns);
                continue;
            }
            const std::vector<std::int8_t> patches = patchesOf(map, g * channels, channels);
            product.run(patches.data(), output.rows, product.inputs(), to + g * filters,
                        output.columns);
        }
    }
    // [output pixels, channels of a group * kernel area], in the order of the weights.
    std::vector<std::int8_t> patchesOf(const CodeMatrix& map, std::int64_t firstChannel,
                                       std::int64_t channels) const
    {
        const kernels::ConvolutionShape shape = model::kernelShape(conv_);
        const std::int64_t area = conv_.kernelHeight * conv_.kernelWidth, top = shape.top,
                           left = shape.left;
        std::vector<std::int8_t> patches(
            static_cast<std::size_t>(conv_.outHeight * conv_.outWidth * channels * area), padding_);
        std::int8_t* to = patches.data();
        for (std::int64_t pixel = 0; pixel < conv_.outHeight * conv_.outWidth; ++pixel) {
            const std::int64_t y = pixel / conv_.outWidth * conv_.strideHeight - top,
                               x = pixel % conv_.outWidth * conv_.strideWidth - left;
            for (std::int64_t i = 0; i < area; ++i) {
                const std::int64_t row = y + i / conv_.kernelWidth,
                                   column = x + i % conv_.kernelWidth;
                if (row < 0 || row >= conv_.inHeight || column < 0 || column >= conv_.inWidth)
                    continue;
                const std::int8_t* from =
                    map.codes + (row * conv_.inWidth + column) * map.columns + firstChannel;
                for (std::int64_t c = 0; c < channels; ++c)
                    to[c * area + i] = from[c];
            }
            to += channels * area;
        }
        return patches;
    }

    std::vector<kernels::Int8Product> groups_;
    ConvShape conv_;
    std::int8_t padding_;
    std::optional<kernels::CodeHardSwish> after_;
};

class DepthwiseStep final : public IntegerStep
{
public:
    DepthwiseStep(kernels::Int8Depthwise product, std::optional<kernels::CodeHardSwish> after)
        : product_(std::move(product)), after_(std::move(after))
    {
    }
    void run(MapInputs inputs, CodeMatrix output) const override
    {
        if (!after_) {
            product_.run(inputs[0].codes, output.codes);
            return;
        }
        std::vector<std::int16_t> numbers(static_cast<std::size_t>(output.count()));
        product_.run(inputs[0].codes, numbers.data());
        after_->run(numbers.data(), output.rows, output.codes);
    }

private:
    kernels::Int8Depthwise product_;
    std::optional<kernels::CodeHardSwish> after_;
};

class ConcatStep final : public IntegerStep
{
public:
    void run(MapInputs inputs, CodeMatrix output) const override
    {
        for (std::int64_t row = 0; row < output.rows; ++row) {
            std::int8_t* to = output.codes + row * output.columns;
            for (const CodeMatrix& input : inputs)
                to = std::copy_n(input.codes + row * input.columns, input.columns, to);
        }
    }
};

class PoolStep final : public IntegerStep
{
public:
    PoolStep(const Requantizer& by, std::int64_t inputZero, const CodeGrid& output)
        : by_(by), inputZero_(inputZero), output_(output)
    {
    }
    void run(MapInputs inputs, CodeMatrix output) const override
    {
        const CodeMatrix& x = inputs[0];
        std::vector<std::int32_t> sums(static_cast<std::size_t>(x.columns));
        for (std::int64_t row = 0; row < x.rows; ++row)
            for (std::int64_t c = 0; c < x.columns; ++c)
                sums[static_cast<std::size_t>(c)] += x.codes[row * x.columns + c];
        for (std::int64_t c = 0; c < x.columns; ++c)
            output.codes[c] = static_cast<std::int8_t>(
                requantized(sums[static_cast<std::size_t>(c)] - x.rows * inputZero_, by_,
                            output_.low() - output_.zero, output_.high() - output_.zero) +
                output_.zero);
    }

private:
    Requantizer by_;
    std::int64_t inputZero_;
    CodeGrid output_;
};

class TableStep final : public IntegerStep
{
public:
    TableStep(const std::vector<std::int32_t>& codes, std::int64_t low)
        : codes_(codes.begin(), codes.end()), low_(low)
    {
    }
    void run(MapInputs inputs, CodeMatrix output) const override
    {
        std::transform(
            inputs[0].codes, inputs[0].codes + inputs[0].count(), output.codes,
            [this](std::int64_t code) { return codes_[static_cast<std::size_t>(code - low_)]; });
    }

private:
    std::vector<std::int8_t> codes_;
    std::int64_t low_;
};

// What the sums of each output begin with: its bias, less what the input's code of 0 adds.
Result<std::vector<std::int32_t>> startsOf(const CodedProduct& work, std::int64_t inputZero)
{
    std::vector<std::int32_t> starts;
    const std::size_t inputs = work.weights.size() / work.bias.size();
    for (std::size_t o = 0; o < work.bias.size(); ++o) {
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < inputs; ++i)
            sum += work.weights[o * inputs + i];
        const double start = work.bias[o] - static_cast<double>(inputZero * sum);
        if (!(std::abs(start) <= std::numeric_limits<std::int32_t>::max()))
            return inputError("the bias of output {} is {} units of the products, more than sums "
                              "of 32 bits hold",
                              o, start);
        starts.push_back(static_cast<std::int32_t>(start));
    }
    return starts;
}

Result<std::optional<kernels::CodeHardSwish>> hardSwishOf(const CodedProduct& work)
{
    if (!work.hardSwish)
        return std::optional<kernels::CodeHardSwish>();
    const HardSwishUnit& unit = *work.hardSwish;
    const std::vector<std::int32_t> centres(unit.centres.begin(), unit.centres.end());
    std::vector<kernels::SumFactor> factors;
    std::ranges::transform(unit.by, std::back_inserter(factors), sumFactor);
    VITRINE_TRY(auto made, kernels::CodeHardSwish::make(unit.fraction, centres, factors,
                                                        codeRange(unit.output)));
    return std::optional(std::move(made));
}

Result<MapStepPointer> mapProduct(const StepGrids& at, const CodedProduct& work)
{
    const model::LayerShape& shape = at.layer.shape;
    const CodeGrid &first = work.before ? *work.before : at.output, &input = *at.inputs[0];
    VITRINE_TRY(const auto starts, startsOf(work, input.zero));
    std::vector<kernels::SumFactor> factors;
    for (const Rescale& by : work.rescales)
        factors.push_back(sumFactor(*by.whole));
    const kernels::CodeRange range = codeRange(first);
    VITRINE_TRY(auto after, hardSwishOf(work));
    const auto padding = static_cast<std::int8_t>(input.zero);
    if (shape.kind == model::LayerKind::depthwise) {
        VITRINE_TRY(auto product, kernels::Int8Depthwise::make(model::kernelShape(shape.conv),
                                                               work.weights.data(), starts.data(),
                                                               padding, {factors, range}));
        return std::make_unique<DepthwiseStep>(std::move(product), std::move(after));
    }
    std::vector<kernels::Int8Product> groups;
    const std::int64_t count = std::max<std::int64_t>(1, shape.conv.groups);
    for (std::int64_t g = 0; g < count; ++g) {
        const auto firstOutput = static_cast<std::size_t>(g * shape.n);
        VITRINE_TRY(
            auto product,
            kernels::Int8Product::make(
                {shape.n, shape.k, &work.weights[firstOutput * static_cast<std::size_t>(shape.k)],
                 &starts[firstOutput]},
                {std::span(factors).subspan(firstOutput, static_cast<std::size_t>(shape.n)),
                 range}));
        groups.push_back(std::move(product));
    }
    return std::make_unique<MapProductStep>(std::move(groups), shape.conv, padding,
                                            std::move(after));
}

} // namespace

bool isMapProduct(const StepGrids& at, const CodedProduct& work)
{
    const ConvShape& s = at.layer.shape.conv;
    const bool tiles =
        s.groups <= 1 && s.kernelHeight == s.strideHeight && s.kernelWidth == s.strideWidth;
    return work.hardSwish || at.inputs[0]->zero != 0 || at.output.zero != 0 ||
           (s.inChannels > 0 && !tiles);
}

Result<MapStepPointer> makeMapProductStep(const StepGrids& at, const CodedProduct& work)
{
    if (!work.table.empty())
        return inputError("layer \"{}\": a table behind a product of a map is not known here",
                          at.layer.shape.name);
    return inLayer(at.layer.shape.name, mapProduct(at, work));
}

MapStepPointer makeConcatStep()
{
    return std::make_unique<ConcatStep>();
}

MapStepPointer makePoolStep(const StepGrids& at, const CodedPool& work)
{
    return std::make_unique<PoolStep>(*work.rescale.whole, at.inputs[0]->zero, at.output);
}

MapStepPointer makeTableStep(const StepGrids& at, const CodedTable& work)
{
    return std::make_unique<TableStep>(work.codes, at.inputs[0]->low());
}

} // namespace vitrine::quant
