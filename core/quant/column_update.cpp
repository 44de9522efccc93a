#include "core/quant/column_update.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <utility>

namespace vitrine::quant
{
namespace
{

// A column is due when all before it have their codes. With H = U U^T and D the errors made so far
// in the original weights, the best values for column c are
//   w_c + sum_{i<c} d_i U_ic / U_cc,
// and for some columns G that are still all free w_G + (D U)_G U_GG^-1: the same values as those
// that subtracting e_c R_cj from all later columns leaves, R = U^-1, without the inverse.
class Updating
{
public:
    Updating(const ColumnUpdate& update, ColumnMethod& method)
        : update_(update), method_(method), weights_(update.weights)
    {
        for (const ColumnSpan& span : update.spans)
            for (Eigen::Index i = 0; i < span.count; ++i) {
                order_.push_back(span.first + i);
                starts_.push_back(i == 0 ? span.count : 0);
            }
        updated_.decoded.resize(weights_.rows(), weights_.cols());
        if (update_.upper)
            passed_ = Matrix::Zero(weights_.rows(), weights_.cols());
    }

    Result<UpdatedColumns> run()
    {
        constexpr Eigen::Index kBlock = 128;
        const Eigen::Index inputs = weights_.cols();
        method_.begin(weights_);
        for (Eigen::Index begin = 0; begin < inputs; begin += kBlock) {
            const Eigen::Index end = std::min(begin + kBlock, inputs);
            startBlock(begin, end);
            for (Eigen::Index position = begin; position < end; ++position)
                quantizeColumn(position);
            finishBlock(end);
            if (update_.progress &&
                !update_.progress(static_cast<double>(end) / static_cast<double>(inputs)))
                return cancelled();
        }
        return std::move(updated_);
    }

private:
    template <typename Body> // body(first row, rows)
    void forRows(const Body& body) const
    {
        const Eigen::Index rows = weights_.rows();
        parallelFor(static_cast<std::size_t>((rows + kRowsPerPart - 1) / kRowsPerPart),
                    [&](std::size_t part) {
                        const Eigen::Index first = static_cast<Eigen::Index>(part) * kRowsPerPart;
                        body(first, std::min(kRowsPerPart, rows - first));
                    });
    }
    Eigen::Index column(Eigen::Index position) const
    {
        return order_[static_cast<std::size_t>(position)];
    }

    void startBlock(Eigen::Index begin, Eigen::Index end)
    {
        const Eigen::Index rows = weights_.rows(), count = end - begin;
        begin_ = begin;
        current_.resize(rows, count);
        decoded_.resize(rows, count);
        errors_.resize(rows, count);
        forRows([&](Eigen::Index first, Eigen::Index part) {
            for (Eigen::Index n = first; n < first + part; ++n)
                for (Eigen::Index i = 0; i < count; ++i)
                    current_(n, i) = weights_(n, column(begin + i));
        });
    }

    // (D U) of `count` columns from `position` on, for some rows.
    Matrix passedOn(Eigen::Index position, Eigen::Index count, Eigen::Index first,
                    Eigen::Index rows) const
    {
        const Eigen::Index done = position - begin_;
        Matrix sums = passed_.block(first, position, rows, count);
        sums.noalias() += errors_.block(first, 0, rows, done) *
                          update_.upper->block(begin_, position, done, count);
        return sums;
    }

    void fitSpan(Eigen::Index position, Eigen::Index count)
    {
        const ColumnSpan span{column(position), count};
        const auto columns = weights_.middleCols(span.first, count);
        if (!update_.upper || position == 0)
            return fit(span, columns);
        Matrix current(weights_.rows(), count);
        const auto corner = update_.upper->block(position, position, count, count);
        forRows([&](Eigen::Index first, Eigen::Index rows) {
            Matrix shift = passedOn(position, count, first, rows);
            corner.triangularView<Eigen::Upper>().solveInPlace<Eigen::OnTheRight>(shift);
            current.middleRows(first, rows) = columns.middleRows(first, rows) + shift;
        });
        fit(span, current);
    }
    void fit(ColumnSpan span, const ConstRows& current)
    {
        parallelFor(method_.groups(),
                    [&](std::size_t group) { method_.fit(group, span, current); });
    }

    void quantizeColumn(Eigen::Index position)
    {
        const Eigen::Index i = position - begin_, rows = weights_.rows();
        if (const Eigen::Index count = starts_[static_cast<std::size_t>(position)]; count > 0)
            fitSpan(position, count);
        const double pivot = update_.upper ? (*update_.upper)(position, position) : 1;
        forRows([&](Eigen::Index first, Eigen::Index part) {
            auto current = current_.col(i).segment(first, part);
            if (update_.upper) {
                errors_.col(i).segment(first, part) = current; // still the original weights
                current += passedOn(position, 1, first, part) / pivot;
            }
            const auto size = static_cast<std::size_t>(part);
            double* decoded = decoded_.col(i).data() + first;
            method_.assign(column(position), first, {current.data(), size}, {decoded, size});
            if (update_.upper)
                errors_.col(i).segment(first, part) -= decoded_.col(i).segment(first, part);
        });
        if (update_.upper)
            updated_.loss +=
                (current_.col(i) - decoded_.col(i)).head(rows).squaredNorm() * pivot * pivot;
    }

    void finishBlock(Eigen::Index end)
    {
        const Eigen::Index count = end - begin_, rest = weights_.cols() - end;
        forRows([&](Eigen::Index first, Eigen::Index part) {
            for (Eigen::Index n = first; n < first + part; ++n)
                for (Eigen::Index i = 0; i < count; ++i)
                    updated_.decoded(n, column(begin_ + i)) = decoded_(n, i);
            if (update_.upper)
                addProduct(passed_.block(first, end, part, rest),
                           errors_.block(first, 0, part, count),
                           update_.upper->block(begin_, end, count, rest));
        });
    }

    const ColumnUpdate& update_;
    ColumnMethod& method_;
    const Matrix& weights_;
    std::vector<Eigen::Index> order_;  // columns of weights_ by position
    std::vector<Eigen::Index> starts_; // by position: columns of the span that starts there, or 0
    UpdatedColumns updated_;
    Matrix passed_; // [outputs, position]: D U of finished blocks

    // The block at work, a column behind the other: weights as they are due, what they decode to,
    // errors in the original weights.
    Eigen::Index begin_ = 0;
    Eigen::MatrixXd current_, decoded_, errors_;
};

} // namespace

Result<UpdatedColumns> updateColumns(const ColumnUpdate& update, ColumnMethod& method)
{
    return Updating(update, method).run();
}

} // namespace vitrine::quant
