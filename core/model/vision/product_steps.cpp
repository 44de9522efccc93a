#include "core/model/vision/product_steps.h"

#include "core/model/vision/folded_weights.h"
#include "core/model/vision/kernel_shape.h"
#include "core/tensor/kernels/convolution.h"
#include "core/tensor/kernels/rows.h"

#include <algorithm>
#include <utility>

namespace vitrine::model
{
namespace
{

kernels::After afterOf(Function function)
{
    return function == Function::gelu        ? kernels::After::gelu
           : function == Function::hardSwish ? kernels::After::hardSwish
                                             : kernels::After::nothing;
}

kernels::ConvolutionShape convolutionShape(const LayerShape& s)
{
    return s.conv.inChannels == 0 ? kernels::linearAsConvolution(s.m, s.k, s.n)
                                  : kernelShape(s.conv);
}

class ProductStep final : public VisionStep
{
public:
    explicit ProductStep(kernels::Convolution convolution) : convolution_(std::move(convolution)) {}
    void run(StepInputs inputs, PassMatrix output) const override
    {
        convolution_.run(inputs[0].values, output.values);
    }

private:
    kernels::Convolution convolution_;
};

class NormStep final : public VisionStep
{
public:
    NormStep(std::vector<float> weight, std::vector<float> bias, float epsilon)
        : weight_(std::move(weight)), bias_(std::move(bias)), epsilon_(epsilon)
    {
    }
    void run(StepInputs inputs, PassMatrix output) const override
    {
        kernels::layerNorm(inputs[0].values, output.rows, output.columns, weight_.data(),
                           bias_.data(), epsilon_, output.values);
    }

private:
    std::vector<float> weight_, bias_;
    float epsilon_;
};

class ActivationStep final : public VisionStep
{
public:
    explicit ActivationStep(Function function) : function_(function) {}
    void run(StepInputs inputs, PassMatrix output) const override
    {
        std::copy_n(inputs[0].values, output.count(), output.values);
        if (function_ == Function::gelu)
            kernels::gelu(output.values, output.count());
        else
            kernels::hardSwish(output.values, output.count());
    }

private:
    Function function_;
};

} // namespace

Result<StepPointer> makeProductStep(const NetworkLayer& layer, Function after,
                                    const Checkpoint& checkpoint)
{
    VITRINE_TRY(const FoldedWeights weights, foldedWeights(layer, checkpoint));
    VITRINE_TRY(auto convolution,
                kernels::Convolution::make(convolutionShape(layer.shape), weights.weights.data(),
                                           weights.bias.empty() ? nullptr : weights.bias.data(),
                                           afterOf(after)));
    return std::make_unique<ProductStep>(std::move(convolution));
}

Result<StepPointer> makeNormStep(const NetworkLayer& layer, const Checkpoint& checkpoint)
{
    VITRINE_TRY(auto weight, finiteTensor(layer.shape.name + ".weight", checkpoint));
    VITRINE_TRY(auto bias, finiteTensor(layer.shape.name + ".bias", checkpoint));
    return std::make_unique<NormStep>(std::move(weight), std::move(bias), layer.epsilon);
}

StepPointer makeActivationStep(Function function)
{
    return std::make_unique<ActivationStep>(function);
}

} // namespace vitrine::model
