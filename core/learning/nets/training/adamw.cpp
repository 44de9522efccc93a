#include "core/learning/nets/training/adamw.h"

#include "core/learning/nets/training/adamw_loop.h"

#include <cmath>

namespace vitrine::learning
{

using torch::Tensor;

void adamw(Tensor& parameter, const Tensor& gradient, Tensor& first, Tensor& second,
           const AdamwStep& how)
{
    const double correction1 = 1.0 - std::pow(how.beta1, static_cast<double>(how.step));
    const double correction2 = 1.0 - std::pow(how.beta2, static_cast<double>(how.step));
    if (parameter.is_cpu() && parameter.scalar_type() == torch::kFloat) {
        const Tensor dense = gradient.contiguous();
        loops::adamw({static_cast<float>(how.learningRate / correction1),
                      static_cast<float>(how.beta1), static_cast<float>(how.beta2),
                      static_cast<float>(how.epsilon),
                      static_cast<float>(1.0 / std::sqrt(correction2)),
                      static_cast<float>(1.0 - how.learningRate * how.weightDecay),
                      static_cast<float>(how.gradientScale)},
                     parameter.numel(), parameter.data_ptr<float>(), dense.data_ptr<float>(),
                     first.data_ptr<float>(), second.data_ptr<float>());
        return;
    }
    const Tensor g = gradient * how.gradientScale;
    first.mul_(how.beta1).add_(g, 1.0 - how.beta1);
    second.mul_(how.beta2).addcmul_(g, g, 1.0 - how.beta2);
    parameter.mul_(1.0 - how.learningRate * how.weightDecay);
    parameter.addcdiv_(first, second.sqrt().div_(std::sqrt(correction2)).add_(how.epsilon),
                       -how.learningRate / correction1);
}

} // namespace vitrine::learning
