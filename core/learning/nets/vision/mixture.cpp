#include "core/learning/nets/vision/mixture.h"

#include "core/learning/nets/vision/shift_weights.h"

namespace vitrine::learning
{

using torch::Tensor;

namespace
{

// Phi((clean_i - noisy_other) / deviation): with two experts the competitor is the other one.
Tensor chanceToStayFirst(const Tensor& clean, const Tensor& noisy, double deviation)
{
    return torch::special::ndtr((clean - noisy.flip(1)) / deviation);
}

} // namespace

Tensor squaredVariation(const Tensor& values)
{
    const Tensor mean = values.mean();
    return values.var(0, /*unbiased=*/true) / (mean * mean + 1e-10);
}

Tensor balanceLoss(const Tensor& clean, const Tensor& noisy, const MixtureOptions& options)
{
    const double all = options.latencyMult + options.latencyShift;
    const Tensor alpha =
        torch::tensor({options.latencyMult / all, options.latencyShift / all}, clean.options());
    const Tensor importance = torch::softmax(clean, 1).sum(0);
    const Tensor load = chanceToStayFirst(clean, noisy, options.noise).sum(0);
    return squaredVariation(alpha * importance) + squaredVariation(alpha * load);
}

MixtureLinearImpl::MixtureLinearImpl(const Tensor& weight, const Tensor& bias,
                                     const MixtureOptions& options)
    : options_(options)
{
    const char* names[] = {"mult", "shift"};
    for (int i = 0; i < 2; ++i) {
        auto expert = register_module(names[i], std::make_shared<torch::nn::Module>());
        weights_[i] = expert->register_parameter("weight", weight.detach().clone());
        if (bias.defined())
            biases_[i] = expert->register_parameter("bias", bias.detach().clone());
    }
    router_ = register_module("router", torch::nn::Linear(weight.size(1), 2));
    router_->to(weight.scalar_type());
    torch::nn::init::zeros_(router_->weight);
    torch::nn::init::zeros_(router_->bias);
}

Tensor MixtureLinearImpl::expert(int64_t which, const Tensor& x) const
{
    const Tensor weight = which == 0 ? weights_[0] : powerOfTwo(weights_[1]);
    return torch::linear(which == 0 ? x : fixedPoint(x), weight, biases_[which]);
}

void MixtureLinearImpl::shiftFollowsMult()
{
    const torch::NoGradGuard guard;
    weights_[1].copy_(weights_[0]);
    if (biases_[1].defined())
        biases_[1].copy_(biases_[0]);
}

Tensor MixtureLinearImpl::forward(const Tensor& x, Chance* chance)
{
    const Tensor clean = router_(x);
    Tensor deciding = clean;
    if (chance) {
        deciding = clean + options_.noise * chance->normal(clean.sizes()).to(clean.scalar_type());
        balance_ = balanceLoss(clean, deciding, options_);
    }
    const Tensor probability = torch::softmax(deciding, 1);
    chosen_ = probability.argmax(1);
    const Tensor picked = probability.gather(1, chosen_.unsqueeze(1));

    Tensor y = x.new_zeros({x.size(0), weights_[0].size(0)});
    for (int64_t which = 0; which < 2; ++which) {
        const Tensor rows = chosen_.eq(which).nonzero().squeeze(1);
        if (rows.numel() > 0)
            y = y.index_copy(0, rows, expert(which, x.index_select(0, rows)));
    }
    return y * (picked / picked.detach());
}

} // namespace vitrine::learning
