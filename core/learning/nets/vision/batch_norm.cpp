#include "core/learning/nets/vision/batch_norm.h"

#include "core/learning/nets/vision/batch_norm_loop.h"

#include <algorithm>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

loops::BatchNormShape batchNormShape(const Tensor& x, bool activation, double epsilon)
{
    return {x.size(0), x.size(1), x.size(2) * x.size(3), activation, static_cast<float>(epsilon)};
}

struct FusedBatchNorm : torch::autograd::Function<FusedBatchNorm> {
    // mean and variance receive those of the batch.
    static Tensor forward(AutogradContext* context, Tensor x, Tensor weight, Tensor bias,
                          Tensor mean, Tensor variance, bool activation, double epsilon)
    {
        x = x.contiguous();
        Tensor y = torch::empty_like(x);
        loops::batchNorm(batchNormShape(x, activation, epsilon), x.data_ptr<float>(),
                         weight.data_ptr<float>(), bias.data_ptr<float>(), mean.data_ptr<float>(),
                         variance.data_ptr<float>(), y.data_ptr<float>());
        context->save_for_backward({x, weight, bias, mean, variance});
        context->saved_data["activation"] = activation;
        context->saved_data["epsilon"] = epsilon;
        return y;
    }

    static tensor_list backward(AutogradContext* context, tensor_list gradients)
    {
        const auto saved = context->get_saved_variables();
        const Tensor &x = saved[0], &weight = saved[1];
        const Tensor dy = gradients[0].contiguous();
        Tensor dx = torch::empty_like(x), dWeight = torch::empty_like(weight),
               dBias = torch::empty_like(weight);
        const auto shape = batchNormShape(x, context->saved_data["activation"].toBool(),
                                          context->saved_data["epsilon"].toDouble());
        loops::batchNormBackward(
            shape, x.data_ptr<float>(), weight.data_ptr<float>(), saved[2].data_ptr<float>(),
            saved[3].data_ptr<float>(), saved[4].data_ptr<float>(), dy.data_ptr<float>(),
            dx.data_ptr<float>(), dWeight.data_ptr<float>(), dBias.data_ptr<float>());
        return {dx, dWeight, dBias, Tensor(), Tensor(), Tensor(), Tensor()};
    }
};

void moveTowards(Tensor& running, const Tensor& value, double momentum)
{
    const torch::NoGradGuard guard;
    running.mul_(1.0 - momentum).add_(value, momentum);
}

} // namespace

Tensor batchNorm(torch::nn::BatchNorm2d& norm, const Tensor& x, bool activation)
{
    if (!norm->is_training() || !x.is_cpu() || x.scalar_type() != torch::kFloat) {
        const Tensor y = norm(x);
        return activation ? torch::hardswish(y) : y;
    }
    const double momentum = *norm->options.momentum();
    const double count = static_cast<double>(x.numel() / x.size(1));
    const Tensor mean = torch::empty({x.size(1)}, x.options()), variance = torch::empty_like(mean);
    const Tensor y = FusedBatchNorm::apply(x, norm->weight, norm->bias, mean, variance, activation,
                                           norm->options.eps());
    moveTowards(norm->running_mean, mean, momentum);
    moveTowards(norm->running_var, variance * (count / std::max(count - 1.0, 1.0)), momentum);
    return y;
}

} // namespace vitrine::learning
