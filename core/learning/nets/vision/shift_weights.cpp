#include "core/learning/nets/vision/shift_weights.h"

#include <cmath>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

double lowestShift(int64_t bits)
{
    return -(std::pow(2.0, static_cast<double>(bits - 1)) - 2.0);
}

// log2 of 0 is -infinity; the clamp makes it the lowest exponent and the sign makes the product 0.
Tensor roundedExponent(const Tensor& weight, double lowest)
{
    return weight.abs().log2().round().clamp(lowest, 0.0);
}

struct ShiftAndSignProduct : torch::autograd::Function<ShiftAndSignProduct> {
    static Tensor forward(AutogradContext* context, Tensor shift, Tensor sign, int64_t bits)
    {
        const Tensor product =
            torch::exp2(shift.round().clamp(lowestShift(bits), 0.0)) * sign.round().sign();
        context->save_for_backward({product});
        return product;
    }

    static tensor_list backward(AutogradContext* context, tensor_list gradients)
    {
        const Tensor product = context->get_saved_variables()[0];
        return {gradients[0] * product * std::log(2.0), gradients[0], Tensor()};
    }
};

} // namespace

Tensor powerOfTwo(const Tensor& weight, int64_t lowest)
{
    const Tensor real = weight.detach();
    const Tensor rounded =
        torch::exp2(roundedExponent(real, static_cast<double>(lowest))) * real.sign();
    return weight + (rounded - real);
}

Tensor shiftAndSign(const Tensor& shift, const Tensor& sign, int64_t bits)
{
    return ShiftAndSignProduct::apply(shift, sign, bits);
}

ShiftAndSign shiftAndSignOf(const Tensor& weight, int64_t bits)
{
    const Tensor real = weight.detach();
    return {roundedExponent(real, lowestShift(bits)), real.sign()};
}

Tensor fixedPoint(const Tensor& x)
{
    constexpr double kSteps = 65536.0, kLargest = 32767.0, kLeast = -32768.0;
    const Tensor inside = x.clamp(kLeast, kLargest);
    return inside + ((x.detach() * kSteps).floor() / kSteps).clamp(kLeast, kLargest) -
           inside.detach();
}

} // namespace vitrine::learning
