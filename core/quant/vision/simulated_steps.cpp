#include "core/quant/vision/simulated_steps.h"

#include "core/quant/vision/calibration_passes.h"
#include "core/quant/vision/log_int_softmax.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine::quant
{
namespace
{

using Index = Eigen::Index;
using model::ConvShape;
using model::LayerKind;

// What a matrix of codes stands for.
Matrix valuesOf(SimulatedInput x)
{
    Matrix values = *x.codes;
    for (Index c = 0; c < values.cols(); ++c)
        values.col(c) *= x.grid->scaleOf(static_cast<std::size_t>(c));
    return values;
}

double realGelu(double x)
{
    return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
}

double realActivation(model::Function function, double x)
{
    return function == model::Function::gelu ? realGelu(x) : x * std::clamp(x + 3, 0.0, 6.0) / 6;
}

Matrix asDoubles(std::span<const std::int8_t> codes, Index rows)
{
    return Eigen::Map<
               const Eigen::Matrix<std::int8_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
               codes.data(), rows, static_cast<Index>(codes.size()) / rows)
        .cast<double>();
}

// Of each channel alone; weights [channels, taps]. What lies beyond the border is 0.
Matrix depthwiseSums(const ConvShape& s, const Matrix& weights, const Matrix& x)
{
    const Matrix byTap = weights.transpose();
    const std::int64_t top = s.kernelHeight == s.strideHeight ? 0 : s.kernelHeight / 2,
                       left = s.kernelWidth == s.strideWidth ? 0 : s.kernelWidth / 2;
    Matrix sums = Matrix::Zero(s.outHeight * s.outWidth, x.cols());
    for (Index pixel = 0; pixel < sums.rows(); ++pixel)
        for (Index tap = 0; tap < byTap.rows(); ++tap) {
            const Index row = pixel / s.outWidth * s.strideHeight - top + tap / s.kernelWidth,
                        column = pixel % s.outWidth * s.strideWidth - left + tap % s.kernelWidth;
            if (row >= 0 && row < s.inHeight && column >= 0 && column < s.inWidth)
                sums.row(pixel).array() +=
                    x.row(row * s.inWidth + column).array() * byTap.row(tap).array();
        }
    return sums;
}

// Sums of products of codes, without the bias.
Matrix sumsOf(const model::LayerShape& shape, const CodedProduct& work, const Matrix& x)
{
    const auto outputs = static_cast<Index>(work.bias.size());
    const Matrix weights = asDoubles(work.weights, outputs);
    if (shape.conv.inChannels == 0) {
        Matrix sums = Matrix::Zero(x.rows(), outputs);
        addProduct(sums, x, weights.transpose());
        return sums;
    }
    const ConvShape& s = shape.conv;
    if (shape.kind == LayerKind::depthwise)
        return depthwiseSums(s, weights, x);
    Matrix sums = Matrix::Zero(s.outHeight * s.outWidth, outputs);
    const Index filters = outputs / s.groups;
    for (std::int64_t group = 0; group < s.groups; ++group) {
        const Matrix patches = convolutionRows(s, group, x);
        addProduct(sums.middleCols(group * filters, filters), patches,
                   weights.middleRows(group * filters, filters).transpose());
    }
    return sums;
}

// The weight 2^-exponent with kSoftmaxFraction bits behind the point; 0 beyond the last exponent.
double powerWeight(double exponent, double last = kSoftmaxFraction)
{
    return exponent > last ? 0 : std::ldexp(1.0, kSoftmaxFraction - static_cast<int>(exponent));
}

// Columns of one head's queries (0), keys (1) or values (2).
auto headOf(const Matrix& qkv, Index which, Index head, Index dim)
{
    const Index width = qkv.cols() / 3;
    return qkv.middleCols(which * width + head * dim, dim);
}

} // namespace

double SimulatedRounding::code(double sum, const Rescale& by, const CodeGrid& grid) const
{
    const auto zero = static_cast<double>(grid.zero);
    return std::clamp(whole(sum, by), static_cast<double>(grid.low()) - zero,
                      static_cast<double>(grid.high()) - zero);
}

double SimulatedRounding::whole(double sum, const Rescale& by) const
{
    if (count)
        ++count->values;
    if (by.whole && !by.whole->isShift()) {
        const double result = requantizedInDoubles(sum, *by.whole, rounding);
        if (count && result != requantizedInDoubles(sum, *by.whole, Rounding::halfEven))
            ++count->halves;
        return result;
    }
    // A shift is exact in double precision.
    const double exact = sum * (by.whole ? by.whole->factor() : by.factor);
    if (count && isRoundedDifferently(exact))
        ++count->halves;
    return rounded(exact, rounding);
}

double SimulatedRounding::code(double value, const CodeGrid& grid, std::size_t channel) const
{
    return code(value, Rescale{1 / grid.scaleOf(channel), {}}, grid);
}

Matrix simulateProduct(const model::NetworkLayer& layer, const CodedProduct& work, SimulatedInput x,
                       const CodeGrid& output, const SimulatedRounding& to)
{
    const CodeGrid& first = work.before ? *work.before : output;
    Matrix sums = sumsOf(layer.shape, work, *x.codes);
    for (Index r = 0; r < sums.rows(); ++r)
        for (Index c = 0; c < sums.cols(); ++c) {
            const auto channel = static_cast<std::size_t>(c);
            const double scale =
                x.grid->scale * work.weightScales[work.weightScales.size() == 1 ? 0 : channel];
            double& sum = sums(r, c);
            sum += work.bias[channel];
            if (work.after != model::Function::none && !work.before) {
                sum = to.code(realActivation(work.after, sum * scale), output, channel);
                continue;
            }
            sum = to.code(sum, work.rescales[channel], first);
            if (work.hardSwish)
                sum = to.code(wholeHardSwishInDoubles(sum, work.hardSwish->fraction) -
                                  static_cast<double>(work.hardSwish->centres[channel]),
                              {0, work.hardSwish->by[channel]}, output);
            else if (work.before)
                sum = static_cast<double>(
                    work.table[static_cast<std::size_t>(static_cast<std::int64_t>(sum) +
                                                        first.zero - first.low())] -
                    output.zero);
        }
    return sums;
}

Matrix simulateTokens(const CodedTokens& work, SimulatedInput patches, const CodeGrid& output,
                      const SimulatedRounding& to)
{
    const Index width = patches.codes->cols(),
                before = static_cast<Index>(work.first.size()) / width;
    Matrix tokens(before + patches.codes->rows(), width), positions = tokens;
    if (before > 0)
        tokens.topRows(before) = asDoubles(work.first, before);
    tokens.bottomRows(patches.codes->rows()) = *patches.codes;
    // Rows of the positions beside those of the patches belong to the first tokens.
    const Index placed = static_cast<Index>(work.positions.size()) / width,
                unplaced = tokens.rows() - placed, ofFirst = placed - patches.codes->rows();
    positions.setZero();
    const Matrix given = asDoubles(work.positions, placed);
    positions.topRows(ofFirst) = given.topRows(ofFirst);
    positions.bottomRows(patches.codes->rows()) = given.bottomRows(patches.codes->rows());
    assert(unplaced >= 0);
    return simulateSum(work.sum, {&tokens, patches.grid}, {&positions, &work.positionGrid}, output,
                       to);
}

Matrix simulateSum(const CodedSum& work, SimulatedInput a, SimulatedInput b, const CodeGrid& output,
                   const SimulatedRounding& to)
{
    Matrix sum(a.codes->rows(), a.codes->cols());
    for (Index c = 0; c < sum.cols(); ++c) {
        const auto channel = static_cast<std::size_t>(c);
        if (work.firstBy.empty()) {
            for (Index r = 0; r < sum.rows(); ++r)
                sum(r, c) = to.code((*a.codes)(r, c) * a.grid->scaleOf(channel) +
                                        (*b.codes)(r, c) * b.grid->scaleOf(channel),
                                    output, channel);
            continue;
        }
        const auto firstBy = static_cast<double>(work.firstBy[channel]),
                   secondBy = static_cast<double>(work.secondBy[channel]);
        const Rescale by{0, Requantizer{1, work.shift}};
        for (Index r = 0; r < sum.rows(); ++r)
            sum(r, c) =
                to.code((*a.codes)(r, c) * firstBy + (*b.codes)(r, c) * secondBy, by, output);
    }
    return sum;
}

Matrix simulateNorm(const CodedNorm& work, SimulatedInput x, const CodeGrid& output,
                    const SimulatedRounding& to)
{
    Matrix result(x.codes->rows(), x.codes->cols());
    const auto columns = static_cast<std::size_t>(result.cols());
    if (work.whole) {
        for (Index r = 0; r < result.rows(); ++r)
            work.whole->rowInDoubles({x.codes->row(r).data(), columns},
                                     {result.row(r).data(), columns});
        return result;
    }
    const Matrix values = valuesOf(x);
    for (Index r = 0; r < result.rows(); ++r) {
        const double mean = values.row(r).mean(),
                     variance = (values.row(r).array() - mean).square().mean(),
                     by = 1 / std::sqrt(variance + work.epsilon);
        for (std::size_t c = 0; c < columns; ++c) {
            const auto column = static_cast<Index>(c);
            result(r, column) =
                to.code((values(r, column) - mean) * by * static_cast<double>(work.weight[c]) +
                            static_cast<double>(work.bias[c]),
                        output, c);
        }
    }
    return result;
}

Matrix simulateScores(const model::LayerShape& shape, const CodedScores& work, SimulatedInput qkv,
                      const CodeGrid& output, const SimulatedRounding& to)
{
    Matrix scores = Matrix::Zero(shape.batch * shape.m, shape.n);
    for (Index head = 0; head < shape.batch; ++head) {
        const Matrix queries = headOf(*qkv.codes, 0, head, shape.k),
                     keys = headOf(*qkv.codes, 1, head, shape.k);
        addProduct(scores.middleRows(head * shape.m, shape.m), queries, keys.transpose());
    }
    return scores.unaryExpr([&](double sum) { return to.code(sum, work.rescale, output); });
}

Matrix simulateSoftmax(const CodedSoftmax& work, SimulatedInput scores, const CodeGrid& output,
                       const SimulatedRounding& to)
{
    Matrix weights(scores.codes->rows(), scores.codes->cols());
    const auto columns = static_cast<std::size_t>(weights.cols());
    if (work.form == SoftmaxForm::whole) {
        const LogIntSoftmax softmax(scores.grid->scale, work.bits);
        for (Index r = 0; r < weights.rows(); ++r)
            softmax.rowInDoubles({scores.codes->row(r).data(), columns},
                                 {weights.row(r).data(), columns});
        return weights.unaryExpr([](double exponent) { return powerWeight(exponent); });
    }
    const double last = std::ldexp(1.0, work.bits) - 1;
    for (Index r = 0; r < weights.rows(); ++r) {
        const double most = scores.codes->row(r).maxCoeff();
        weights.row(r) =
            ((scores.codes->row(r).array() - most) * scores.grid->scale).exp().matrix();
        weights.row(r) /= weights.row(r).sum();
        for (double& weight : weights.row(r)) {
            if (work.form == SoftmaxForm::uniform)
                weight = to.code(weight, output, 0);
            else
                weight = powerWeight(
                    weight > 0 ? std::min(rounded(-std::log2(weight), to.rounding), last + 1)
                               : last + 1,
                    last);
        }
    }
    return weights;
}

Matrix simulateValues(const model::LayerShape& shape, const CodedValues& work,
                      SimulatedInput weights, SimulatedInput qkv, const CodeGrid& output,
                      const SimulatedRounding& to)
{
    const Index tokens = shape.m, dim = shape.n;
    Matrix values = Matrix::Zero(tokens, shape.batch * dim);
    for (Index head = 0; head < shape.batch; ++head) {
        const Matrix v = headOf(*qkv.codes, 2, head, dim);
        addProduct(values.middleCols(head * dim, dim),
                   weights.codes->middleRows(head * tokens, tokens), v);
    }
    return values.unaryExpr([&](double sum) { return to.code(sum, work.rescale, output); });
}

} // namespace vitrine::quant
