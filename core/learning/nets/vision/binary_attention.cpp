#include "core/learning/nets/vision/binary_attention.h"

namespace vitrine::learning
{

using torch::Tensor;

namespace
{

constexpr int64_t kNeighbours = 9;
constexpr double kInversePi = 0.31830988618379067154;

// A row of zeros stays one.
Tensor unitLength(const Tensor& x)
{
    return x / x.norm(2, -1, true).clamp_min(1e-12);
}

} // namespace

Tensor binaryCodes(const Tensor& x)
{
    const Tensor real = x.detach();
    const Tensor means = real.flatten(1).mean(1);
    std::vector<int64_t> shape(static_cast<size_t>(x.dim()), 1);
    shape[0] = x.size(0);
    const Tensor codes = real.gt(means.view(shape)).to(x.scalar_type());
    const Tensor through = x.clamp(0.0, 1.0);
    return through + (codes - through.detach());
}

BinaryAttentionImpl::BinaryAttentionImpl(int64_t heads)
{
    neighbours_ = register_module(
        "dconv", torch::nn::Conv2d(torch::nn::Conv2dOptions(heads, heads, {kNeighbours, 1})
                                       .padding({kNeighbours / 2, 0})
                                       .groups(heads)
                                       .bias(false)));
}

Tensor BinaryAttentionImpl::forward(const Tensor& q, const Tensor& k, const Tensor& v)
{
    const Tensor codesOfQ = binaryCodes(unitLength(q)), codesOfK = binaryCodes(unitLength(k));
    const Tensor context = torch::matmul(codesOfK.mT(), v);
    const Tensor x = 0.5 * v + kInversePi * torch::matmul(codesOfQ, context);
    return unitLength(x) + neighbours_(v);
}

} // namespace vitrine::learning
