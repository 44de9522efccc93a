#include "core/quant/vision/integer_heads.h"

#include "core/base/parallel.h"
#include "core/tensor/kernels/code_heads.h"

#include <algorithm>
#include <array>

namespace vitrine::quant
{
namespace
{

using HeadInputs = std::span<const CodeMatrix>;

std::int8_t codeOfSum(std::int64_t sum, const Requantizer& by, const CodeGrid& grid)
{
    return static_cast<std::int8_t>(
        requantized(sum, by, grid.low() - grid.zero, grid.high() - grid.zero) + grid.zero);
}

std::int32_t zeroOf(const CodeGrid& grid)
{
    return static_cast<std::int32_t>(grid.zero);
}

// One part, head by head.
class HeadsStep : public IntegerStep
{
public:
    HeadsStep(const model::LayerShape& shape, std::shared_ptr<const BothHalves> halves)
        : shape_(shape), halves_(std::move(halves))
    {
    }
    void run(HeadInputs inputs, CodeMatrix output) const override
    {
        parallelFor(static_cast<std::size_t>(heads(inputs)), [&](std::size_t head) {
            runHead(static_cast<std::int64_t>(head), inputs, output);
        });
    }

protected:
    virtual std::int64_t heads(HeadInputs) const { return shape_.batch; }
    virtual void runHead(std::int64_t head, HeadInputs inputs, CodeMatrix output) const = 0;

    const WholeHead& whole(std::int64_t head) const { return (*halves_)[half(head)]; }
    std::size_t half(std::int64_t head) const { return head < shape_.batch / 2 ? 0 : 1; }
    const model::LayerShape& shape() const { return shape_; }

private:
    model::LayerShape shape_;
    std::shared_ptr<const BothHalves> halves_;
};

// How sums become codes in each half of the heads.
using HalfRequantizers = std::array<kernels::SumRequantizer, 2>;

// relu(K)^T V.
class ContextHeads final : public HeadsStep
{
public:
    ContextHeads(const model::LayerShape& shape, std::shared_ptr<const BothHalves> halves,
                 HalfRequantizers by)
        : HeadsStep(shape, std::move(halves)), by_(std::move(by))
    {
    }

private:
    void runHead(std::int64_t head, HeadInputs inputs, CodeMatrix output) const override
    {
        const std::int64_t dim = shape().m, stride = inputs[0].columns;
        const HeadGrids& grids = whole(head).grids;
        const std::int8_t* k = inputs[0].codes + (head * 3 + 1) * dim;
        kernels::codeContext({inputs[0].rows, dim, dim}, {k, stride, zeroOf(grids.k)},
                             {k + dim, stride, zeroOf(grids.v)}, by_[half(head)],
                             output.codes + head * dim * dim);
    }

    HalfRequantizers by_;
};

class KeySumHeads final : public HeadsStep
{
public:
    using HeadsStep::HeadsStep;

private:
    void runHead(std::int64_t head, HeadInputs inputs, CodeMatrix output) const override
    {
        const std::int64_t dim = shape().m;
        const WholeHead& by = whole(head);
        const std::int32_t zero = zeroOf(by.grids.k);
        std::vector<std::int32_t> sums(static_cast<std::size_t>(dim));
        for (std::int64_t token = 0; token < inputs[0].rows; ++token) {
            const std::int8_t* k =
                inputs[0].codes + token * inputs[0].columns + (head * 3 + 1) * dim;
            for (std::int64_t i = 0; i < dim; ++i)
                sums[static_cast<std::size_t>(i)] += std::max(k[i] - zero, 0);
        }
        std::ranges::transform(sums, output.codes + head * dim, [&](std::int64_t sum) {
            return codeOfSum(sum, by.toKeySums, by.grids.keySums);
        });
    }
};

// relu(Q) times a head's context.
class LookupHeads final : public HeadsStep
{
public:
    LookupHeads(const model::LayerShape& shape, std::shared_ptr<const BothHalves> halves,
                HalfRequantizers by)
        : HeadsStep(shape, std::move(halves)), by_(std::move(by))
    {
    }

private:
    void runHead(std::int64_t head, HeadInputs inputs, CodeMatrix output) const override
    {
        const std::int64_t dim = shape().k, columns = shape().n;
        const HeadGrids& grids = whole(head).grids;
        kernels::codeLookup(
            {inputs[0].rows, dim, columns},
            {inputs[0].codes + head * 3 * dim, inputs[0].columns, zeroOf(grids.q)},
            {inputs[1].codes + head * dim * columns, columns, zeroOf(grids.context)},
            by_[half(head)], output.codes + head * columns, output.columns);
    }

    HalfRequantizers by_;
};

// relu(Q) times a head's sums of keys: one number for each token.
class DivisorHeads final : public HeadsStep
{
public:
    using HeadsStep::HeadsStep;

private:
    void runHead(std::int64_t head, HeadInputs inputs, CodeMatrix output) const override
    {
        const std::int64_t dim = shape().k;
        const WholeHead& by = whole(head);
        const std::int32_t queryZero = zeroOf(by.grids.q), sumZero = zeroOf(by.grids.keySums);
        const std::int8_t* keySums = inputs[1].codes + head * dim;
        for (std::int64_t token = 0; token < inputs[0].rows; ++token) {
            const std::int8_t* q = inputs[0].codes + token * inputs[0].columns + head * 3 * dim;
            std::int32_t sum = 0;
            for (std::int64_t i = 0; i < dim; ++i)
                sum += std::max(q[i] - queryZero, 0) * (keySums[i] - sumZero);
            output.codes[token * output.columns + head] =
                codeOfSum(sum, by.toDivisors, by.grids.divisors);
        }
    }
};

// What each divisor's code makes of each dividend's, from -128 on.
class Quotients
{
public:
    explicit Quotients(const WholeHead& by)
    {
        for (std::int64_t divisor = -128; divisor < 128; ++divisor)
            for (std::int64_t dividend = -128; dividend < 128; ++dividend)
                codes_.push_back(quotient(by, dividend, divisor));
    }
    const std::int8_t* of(std::int8_t divisor) const // at dividend + 128
    {
        return codes_.data() + (divisor + 128) * 256;
    }

private:
    // Sums of what ReLU leaves are not below 0.
    static std::int8_t quotient(const WholeHead& by, std::int64_t dividend, std::int64_t divisor)
    {
        const std::int64_t above = std::max<std::int64_t>(divisor - by.grids.divisors.zero, 0);
        return static_cast<std::int8_t>(wholeOutput(by, dividend - by.grids.dividends.zero, above));
    }

    std::vector<std::int8_t> codes_;
};

class DivideHeads final : public HeadsStep
{
public:
    DivideHeads(const model::LayerShape& shape, std::shared_ptr<const BothHalves> halves)
        : HeadsStep(shape, halves), quotients_{Quotients((*halves)[0]), Quotients((*halves)[1])}
    {
    }

private:
    std::int64_t heads(HeadInputs inputs) const override { return inputs[1].columns; }
    void runHead(std::int64_t head, HeadInputs inputs, CodeMatrix output) const override
    {
        const CodeMatrix &dividends = inputs[0], &divisors = inputs[1];
        const std::int64_t dim = dividends.columns / divisors.columns;
        const Quotients& quotients = quotients_[head < divisors.columns / 2 ? 0 : 1];
        for (std::int64_t row = 0; row < dividends.rows; ++row) {
            const std::int8_t* by = quotients.of(divisors.codes[row * divisors.columns + head]);
            const std::int64_t first = row * dividends.columns + head * dim;
            for (std::int64_t i = first; i < first + dim; ++i)
                output.codes[i] = by[dividends.codes[i] + 128];
        }
    }

    std::array<Quotients, 2> quotients_;
};

constexpr std::int64_t kMostCodeProduct = 255 * 255;

// Of `inner` products each; `columns` sums at a time.
Result<HalfRequantizers> requantizersOf(const BothHalves& halves, std::int64_t columns,
                                        std::int64_t inner, Requantizer WholeHead::*by,
                                        CodeGrid HeadGrids::*to)
{
    std::vector<kernels::SumRequantizer> both;
    for (const WholeHead& half : halves) {
        const kernels::SumFactor factor = sumFactor(half.*by);
        VITRINE_TRY(auto made,
                    kernels::SumRequantizer::make({&factor, 1}, columns, inner * kMostCodeProduct,
                                                  codeRange(half.grids.*to)));
        both.push_back(std::move(made));
    }
    return HalfRequantizers{both[0], both[1]};
}

} // namespace

Result<std::unique_ptr<IntegerStep>> makeHeadsStep(const StepGrids& at, const CodedHeads& work)
{
    const model::LayerShape& shape = at.layer.shape;
    switch (work.part) {
    case HeadPart::context: {
        VITRINE_TRY(auto by, requantizersOf(*work.halves, shape.n, shape.k, &WholeHead::toContext,
                                            &HeadGrids::context));
        return std::make_unique<ContextHeads>(shape, work.halves, std::move(by));
    }
    case HeadPart::keySums:
        return std::make_unique<KeySumHeads>(shape, work.halves);
    case HeadPart::dividends: {
        VITRINE_TRY(auto by, requantizersOf(*work.halves, shape.n, shape.k, &WholeHead::toDividends,
                                            &HeadGrids::dividends));
        return std::make_unique<LookupHeads>(shape, work.halves, std::move(by));
    }
    case HeadPart::divisors:
        return std::make_unique<DivisorHeads>(shape, work.halves);
    case HeadPart::outputs:
        return std::make_unique<DivideHeads>(shape, work.halves);
    }
    return nullptr;
}

} // namespace vitrine::quant
