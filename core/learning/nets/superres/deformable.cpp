#include "core/learning/nets/superres/deformable.h"

#include "core/learning/nets/superres/tap_loops.h"

#include <cmath>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

loops::TapSizes tapSizes(const Tensor& x)
{
    return {x.size(0), x.size(1), x.size(2), x.size(3)};
}

class TapFunction : public torch::autograd::Function<TapFunction>
{
public:
    static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& offsets,
                          const Tensor& masks)
    {
        const Tensor columns =
            torch::empty({x.size(0), x.size(1), x.size(2), 9 * x.size(3)}, x.options());
        AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "sampleTaps", [&] {
            loops::sampleTaps<scalar_t>(tapSizes(x), x.data_ptr<scalar_t>(),
                                        offsets.data_ptr<scalar_t>(), masks.data_ptr<scalar_t>(),
                                        columns.data_ptr<scalar_t>());
        });
        context->save_for_backward({x, offsets, masks});
        return columns;
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients)
    {
        const variable_list kept = context->get_saved_variables();
        const Tensor &x = kept[0], offsets = kept[1], masks = kept[2];
        const Tensor dColumns = gradients[0].contiguous();
        const Tensor dx = torch::zeros_like(x), dOffsets = torch::empty_like(offsets);
        const Tensor dMasks = torch::empty_like(masks);
        AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "sampleTaps", [&] {
            loops::sampleTapsBackward<scalar_t>(
                tapSizes(x), x.data_ptr<scalar_t>(), offsets.data_ptr<scalar_t>(),
                masks.data_ptr<scalar_t>(), dColumns.data_ptr<scalar_t>(), dx.data_ptr<scalar_t>(),
                dOffsets.data_ptr<scalar_t>(), dMasks.data_ptr<scalar_t>());
        });
        return {dx, dOffsets, dMasks};
    }
};

} // namespace

Tensor sampleTaps(const Tensor& x, const Tensor& offsets, const Tensor& masks)
{
    return TapFunction::apply(x.contiguous(), offsets.contiguous(), masks.contiguous());
}

DeformableImpl::DeformableImpl(int64_t in, int64_t out)
{
    const double bound = 1.0 / std::sqrt(9.0 * static_cast<double>(in));
    weight = register_parameter("weight", torch::empty({out, in, 3, 3}).uniform_(-bound, bound));
    bias = register_parameter("bias", torch::empty({out}).uniform_(-bound, bound));
}

Tensor DeformableImpl::forward(const Tensor& x, const Tensor& offsets, const Tensor& masks)
{
    const int64_t out = weight.size(0), inputs = 9 * weight.size(1);
    const Tensor matrix = weight.permute({0, 2, 3, 1}).reshape({out, inputs});
    const Tensor columns = sampleTaps(x, offsets, masks).view({-1, inputs});
    return torch::addmm(bias, columns, matrix.t()).view({x.size(0), x.size(1), x.size(2), out});
}

} // namespace vitrine::learning
