#include "core/quant/vision/simulated_steps.h"

#include "core/model/vision/kernel_shape.h"
#include "core/quant/vision/calibration_passes.h"
#include "core/quant/vision/log_int_softmax.h"
#include "core/quant/vision/rounded_rows.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>

namespace vitrine::quant
{
namespace
{

using Index = Eigen::Index;
using model::ConvShape;
using model::LayerKind;

// Of each column.
std::vector<double> scalesOf(const CodeGrid& grid, std::size_t columns)
{
    std::vector<double> scales(columns);
    for (std::size_t c = 0; c < columns; ++c)
        scales[c] = grid.scaleOf(c);
    return scales;
}

// What a matrix of codes stands for.
Matrix valuesOf(SimulatedInput x)
{
    const auto scales = scalesOf(*x.grid, static_cast<std::size_t>(x.codes->cols()));
    const Eigen::Map<const Eigen::ArrayXd> each(scales.data(), x.codes->cols());
    return (x.codes->array().rowwise() * each.transpose()).matrix();
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
    const kernels::ConvolutionShape shape = model::kernelShape(s);
    Matrix sums = Matrix::Zero(s.outHeight * s.outWidth, x.cols());
    for (Index pixel = 0; pixel < sums.rows(); ++pixel)
        for (Index tap = 0; tap < byTap.rows(); ++tap) {
            const Index row = pixel / s.outWidth * s.strideHeight - shape.top + tap / s.kernelWidth,
                        column =
                            pixel % s.outWidth * s.strideWidth - shape.left + tap % s.kernelWidth;
            if (row >= 0 && row < s.inHeight && column >= 0 && column < s.inWidth)
                sums.row(pixel).array() +=
                    x.row(row * s.inWidth + column).array() * byTap.row(tap).array();
        }
    return sums;
}

// c += x (weights of the outputs from `first` on)^T.
void addCodeProduct(Eigen::Ref<Matrix> c, const Matrix& x, const CodedProduct& work, Index first)
{
    addProductOf({x.data(), x.rowStride(), x.colStride()},
                 CodeOperand{work.weights.data() + first * x.cols(), 1, x.cols()}, c.rows(),
                 x.cols(), c.cols(), 1, c.data(), c.outerStride());
}

// Sums of products of codes, without the bias.
Matrix sumsOf(const model::LayerShape& shape, const CodedProduct& work, const Matrix& x)
{
    const auto outputs = static_cast<Index>(work.bias.size());
    if (shape.conv.inChannels == 0) {
        Matrix sums = Matrix::Zero(x.rows(), outputs);
        addCodeProduct(sums, x, work, 0);
        return sums;
    }
    const ConvShape& s = shape.conv;
    if (shape.kind == LayerKind::depthwise)
        return depthwiseSums(s, asDoubles(work.weights, outputs), x);
    Matrix sums = Matrix::Zero(s.outHeight * s.outWidth, outputs);
    const Index filters = outputs / s.groups;
    const Index channels = s.inChannels / s.groups;
    const bool isPointwise = s.kernelHeight * s.kernelWidth * s.strideHeight * s.strideWidth == 1;
    for (std::int64_t group = 0; group < s.groups; ++group)
        addCodeProduct(sums.middleCols(group * filters, filters),
                       isPointwise ? Matrix(x.middleCols(group * channels, channels))
                                   : convolutionRows(s, group, x),
                       work, group * filters);
    return sums;
}

// The activation of sums with their bias, in floating point.
void activateSums(Matrix& sums, const CodedProduct& work, double inputScale)
{
    for (Index r = 0; r < sums.rows(); ++r)
        for (Index c = 0; c < sums.cols(); ++c) {
            const auto channel = static_cast<std::size_t>(c);
            const double scale =
                inputScale * work.weightScales[work.weightScales.size() == 1 ? 0 : channel];
            sums(r, c) = realActivation(work.after, (sums(r, c) + work.bias[channel]) * scale);
        }
}

// Codes of what an activation reads to those that it gives, as distances from their zeros.
void lookUpActivations(Matrix& codes, const CodedProduct& work, std::int64_t zero)
{
    const std::int64_t first = work.before->zero - work.before->low();
    for (double& code : codes.reshaped<Eigen::AutoOrder>())
        code = static_cast<double>(
            work.table[static_cast<std::size_t>(static_cast<std::int64_t>(code) + first)] - zero);
}

// Hardswish (hard_swish.h) of numbers of 16 bits, to codes. x times its gate and 1/6 has fewer
// digits than a double, so that it is rounded once.
void activateNumbers(Matrix& numbers, const HardSwishUnit& unit, const SimulatedRounding& to)
{
    constexpr double kSixth = 10923.0 / 65536;
    constexpr double kBeyond = std::numeric_limits<double>::infinity();
    const double one = std::ldexp(1.0, unit.fraction);
    numbers.array() *= (numbers.array() + 3 * one).max(0.0).min(6 * one);
    const std::vector<double> sixths(static_cast<std::size_t>(numbers.cols()), kSixth);
    roundRows({.sums = numbers.data(),
               .rows = numbers.rows(),
               .factors = sixths,
               .low = -kBeyond,
               .high = kBeyond});
    std::vector<double> lessCentres;
    std::ranges::transform(unit.centres, std::back_inserter(lessCentres),
                           [](std::int64_t centre) { return -static_cast<double>(centre); });
    std::vector<Rescale> rescales;
    for (const Requantizer& by : unit.by)
        rescales.push_back({0, by});
    to.codes(numbers, rescales, lessCentres, unit.output);
}

// The weight 2^-exponent with kSoftmaxFraction bits behind the point; 0 beyond the last exponent.
double powerWeight(double exponent, double last = kSoftmaxFraction)
{
    constexpr std::int64_t ofOne = 1023 + kSoftmaxFraction; // the exponent's field of a double
    return exponent > last
               ? 0
               : std::bit_cast<double>((ofOne - static_cast<std::int64_t>(exponent)) << 52);
}

// round(-log2(x)). Only near the root of a half among the digits of x is a logarithm needed to
// know it, whatever the last bit of the library's.
double roundedLog2(double x, Rounding rounding)
{
    constexpr std::uint64_t ofDigits = (std::uint64_t{1} << 52) - 1,
                            ofHalf = std::uint64_t{1022} << 52;
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const double digits = std::bit_cast<double>((bits & ofDigits) | ofHalf); // 0.5 .. 1
    const double fromRoot = digits - 0.70710678118654752;
    if (!(x >= std::numeric_limits<double>::min() && std::abs(fromRoot) > 1e-9))
        return rounded(-std::log2(x), rounding);
    const double exponent = 1022 - static_cast<double>(static_cast<std::int64_t>(bits >> 52));
    return fromRoot > 0 ? exponent : exponent + 1;
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
    Matrix sums = sumsOf(layer.shape, work, *x.codes);
    if (work.after != model::Function::none && !work.before) {
        activateSums(sums, work, x.grid->scale);
        to.codes(sums, output);
        return sums;
    }
    to.codes(sums, work.rescales, work.bias, work.before ? *work.before : output);
    if (work.hardSwish)
        activateNumbers(sums, *work.hardSwish, to);
    else if (work.before)
        lookUpActivations(sums, work, output.zero);
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
    const auto columns = static_cast<std::size_t>(sum.cols());
    const auto add = [&](const std::vector<double>& aBy, const std::vector<double>& bBy) {
        addRows(a.codes->data(), aBy, b.codes->data(), bBy, sum.rows(), sum.data());
    };
    if (work.firstBy.empty()) {
        add(scalesOf(*a.grid, columns), scalesOf(*b.grid, columns));
        to.codes(sum, output);
        return sum;
    }
    add({work.firstBy.begin(), work.firstBy.end()}, {work.secondBy.begin(), work.secondBy.end()});
    const Rescale by{0, Requantizer{1, work.shift}};
    to.codes(sum, {&by, 1}, {}, output);
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
                (values(r, column) - mean) * by * static_cast<double>(work.weight[c]) +
                static_cast<double>(work.bias[c]);
        }
    }
    to.codes(result, output);
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
    to.codes(scores, {&work.rescale, 1}, {}, output);
    return scores;
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
        for (double& weight : weights.reshaped<Eigen::AutoOrder>())
            weight = powerWeight(weight);
        return weights;
    }
    const double last = std::ldexp(1.0, work.bits) - 1;
    for (Index r = 0; r < weights.rows(); ++r) {
        const double most = scores.codes->row(r).maxCoeff();
        weights.row(r) =
            ((scores.codes->row(r).array() - most) * scores.grid->scale).exp().matrix();
        weights.row(r) /= weights.row(r).sum();
        for (double& weight : weights.row(r)) {
            if (work.form != SoftmaxForm::uniform)
                weight = powerWeight(
                    weight > 0 ? std::min(roundedLog2(weight, to.rounding), last + 1) : last + 1,
                    last);
        }
    }
    if (work.form == SoftmaxForm::uniform)
        to.codes(weights, output);
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
    to.codes(values, {&work.rescale, 1}, {}, output);
    return values;
}

} // namespace vitrine::quant
