#include "core/quant/vision/integer_heads.h"

#include "core/base/parallel.h"

#include <algorithm>

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

    const WholeHead& whole(std::int64_t head, std::int64_t count) const
    {
        return (*halves_)[head < count / 2 ? 0 : 1];
    }
    const WholeHead& whole(std::int64_t head) const { return whole(head, shape_.batch); }
    const model::LayerShape& shape() const { return shape_; }

private:
    model::LayerShape shape_;
    std::shared_ptr<const BothHalves> halves_;
};

// relu(K)^T V.
class ContextHeads final : public HeadsStep
{
public:
    using HeadsStep::HeadsStep;

private:
    void runHead(std::int64_t head, HeadInputs inputs, CodeMatrix output) const override
    {
        const std::int64_t dim = shape().m;
        const WholeHead& by = whole(head);
        const auto keyZero = static_cast<std::int32_t>(by.grids.k.zero),
                   valueZero = static_cast<std::int32_t>(by.grids.v.zero);
        std::vector<std::int32_t> sums(static_cast<std::size_t>(dim * dim));
        for (std::int64_t token = 0; token < inputs[0].rows; ++token) {
            const std::int8_t* k =
                inputs[0].codes + token * inputs[0].columns + (head * 3 + 1) * dim;
            const std::int8_t* v = k + dim;
            for (std::int64_t i = 0; i < dim; ++i) {
                const std::int32_t key = std::max(k[i] - keyZero, 0);
                std::int32_t* row = sums.data() + i * dim;
                for (std::int64_t j = 0; j < dim; ++j)
                    row[j] += key * (v[j] - valueZero);
            }
        }
        std::ranges::transform(sums, output.codes + head * dim * dim, [&](std::int64_t sum) {
            return codeOfSum(sum, by.toContext, by.grids.context);
        });
    }
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
        const auto zero = static_cast<std::int32_t>(by.grids.k.zero);
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

// relu(Q) times a head's context, or its sums of keys.
class LookupHeads final : public HeadsStep
{
public:
    LookupHeads(const model::LayerShape& shape, std::shared_ptr<const BothHalves> halves,
                bool isDivisor)
        : HeadsStep(shape, std::move(halves)), isDivisor_(isDivisor)
    {
    }

private:
    void runHead(std::int64_t head, HeadInputs inputs, CodeMatrix output) const override
    {
        const std::int64_t dim = shape().k, columns = shape().n;
        const WholeHead& by = whole(head);
        const CodeGrid &otherGrid = isDivisor_ ? by.grids.keySums : by.grids.context,
                       &grid = isDivisor_ ? by.grids.divisors : by.grids.dividends;
        const Requantizer& rescale = isDivisor_ ? by.toDivisors : by.toDividends;
        const auto queryZero = static_cast<std::int32_t>(by.grids.q.zero),
                   otherZero = static_cast<std::int32_t>(otherGrid.zero);
        const std::int8_t* other = inputs[1].codes + head * dim * columns;
        std::vector<std::int32_t> sums(static_cast<std::size_t>(columns));
        for (std::int64_t token = 0; token < inputs[0].rows; ++token) {
            const std::int8_t* q = inputs[0].codes + token * inputs[0].columns + head * 3 * dim;
            std::ranges::fill(sums, 0);
            for (std::int64_t i = 0; i < dim; ++i) {
                const std::int32_t query = std::max(q[i] - queryZero, 0);
                const std::int8_t* row = other + i * columns;
                for (std::int64_t j = 0; j < columns; ++j)
                    sums[static_cast<std::size_t>(j)] += query * (row[j] - otherZero);
            }
            std::ranges::transform(sums, output.codes + token * output.columns + head * columns,
                                   [&](std::int64_t sum) { return codeOfSum(sum, rescale, grid); });
        }
    }

    bool isDivisor_;
};

class DivideHeads final : public HeadsStep
{
public:
    using HeadsStep::HeadsStep;

private:
    std::int64_t heads(HeadInputs inputs) const override { return inputs[1].columns; }
    void runHead(std::int64_t head, HeadInputs inputs, CodeMatrix output) const override
    {
        const CodeMatrix &dividends = inputs[0], &divisors = inputs[1];
        const std::int64_t dim = dividends.columns / divisors.columns;
        const WholeHead& by = whole(head, divisors.columns);
        for (std::int64_t row = 0; row < dividends.rows; ++row) {
            const std::int64_t divisor =
                divisors.codes[row * divisors.columns + head] - by.grids.divisors.zero;
            const std::int64_t first = row * dividends.columns + head * dim;
            for (std::int64_t i = first; i < first + dim; ++i)
                output.codes[i] = static_cast<std::int8_t>(
                    wholeOutput(by, dividends.codes[i] - by.grids.dividends.zero, divisor));
        }
    }
};

} // namespace

std::unique_ptr<IntegerStep> makeHeadsStep(const StepGrids& at, const CodedHeads& work)
{
    const model::LayerShape& shape = at.layer.shape;
    switch (work.part) {
    case HeadPart::context:
        return std::make_unique<ContextHeads>(shape, work.halves);
    case HeadPart::keySums:
        return std::make_unique<KeySumHeads>(shape, work.halves);
    case HeadPart::dividends:
        return std::make_unique<LookupHeads>(shape, work.halves, false);
    case HeadPart::divisors:
        return std::make_unique<LookupHeads>(shape, work.halves, true);
    case HeadPart::outputs:
        return std::make_unique<DivideHeads>(shape, work.halves);
    }
    return nullptr;
}

} // namespace vitrine::quant
