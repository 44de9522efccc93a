#include "core/quant/vision/simulated_heads.h"

#include <algorithm>
#include <cmath>

namespace vitrine::quant
{
namespace
{

using Index = Eigen::Index;

// One layer of linear attention. Columns of the map with queries, keys and values are, for each
// head, those of q, of k and of v.
class HeadsLayer
{
public:
    HeadsLayer(const model::NetworkLayer& layer, const CodedHeads& work,
               std::span<const SimulatedInput> inputs, const CodedLayer& coded,
               const SimulatedRounding& to)
        : layer_(layer),
          work_(work),
          inputs_(inputs),
          coded_(coded),
          to_(to),
          heads_(layer.shape.batch)
    {
    }

    Matrix compute() const
    {
        switch (work_.part) {
        case HeadPart::context:
            return context();
        case HeadPart::keySums:
            return keySums();
        case HeadPart::dividends:
        case HeadPart::divisors:
            return lookUp();
        case HeadPart::outputs:
            return outputs();
        }
        return {};
    }

private:
    bool isReal() const { return work_.halves == nullptr; }
    const WholeHead& whole(Index head) const { return (*work_.halves)[half(head)]; }
    std::size_t half(Index head) const { return head < heads_ / 2 ? 0 : 1; }

    // Columns of q (0), k (1) or v (2) of a head: distances from the grid's zero, or real numbers.
    Matrix columnsOf(Index head, Index which, Index dim) const
    {
        const SimulatedInput& x = inputs_[0];
        Matrix columns = x.codes->middleCols((head * 3 + which) * dim, dim);
        if (which < 2)
            columns = columns.cwiseMax(0);
        return isReal() ? Matrix(columns * gridOf(x, head).scale) : columns;
    }
    const CodeGrid& gridOf(const SimulatedInput& x, Index head) const
    {
        return half(head) == 0 || !x.second ? *x.grid : *x.second;
    }
    const CodeGrid& outputGrid(Index head) const
    {
        return half(head) == 0 ? coded_.output : *coded_.second;
    }
    Matrix onGrid(Matrix sums, Index head, const Requantizer& by) const
    {
        const Rescale rescale{0, by};
        to_.codes(sums, {&rescale, 1}, {}, outputGrid(head));
        return sums;
    }

    Matrix context() const
    {
        const Index dim = layer_.shape.m;
        Matrix result(heads_ * dim, dim);
        for (Index head = 0; head < heads_; ++head) {
            const Matrix sums =
                columnsOf(head, 1, dim).transpose().lazyProduct(columnsOf(head, 2, dim));
            result.middleRows(head * dim, dim) =
                isReal() ? sums : onGrid(sums, head, whole(head).toContext);
        }
        return result;
    }
    Matrix keySums() const
    {
        const Index dim = layer_.shape.m;
        Matrix result(heads_ * dim, 1);
        for (Index head = 0; head < heads_; ++head) {
            const Matrix sums = columnsOf(head, 1, dim).colwise().sum().transpose();
            result.middleRows(head * dim, dim) =
                isReal() ? sums : onGrid(sums, head, whole(head).toKeySums);
        }
        return result;
    }
    // q times the head's context, or its sums of keys.
    Matrix lookUp() const
    {
        const Index dim = layer_.shape.k, columns = layer_.shape.n;
        Matrix result(layer_.shape.m, heads_ * columns);
        for (Index head = 0; head < heads_; ++head) {
            const Matrix other = inputs_[1].codes->middleRows(head * dim, dim),
                         sums = columnsOf(head, 0, dim).lazyProduct(other);
            result.middleCols(head * columns, columns) =
                isReal() ? sums
                         : onGrid(sums, head,
                                  work_.part == HeadPart::divisors ? whole(head).toDivisors
                                                                   : whole(head).toDividends);
        }
        return result;
    }
    Matrix outputs() const
    {
        const Matrix &dividends = *inputs_[0].codes, &divisors = *inputs_[1].codes;
        const Index heads = divisors.cols(), dim = dividends.cols() / heads;
        Matrix result(dividends.rows(), dividends.cols());
        for (Index row = 0; row < result.rows(); ++row)
            for (Index c = 0; c < result.cols(); ++c)
                result(row, c) = quotient(dividends(row, c), divisors(row, c / dim));
        if (isReal()) {
            to_.codes(result, coded_.output);
            return result;
        }
        std::vector<Rescale> rescales;
        for (Index c = 0; c < result.cols(); ++c)
            rescales.push_back({0, (*work_.halves)[c / dim < heads / 2 ? 0 : 1].toOutputs});
        to_.codes(result, rescales, {}, coded_.output);
        return result;
    }
    double quotient(double dividend, double divisor) const
    {
        if (!isReal()) // both halves divide alike
            return quotientInDoubles(work_.halves->front().division, dividend, divisor);
        const double by = divisor + static_cast<double>(layer_.epsilon);
        return by > 0 ? dividend / by : 0;
    }

    const model::NetworkLayer& layer_;
    const CodedHeads& work_;
    std::span<const SimulatedInput> inputs_;
    const CodedLayer& coded_;
    const SimulatedRounding& to_;
    Index heads_; // of both halves; of no meaning where heads are divided
};

} // namespace

Matrix simulateConcat(SimulatedInput a, SimulatedInput b)
{
    Matrix both(a.codes->rows(), a.codes->cols() + b.codes->cols());
    both << *a.codes, *b.codes;
    return both;
}

Matrix simulatePool(const CodedPool& work, SimulatedInput x, const CodeGrid& output,
                    const SimulatedRounding& to)
{
    Matrix sums = x.codes->colwise().sum();
    to.codes(sums, {&work.rescale, 1}, {}, output);
    return sums;
}

Matrix simulateTable(const CodedTable& work, SimulatedInput x, const CodeGrid& output)
{
    return x.codes->unaryExpr([&](double distance) {
        const auto place = static_cast<std::int64_t>(distance) + x.grid->zero - x.grid->low();
        return static_cast<double>(work.codes[static_cast<std::size_t>(place)] - output.zero);
    });
}

Matrix simulateHeads(const model::NetworkLayer& layer, const CodedHeads& work,
                     std::span<const SimulatedInput> inputs, const CodedLayer& coded,
                     const SimulatedRounding& to)
{
    return HeadsLayer(layer, work, inputs, coded, to).compute();
}

} // namespace vitrine::quant
