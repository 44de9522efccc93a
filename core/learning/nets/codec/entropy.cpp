#include "core/learning/nets/codec/entropy.h"

#include <algorithm>
#include <cmath>

namespace vitrine::learning::codec
{

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace
{

struct BinCost {
    double bits, byOffset, byLogSigma; // and the two derivatives
};

BinCost gaussianBin(double offset, double sigma)
{
    constexpr double root2 = 1.4142135623730951, ln2 = 0.6931471805599453;
    constexpr double densityAtZero = 0.3989422804014327; // 1 / sqrt(2 pi)
    const double side = offset < 0 ? -1.0 : 1.0;
    const double distance = std::abs(offset);
    // In the upper tail, where the difference keeps its digits.
    const double low = (distance - 0.5) / sigma, high = (distance + 0.5) / sigma;
    const double p = 0.5 * (std::erfc(low / root2) - std::erfc(high / root2));
    if (p < 1e-200) {
        const double u = distance / sigma;
        return {(0.5 * u * u + std::log(sigma / densityAtZero)) / ln2, side * u / sigma / ln2,
                (1.0 - u * u) / ln2};
    }
    const double atLow = densityAtZero * std::exp(-0.5 * low * low);
    const double atHigh = densityAtZero * std::exp(-0.5 * high * high);
    return {-std::log(p) / ln2, side * (atLow - atHigh) / sigma / (p * ln2),
            -(atLow * low - atHigh * high) / (p * ln2)};
}

class GaussianBits : public torch::autograd::Function<GaussianBits>
{
public:
    static Tensor forward(AutogradContext* context, const Tensor& offsets, const Tensor& logSigma)
    {
        const Tensor s = offsets.contiguous(), a = logSigma.contiguous();
        Tensor bits = torch::empty_like(s), byOffset = torch::empty_like(s);
        Tensor byLogSigma = torch::empty_like(s);
        AT_DISPATCH_FLOATING_TYPES(s.scalar_type(), "gaussianBits", [&] {
            const scalar_t *from = s.data_ptr<scalar_t>(), *scale = a.data_ptr<scalar_t>();
            scalar_t *to = bits.data_ptr<scalar_t>(), *ds = byOffset.data_ptr<scalar_t>(),
                     *da = byLogSigma.data_ptr<scalar_t>();
            const double least = std::log(kLeastSigma), most = std::log(kMostSigma);
            for (int64_t i = 0; i < s.numel(); ++i) {
                const double held = std::clamp<double>(scale[i], least, most);
                const BinCost cost = gaussianBin(from[i], std::exp(held));
                // Descending moves against the derivative: at a bound only inwards.
                const bool stuck = (scale[i] <= least && cost.byLogSigma > 0) ||
                                   (scale[i] >= most && cost.byLogSigma < 0);
                to[i] = static_cast<scalar_t>(cost.bits);
                ds[i] = static_cast<scalar_t>(cost.byOffset);
                da[i] = stuck ? scalar_t(0) : static_cast<scalar_t>(cost.byLogSigma);
            }
        });
        context->save_for_backward({byOffset, byLogSigma});
        return bits;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients)
    {
        const auto saved = context->get_saved_variables();
        return {gradients[0] * saved[0], gradients[0] * saved[1]};
    }
};

class RoundThrough : public torch::autograd::Function<RoundThrough>
{
public:
    static Tensor forward(AutogradContext*, const Tensor& x) { return x.round(); }
    static variable_list backward(AutogradContext*, variable_list gradients)
    {
        return {gradients[0]};
    }
};

} // namespace

Tensor gaussianBits(const Tensor& offsets, const Tensor& logSigma)
{
    return GaussianBits::apply(offsets, logSigma);
}

Tensor logisticBits(const Tensor& values, const Tensor& mean, const Tensor& logScale)
{
    // sigmoid(h) - sigmoid(l) with both in the lower half, where the difference keeps its digits.
    const Tensor distance = (values - mean).abs();
    const Tensor inverse = (-logScale).exp();
    const Tensor low = (-distance - 0.5) * inverse, high = (-distance + 0.5) * inverse;
    return (high.sigmoid() - low.sigmoid()).clamp_min(1e-9).log2().neg();
}

Tensor roundThrough(const Tensor& x)
{
    return RoundThrough::apply(x);
}

} // namespace vitrine::learning::codec
