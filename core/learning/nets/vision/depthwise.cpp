#include "core/learning/nets/vision/depthwise.h"

#include "core/learning/nets/vision/depthwise_loop.h"

namespace vitrine::learning
{
namespace
{

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

loops::DepthwiseShape depthwiseShape(const Tensor& x, const Tensor& weight)
{
    return {x.size(0), x.size(1), x.size(2), x.size(3), weight.size(2)};
}

struct FusedDepthwise : torch::autograd::Function<FusedDepthwise> {
    static Tensor forward(AutogradContext* context, Tensor x, Tensor weight, Tensor bias)
    {
        x = x.contiguous();
        weight = weight.contiguous();
        Tensor y = torch::empty_like(x);
        loops::depthwise(depthwiseShape(x, weight), x.data_ptr<float>(), weight.data_ptr<float>(),
                         bias.data_ptr<float>(), y.data_ptr<float>());
        context->save_for_backward({x, weight});
        return y;
    }

    static tensor_list backward(AutogradContext* context, tensor_list gradients)
    {
        const auto saved = context->get_saved_variables();
        const Tensor &x = saved[0], &weight = saved[1];
        const Tensor dy = gradients[0].contiguous();
        Tensor dx = torch::empty_like(x), dWeight = torch::zeros_like(weight),
               dBias = torch::zeros({x.size(1)}, x.options());
        loops::depthwiseBackward(depthwiseShape(x, weight), x.data_ptr<float>(),
                                 weight.data_ptr<float>(), dy.data_ptr<float>(),
                                 dx.data_ptr<float>(), dWeight.data_ptr<float>(),
                                 dBias.data_ptr<float>());
        return {dx, dWeight, dBias};
    }
};

} // namespace

Tensor depthwiseConv(const Tensor& x, const Tensor& weight, const Tensor& bias)
{
    const int64_t channels = x.size(1);
    if (!x.is_cpu() || x.scalar_type() != torch::kFloat)
        return torch::conv2d(x, weight, bias, 1, weight.size(2) / 2, 1, channels);
    return FusedDepthwise::apply(x, weight,
                                 bias.defined() ? bias : torch::zeros({channels}, x.options()));
}

} // namespace vitrine::learning
