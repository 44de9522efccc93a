#include "core/quant/column_update.h"

#include "core/quant/binary_coding.h"
#include "core/quant/grid.h"
#include "core/quant/layer_update.h"
#include "tests/core/quant/sample_layer.h"

#include <Eigen/Cholesky>
#include <Eigen/LU>

namespace vitrine::quant
{
namespace
{

// Gives back what it gets; notes which columns it saw.
struct Identity : ColumnMethod {
    std::size_t groups() const override { return 1; }
    void fit(std::size_t, ColumnSpan span, const ConstRows& current) override
    {
        EXPECT_EQ(current.cols(), span.count);
        fitted.push_back(span.first);
    }
    void assign(Eigen::Index column, Eigen::Index firstRow, std::span<const double> current,
                std::span<double> decoded) override
    {
        std::ranges::copy(current, decoded.begin());
        if (firstRow == 0)
            assigned.push_back(column);
    }
    std::vector<Eigen::Index> fitted, assigned;
};

TEST(ColumnUpdate, WithoutErrorsAllColumnsComeBackInTheirPlace)
{
    const SampleLayer layer = sampleLayer(10, 140);
    for (const Eigen::Index width : {1, 8, 24}) {
        const auto spans = columnSpans(140, width, &layer.hessian);
        std::vector<Eigen::Index> order;
        for (const ColumnSpan& span : spans)
            for (Eigen::Index i = 0; i < span.count; ++i)
                order.push_back(span.first + i);
        const Matrix upper = factorize(layer.hessian, order, 0.01)->upper;
        Identity identity;
        const auto updated = updateColumns({layer.weights, spans, &upper, {}}, identity);
        ASSERT_TRUE(updated);
        EXPECT_EQ(updated->decoded, layer.weights);
        EXPECT_EQ(updated->loss, 0);
        EXPECT_EQ(identity.assigned, order);
        EXPECT_EQ(identity.fitted.size(), spans.size());
    }
}

TEST(ColumnUpdate, LargeActivationsComeFirst)
{
    Matrix h = Matrix::Identity(5, 5);
    h(3, 3) = 4;
    h(1, 1) = 2;
    const auto spans = columnSpans(5, 1, &h);
    std::vector<Eigen::Index> firsts;
    for (const ColumnSpan& span : spans)
        firsts.push_back(span.first);
    EXPECT_EQ(firsts, (std::vector<Eigen::Index>{3, 1, 0, 2, 4}));
    EXPECT_EQ(columnSpans(5, 2, &h).back().count, 1); // 4 alone: 1 of 3, 5 and 1
}

// Section 5.6 as it is written, with R of H^-1 = R^T R and all later columns corrected at once.
struct SlowUpdate {
    Matrix weights, decoded;
    double loss = 0;
};
template <typename Fit, typename Decode>
SlowUpdate updateSlowly(const SampleLayer& layer, Eigen::Index width, const Fit& fit,
                        const Decode& decode)
{
    const Eigen::Index inputs = layer.weights.cols();
    Eigen::MatrixXd h = layer.hessian;
    h.diagonal().array() += 0.01 * h.diagonal().mean();
    const Eigen::MatrixXd inverse = h.inverse();
    const Eigen::MatrixXd r = Eigen::LLT<Eigen::MatrixXd>(inverse).matrixU();
    SlowUpdate slow{layer.weights, Matrix::Zero(layer.weights.rows(), inputs)};
    for (Eigen::Index c = 0; c < inputs; ++c) {
        if (c % width == 0)
            fit(slow.weights.middleCols(c, std::min(width, inputs - c)));
        for (Eigen::Index n = 0; n < slow.weights.rows(); ++n)
            slow.decoded(n, c) = decode(n, slow.weights(n, c));
        const Eigen::VectorXd e = (slow.weights.col(c) - slow.decoded.col(c)) / r(c, c);
        slow.weights.rightCols(inputs - c) -= e * r.row(c).tail(inputs - c);
        slow.loss += e.squaredNorm();
    }
    return slow;
}

TEST(ColumnUpdate, BinaryCodesAreThoseOfTheFormulasWithTheInverse)
{
    const SampleLayer layer = sampleLayer(20, 150);
    for (const Eigen::Index width : {1, 8}) {
        const Eigen::Index rows = width == 1 ? 20 : 3; // an eighth of 20, upwards
        std::vector<BinaryLevels> levels;
        const auto slow = updateSlowly(
            layer, width,
            [&](const Matrix& current) {
                levels.clear();
                for (Eigen::Index n = 0; n < 20; n += rows) {
                    const Matrix group = current.middleRows(n, std::min(rows, 20 - n));
                    const auto fit =
                        fitBinaryCodes({group.data(), static_cast<std::size_t>(group.size())},
                                       {.bits = 2, .rounding = ScaleRounding::powers, .terms = 3});
                    levels.emplace_back(std::span(fit.scales).first(2));
                }
            },
            [&](Eigen::Index n, double weight) {
                return static_cast<double>(
                    levels[static_cast<std::size_t>(n / rows)].nearest(weight).value);
            });
        const auto fast = quantized(
            "shiftadd",
            {.layout = width == 1 ? Layout::column : Layout::block, .bits = 2, .terms = 3}, layer);
        EXPECT_EQ(fast.decoded, slow.decoded);
        EXPECT_NEAR(*fast.loss / slow.loss, 1, 1e-9);
    }
}

// 48: spans that lie across the end of a block of columns; 150: one for all.
TEST(ColumnUpdate, GridsAreFittedToTheWeightsAsTheyAreThen)
{
    const SampleLayer layer = sampleLayer(6, 150);
    for (const Eigen::Index group : {1, 48, 140, 150}) {
        std::vector<Grid> grids;
        const auto slow = updateSlowly(
            layer, group,
            [&](const Matrix& current) {
                grids.clear();
                for (Eigen::Index n = 0; n < 6; ++n)
                    grids.push_back(
                        fitGrid({current.row(n).data(), static_cast<std::size_t>(current.cols())},
                                3, false));
            },
            [&](Eigen::Index n, double weight) {
                const Grid& grid = grids[static_cast<std::size_t>(n)];
                return static_cast<double>(grid.value(grid.index(weight)));
            });
        const auto fast = quantized("optq", {.bits = 3, .group = group, .symmetric = false}, layer);
        EXPECT_EQ(fast.decoded, slow.decoded) << group;
        EXPECT_NEAR(*fast.loss / slow.loss, 1, 1e-9);
    }
}

} // namespace
} // namespace vitrine::quant
