#include "core/learning/nets/vision/taylor_attention.h"

#include <cmath>
#include <vector>

namespace vitrine::learning
{

using torch::Tensor;

namespace
{

double rootOfSize(const Tensor& q)
{
    return std::sqrt(static_cast<double>(q.size(-1)));
}

Tensor isPredicted(const Tensor& q, const Tensor& k, const SparsePart& part)
{
    const torch::NoGradGuard guard;
    const Tensor scores =
        torch::matmul(fewBits(q, part.bits, part.range), fewBits(k, part.bits, part.range).mT());
    return torch::softmax(scores / rootOfSize(q), -1).gt(part.threshold);
}

} // namespace

Tensor centredKeys(const Tensor& k)
{
    return k - k.mean(-2, true);
}

Tensor taylorAttention(const Tensor& q, const Tensor& k, const Tensor& v)
{
    const double root = rootOfSize(q), tokens = static_cast<double>(k.size(-2));
    const Tensor khat = centredKeys(k);
    const Tensor g = torch::matmul(khat.mT(), v);
    const Tensor denominator = tokens * root + torch::matmul(q, khat.sum(-2, true).mT());
    return (root * v.sum(-2, true) + torch::matmul(q, g)) / denominator;
}

Tensor taylorMap(const Tensor& q, const Tensor& k)
{
    const Tensor weights = 1.0 + torch::matmul(q, centredKeys(k).mT()) / rootOfSize(q);
    return weights / weights.sum(-1, true);
}

Tensor fewBits(const Tensor& x, int64_t bits, FewBitRange range)
{
    const torch::NoGradGuard guard;
    const double levels = std::pow(2.0, static_cast<double>(bits)) - 1.0;
    std::vector<int64_t> spanned;
    for (int64_t axis = range == FewBitRange::batch ? 0 : 1; axis < x.dim(); ++axis)
        spanned.push_back(axis);
    const Tensor lowest = x.amin(spanned, true);
    const Tensor scale = ((x.amax(spanned, true) - lowest) / levels).clamp_min(1e-8);
    return ((x - lowest) / scale).round().clamp(0.0, levels) * scale + lowest;
}

Tensor predictedMask(const Tensor& q, const Tensor& k, const SparsePart& part)
{
    return isPredicted(q, k, part).to(q.scalar_type());
}

// As one map, which equals the sum of both parts and saves a step of training a third of its time:
// Taylor's weights where no strong one is predicted, softmax's where one is. Centred keys take the
// mean off each row of scores, so that the rows of 1 + s sum to the number of tokens.
Tensor unifiedAttention(const Tensor& q, const Tensor& k, const Tensor& v, const SparsePart& part)
{
    const Tensor scores = torch::matmul(q / rootOfSize(q), k.mT());
    const Tensor weak = (1.0 + (scores - scores.mean(-1, true))) / static_cast<double>(k.size(-2));
    const Tensor map = torch::where(isPredicted(q, k, part), torch::softmax(scores, -1), weak);
    return torch::matmul(map, v);
}

} // namespace vitrine::learning
