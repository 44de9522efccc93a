#include "core/quant/vision/shift_linear.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vitrine::quant
{
namespace
{

using kernels::ShiftMatrix;
using kernels::SignedShift;

constexpr double kFixedSteps = 65536; // of 1

int lowestExponent(ShiftMode mode, int bits)
{
    return -((1 << (bits - 1)) - (mode == ShiftMode::kept ? 1 : 2));
}

// Exponent of the power of two at or above the largest magnitude, at most 1.
int scaleExponent(const Matrix& weights)
{
    int exponent = 0;
    const double most = weights.size() > 0 ? weights.cwiseAbs().maxCoeff() : 0;
    if (std::frexp(most, &exponent) == 0.5)
        --exponent;
    return std::min(exponent, 1);
}

// A magnitude of SP2: 0, or 2^(scale - place).
double termValue(int scale, int place)
{
    return place == 0 ? 0 : std::ldexp(1.0, scale - place);
}

SignedShift termOf(int scale, int place, bool isNegative)
{
    if (place == 0 || scale - place < ShiftMatrix::kLeastShift)
        return {ShiftMatrix::kLeastShift, 0};
    return {static_cast<std::int8_t>(scale - place), static_cast<std::int8_t>(isNegative ? -1 : 1)};
}

void addSumOfTwo(double w, int scale, int bits, ShiftLinear& layer)
{
    const int firstPlaces = 1 << (bits / 2), secondPlaces = 1 << ((bits - 1) / 2);
    int first = 0, second = 0;
    double nearest = std::numeric_limits<double>::infinity();
    for (int a = 0; a < firstPlaces; ++a)
        for (int b = 0; b < secondPlaces; ++b) {
            const double off = std::abs(std::abs(w) - termValue(scale, a) - termValue(scale, b));
            if (off < nearest)
                nearest = off, first = a, second = b;
        }
    layer.first.push_back(termOf(scale, first, w < 0));
    layer.second.push_back(termOf(scale, second, w < 0));
}

std::vector<std::int32_t> fixedRows(const Matrix& x)
{
    std::vector<std::int32_t> fixed;
    fixed.reserve(static_cast<std::size_t>(x.size()));
    for (Eigen::Index i = 0; i < x.size(); ++i) {
        const double steps = std::floor(std::clamp(x.data()[i], -32768.0, 32767.0) * kFixedSteps);
        fixed.push_back(static_cast<std::int32_t>(steps));
    }
    return fixed;
}

// Whether the sums of every output stay within 32 bits: |term| <= |x| + 1.
bool sumsFit(const ShiftLinear& layer, const std::vector<std::int32_t>& x)
{
    double most = 0;
    for (const std::int32_t value : x)
        most = std::max(most, std::abs(static_cast<double>(value)));
    const Matrix magnitudes = layer.values().cwiseAbs();
    const double terms = static_cast<double>(layer.inputs) * (layer.second.empty() ? 1 : 2);
    const double sum = magnitudes.size() > 0 ? magnitudes.rowwise().sum().maxCoeff() : 0;
    return most * sum + terms < 2147483647.0;
}

void addTerm(const ShiftLinear& layer, const std::vector<SignedShift>& term,
             const std::vector<std::int32_t>& x, std::int64_t rows, std::vector<std::int64_t>& sums)
{
    std::vector<std::int8_t> shift, sign;
    for (const SignedShift& one : term) {
        shift.push_back(one.shift);
        sign.push_back(one.sign);
    }
    std::vector<std::int32_t> y(sums.size());
    kernels::matShift(ShiftMatrix(layer.outputs, layer.inputs, shift.data(), sign.data()), x.data(),
                      rows, y.data());
    for (std::size_t i = 0; i < y.size(); ++i)
        sums[i] += y[i];
}

} // namespace

Matrix ShiftLinear::values() const
{
    Matrix all(outputs, inputs);
    for (std::size_t i = 0; i < first.size(); ++i)
        all.data()[i] = static_cast<double>(first[i].value()) +
                        (second.empty() ? 0.0 : static_cast<double>(second[i].value()));
    return all;
}

Result<ShiftLinear> shiftLinear(const Matrix& weights, std::vector<double> bias, ShiftMode mode,
                                int bits)
{
    if (bits < ShiftLinear::kLeastBits || bits > ShiftLinear::kMostBits)
        return argumentError("shift weights have {} to {} bits, {} were given",
                             ShiftLinear::kLeastBits, ShiftLinear::kMostBits, bits);
    if (!weights.allFinite())
        return argumentError("a weight is not finite");
    if (!bias.empty() && static_cast<Eigen::Index>(bias.size()) != weights.rows())
        return argumentError("a bias of {} numbers was given for {} outputs", bias.size(),
                             weights.rows());
    ShiftLinear layer{weights.rows(), weights.cols(), {}, {}, std::move(bias)};
    const int lowest = std::max(lowestExponent(mode, bits), ShiftMatrix::kLeastShift),
              scale = scaleExponent(weights);
    for (Eigen::Index i = 0; i < weights.size(); ++i) {
        const double w = weights.data()[i];
        if (mode == ShiftMode::additive)
            addSumOfTwo(w, scale, bits, layer);
        else
            layer.first.push_back(kernels::nearestShift(static_cast<float>(w), lowest));
    }
    return layer;
}

Matrix shiftedProduct(const ShiftLinear& layer, const Matrix& x)
{
    Matrix y = x * layer.values().transpose();
    for (std::size_t o = 0; o < layer.bias.size(); ++o)
        y.col(static_cast<Eigen::Index>(o)).array() += layer.bias[o];
    return y;
}

Result<Matrix> shiftedProductInIntegers(const ShiftLinear& layer, const Matrix& x)
{
    const std::vector<std::int32_t> fixed = fixedRows(x);
    if (!sumsFit(layer, fixed))
        return argumentError("sums of {} shifted inputs could leave 32 bits", layer.inputs);
    std::vector<std::int64_t> sums(static_cast<std::size_t>(x.rows() * layer.outputs));
    addTerm(layer, layer.first, fixed, x.rows(), sums);
    if (!layer.second.empty())
        addTerm(layer, layer.second, fixed, x.rows(), sums);
    Matrix y(x.rows(), layer.outputs);
    for (Eigen::Index row = 0; row < x.rows(); ++row)
        for (Eigen::Index o = 0; o < y.cols(); ++o) {
            const auto sum =
                static_cast<double>(sums[static_cast<std::size_t>(row * y.cols() + o)]);
            const double bias = layer.bias.empty() ? 0 : layer.bias[static_cast<std::size_t>(o)];
            y(row, o) = (sum + std::floor(bias * kFixedSteps)) / kFixedSteps;
        }
    return y;
}

} // namespace vitrine::quant
