#include "core/quant/vision/integer_steps.h"

#include "core/quant/vision/integer_heads.h"
#include "core/quant/vision/integer_maps.h"
#include "core/quant/vision/log_int_softmax.h"
#include "core/quant/vision/norm_rows.h"
#include "core/tensor/kernels/code_sums.h"
#include "core/tensor/kernels/int8_product.h"
#include "core/tensor/kernels/int8_scores.h"
#include "core/tensor/kernels/log_softmax.h"
#include "core/tensor/kernels/shifted_values.h"

#include <algorithm>

namespace vitrine::quant
{
namespace
{

using model::ConvShape;
using Inputs = std::span<const CodeMatrix>;
using StepPointer = std::unique_ptr<IntegerStep>;

// A linear layer; of a map whose kernel tiles it, the pixels under each kernel are a row.
class IntegerProductStep final : public IntegerStep
{
public:
    IntegerProductStep(kernels::Int8Product product, const ConvShape& conv)
        : product_(std::move(product)), conv_(conv)
    {
    }
    void run(Inputs inputs, CodeMatrix output) const override
    {
        if (conv_.inChannels == 0) {
            product_.run(inputs[0].codes, output.rows, inputs[0].columns, output.codes,
                         output.columns);
            return;
        }
        const std::vector<std::int8_t> patches = patchesOf(inputs[0]);
        product_.run(patches.data(), output.rows, product_.inputs(), output.codes, output.columns);
    }

private:
    // [output pixels, channels * kernel area], in the order of the weights.
    std::vector<std::int8_t> patchesOf(const CodeMatrix& map) const
    {
        const std::int64_t area = conv_.kernelHeight * conv_.kernelWidth;
        std::vector<std::int8_t> patches(
            static_cast<std::size_t>(conv_.outHeight * conv_.outWidth * conv_.inChannels * area));
        std::int8_t* to = patches.data();
        for (std::int64_t pixel = 0; pixel < conv_.outHeight * conv_.outWidth; ++pixel) {
            const std::int64_t top = pixel / conv_.outWidth * conv_.strideHeight,
                               left = pixel % conv_.outWidth * conv_.strideWidth;
            for (std::int64_t channel = 0; channel < conv_.inChannels; ++channel)
                for (std::int64_t y = 0; y < conv_.kernelHeight; ++y) {
                    const std::int8_t* from =
                        map.codes + ((top + y) * conv_.inWidth + left) * map.columns + channel;
                    for (std::int64_t x = 0; x < conv_.kernelWidth; ++x)
                        *to++ = from[x * map.columns];
                }
        }
        return patches;
    }

    kernels::Int8Product product_;
    ConvShape conv_;
};

class IntegerSumStep final : public IntegerStep
{
public:
    explicit IntegerSumStep(kernels::CodeSum sum) : sum_(std::move(sum)) {}
    void run(Inputs inputs, CodeMatrix output) const override
    {
        sum_.run(inputs[0].codes, inputs[1].codes, output.rows, output.codes);
    }

private:
    kernels::CodeSum sum_;
};

class IntegerTokensStep final : public IntegerStep
{
public:
    IntegerTokensStep(const CodedTokens& tokens, kernels::CodeSum sum, std::int64_t rows,
                      std::int64_t width)
        : first_(tokens.first),
          positions_(static_cast<std::size_t>(rows * width)),
          sum_(std::move(sum))
    {
        // Rows of the positions beside those of the patches belong to the first tokens; those that
        // have none are 0.
        const auto patches = static_cast<std::ptrdiff_t>(positions_.size() - first_.size()),
                   placed = static_cast<std::ptrdiff_t>(tokens.positions.size()) - patches;
        std::copy_n(tokens.positions.begin(), placed, positions_.begin());
        std::copy_n(tokens.positions.begin() + placed, patches, positions_.end() - patches);
    }
    void run(Inputs inputs, CodeMatrix output) const override
    {
        std::ranges::copy(first_, output.codes);
        std::copy_n(inputs[0].codes, inputs[0].count(), output.codes + first_.size());
        sum_.run(output.codes, positions_.data(), output.rows, output.codes);
    }

private:
    std::vector<std::int8_t> first_, positions_;
    kernels::CodeSum sum_;
};

class IntegerNormStep final : public IntegerStep
{
public:
    explicit IntegerNormStep(const IntegerLayerNorm& norm) : rows_(norm) {}
    void run(Inputs inputs, CodeMatrix output) const override
    {
        rows_.run(inputs[0].codes, output.rows, output.codes);
    }

private:
    NormRows rows_;
};

kernels::Int8HeadsShape headsOf(const model::LayerShape& shape, std::int64_t dim, std::int64_t keys)
{
    return {.heads = shape.batch, .headSize = dim, .queries = shape.m, .keys = keys};
}

class IntegerScoresStep final : public IntegerStep
{
public:
    IntegerScoresStep(const model::LayerShape& shape, kernels::SumRequantizer by)
        : shape_(headsOf(shape, shape.k, shape.n)), by_(std::move(by))
    {
    }
    void run(Inputs inputs, CodeMatrix output) const override
    {
        const std::int64_t stride = inputs[0].columns;
        kernels::int8Scores(shape_, {inputs[0].codes, stride},
                            {inputs[0].codes + stride / 3, stride}, by_, output.codes,
                            output.columns);
    }

private:
    kernels::Int8HeadsShape shape_;
    kernels::SumRequantizer by_;
};

std::uint8_t* asExponents(std::int8_t* codes)
{
    return reinterpret_cast<std::uint8_t*>(codes);
}

class IntegerSoftmaxStep final : public IntegerStep
{
public:
    explicit IntegerSoftmaxStep(kernels::LogSoftmax softmax) : softmax_(std::move(softmax)) {}
    void run(Inputs inputs, CodeMatrix output) const override
    {
        softmax_.run(inputs[0].codes, output.rows, output.columns, asExponents(output.codes));
    }

private:
    kernels::LogSoftmax softmax_;
};

// Values, shifted by the exponents of their weights and summed up.
class IntegerValuesStep final : public IntegerStep
{
public:
    explicit IntegerValuesStep(kernels::ShiftedValues values) : values_(std::move(values)) {}
    void run(Inputs inputs, CodeMatrix output) const override
    {
        const CodeMatrix& qkv = inputs[1];
        values_.run(asExponents(inputs[0].codes), inputs[0].columns,
                    {qkv.codes + qkv.columns / 3 * 2, qkv.columns}, output.codes, output.columns);
    }

private:
    kernels::ShiftedValues values_;
};

class IntegerSelectStep final : public IntegerStep
{
public:
    explicit IntegerSelectStep(std::int64_t row) : row_(row) {}
    void run(Inputs inputs, CodeMatrix output) const override
    {
        std::copy_n(inputs[0].codes + row_ * output.columns, output.columns, output.codes);
    }

private:
    std::int64_t row_;
};

// A table over all 256 codes; beyond the grid it is the nearest code's.
std::vector<std::int8_t> wholeTable(const CodedProduct& work)
{
    std::vector<std::int8_t> table(256);
    for (std::int64_t code = -128; code < 128; ++code)
        table[static_cast<std::size_t>(code + 128)] = work.table[static_cast<std::size_t>(
            std::clamp(code, work.before->low(), work.before->high()) - work.before->low())];
    return table;
}

struct MakeStep {
    const StepGrids& at;

    const model::LayerShape& shape() const { return at.layer.shape; }
    template <typename Step, typename... Args>
    static Result<StepPointer> made(Args&&... args)
    {
        return std::make_unique<Step>(std::forward<Args>(args)...);
    }
    Result<StepPointer> operator()(std::monostate) const
    {
        return failure("layer \"{}\" has no step in whole numbers", shape().name);
    }
    Result<StepPointer> operator()(const CodedProduct& work) const
    {
        if (isMapProduct(at, work))
            return makeMapProductStep(at, work);
        const CodeGrid& first = work.before ? *work.before : at.output;
        std::vector<std::int32_t> bias;
        for (const double one : work.bias)
            bias.push_back(static_cast<std::int32_t>(one));
        std::vector<kernels::SumFactor> factors;
        for (const Rescale& by : work.rescales)
            factors.push_back(sumFactor(*by.whole));
        const std::vector<std::int8_t> table =
            work.before ? wholeTable(work) : std::vector<std::int8_t>();
        VITRINE_TRY(auto product, kernels::Int8Product::make(
                                      {shape().n, shape().k, work.weights.data(), bias.data()},
                                      {factors,
                                       {static_cast<std::int32_t>(first.low()),
                                        static_cast<std::int32_t>(first.high())},
                                       table.empty() ? nullptr : table.data()}));
        return made<IntegerProductStep>(std::move(product), shape().conv);
    }
    kernels::CodeRange range() const
    {
        return {static_cast<std::int32_t>(at.output.low()),
                static_cast<std::int32_t>(at.output.high()),
                static_cast<std::int32_t>(at.output.zero)};
    }
    Result<kernels::CodeSum> sumOf(const CodedSum& work, const CodeGrid& a, const CodeGrid& b) const
    {
        const auto narrow = [](const std::vector<std::int64_t>& factors) {
            std::vector<std::int32_t> narrowed;
            for (const std::int64_t factor : factors)
                narrowed.push_back(static_cast<std::int32_t>(factor));
            return narrowed;
        };
        const auto first = narrow(work.firstBy), second = narrow(work.secondBy);
        // What the codes of 0 of the two add.
        std::vector<std::int32_t> bias;
        for (std::size_t c = 0; (a.zero != 0 || b.zero != 0) && c < first.size(); ++c)
            bias.push_back(
                static_cast<std::int32_t>(-a.zero * work.firstBy[c] - b.zero * work.secondBy[c]));
        const kernels::SumFactor after[] = {{1, work.shift}};
        return kernels::CodeSum::make({.aFactors = first, .bFactors = second, .bias = bias}, after,
                                      range());
    }
    Result<StepPointer> operator()(const CodedTokens& work) const
    {
        VITRINE_TRY(auto sum, sumOf(work.sum, *at.inputs[0], work.positionGrid));
        return made<IntegerTokensStep>(work, std::move(sum), shape().m, shape().n);
    }
    Result<StepPointer> operator()(const CodedSum& work) const
    {
        VITRINE_TRY(auto sum, sumOf(work, *at.inputs[0], *at.inputs[1]));
        return made<IntegerSumStep>(std::move(sum));
    }
    Result<StepPointer> operator()(const CodedNorm& work) const
    {
        return made<IntegerNormStep>(*work.whole);
    }
    Result<StepPointer> operator()(const CodedScores& work) const
    {
        const kernels::SumFactor factors[] = {sumFactor(*work.rescale.whole)};
        VITRINE_TRY(auto by, kernels::SumRequantizer::make(
                                 factors, shape().n,
                                 headsOf(shape(), shape().k, shape().n).mostScore(), range()));
        return made<IntegerScoresStep>(shape(), std::move(by));
    }
    Result<StepPointer> operator()(const CodedSoftmax& work) const
    {
        const LogIntSoftmax softmax(at.inputs[0]->scale, work.bits);
        const std::vector<std::int64_t> exponentials(softmax.exponentials().begin(),
                                                     softmax.exponentials().end());
        VITRINE_TRY(auto rows, kernels::LogSoftmax::make(exponentials, shape().n));
        return made<IntegerSoftmaxStep>(std::move(rows));
    }
    Result<StepPointer> operator()(const CodedValues& work) const
    {
        VITRINE_TRY(auto values,
                    kernels::ShiftedValues::make(headsOf(shape(), shape().n, shape().k),
                                                 sumFactor(*work.rescale.whole), range()));
        return made<IntegerValuesStep>(std::move(values));
    }
    Result<StepPointer> operator()(const CodedSelect&) const
    {
        return made<IntegerSelectStep>(at.layer.offset);
    }
    Result<StepPointer> operator()(const CodedTable& work) const { return makeTableStep(at, work); }
    Result<StepPointer> operator()(const CodedPool& work) const { return makePoolStep(at, work); }
    Result<StepPointer> operator()(const CodedConcat&) const { return makeConcatStep(); }
    Result<StepPointer> operator()(const CodedHeads& work) const { return makeHeadsStep(at, work); }
};

} // namespace

Result<StepPointer> makeIntegerStep(const StepGrids& grids, const CodedLayer& coded)
{
    return std::visit(MakeStep{grids}, coded.work);
}

} // namespace vitrine::quant
