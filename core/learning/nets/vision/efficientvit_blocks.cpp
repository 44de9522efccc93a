#include "core/learning/nets/vision/efficientvit_blocks.h"

#include "core/learning/nets/vision/batch_norm.h"
#include "core/learning/nets/vision/depthwise.h"
#include "core/learning/nets/vision/linear_attention.h"

#include <string>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

torch::nn::Conv2d plainConv(const EfficientConvOptions& o)
{
    auto conv = torch::nn::Conv2d(torch::nn::Conv2dOptions(o.in, o.out, o.kernel)
                                      .stride(o.stride)
                                      .padding(o.kernel / 2)
                                      .groups(o.groups)
                                      .bias(o.bias));
    torch::nn::init::kaiming_normal_(conv->weight, 0.0, torch::kFanIn, torch::kReLU);
    if (o.bias)
        torch::nn::init::zeros_(conv->bias);
    return conv;
}

class ConvOp : public EfficientOp
{
public:
    explicit ConvOp(const EfficientConvOptions& options) : options_(options)
    {
        conv_ = register_module("conv", plainConv(options));
        if (options.norm)
            norm_ = register_module("norm", torch::nn::BatchNorm2d(options.out));
    }

    Tensor forward(const Tensor& x) override
    {
        const bool depthwise = options_.groups == options_.in && options_.groups == options_.out &&
                               options_.stride == 1;
        const Tensor y = depthwise ? depthwiseConv(x, conv_->weight, conv_->bias) : conv_(x);
        if (options_.norm)
            return batchNorm(norm_, y, options_.activation);
        return options_.activation ? torch::hardswish(y) : y;
    }

private:
    EfficientConvOptions options_;
    torch::nn::Conv2d conv_{nullptr};
    torch::nn::BatchNorm2d norm_{nullptr};
};

// Parts one after another, each registered under its own name.
class ChainOp : public EfficientOp
{
public:
    ChainOp& then(const std::string& name, EfficientOpPtr op)
    {
        parts_.push_back(register_module(name, std::move(op)));
        return *this;
    }

    Tensor forward(const Tensor& x) override
    {
        Tensor y = x;
        for (const auto& part : parts_)
            y = part->forward(y);
        return y;
    }

private:
    std::vector<EfficientOpPtr> parts_;
};

class MainOp : public EfficientOp
{
public:
    MainOp(EfficientOpPtr inner, Shortcut shortcut)
        : main_(register_module("main", std::move(inner))), shortcut_(shortcut)
    {
    }

    Tensor forward(const Tensor& x) override
    {
        const Tensor y = main_->forward(x);
        return shortcut_ == Shortcut::identity ? y + x : y;
    }

private:
    EfficientOpPtr main_;
    Shortcut shortcut_;
};

class LiteMlaOp : public EfficientOp
{
public:
    LiteMlaOp(int64_t channels, int64_t size) : size_(size)
    {
        const int64_t wide = 3 * channels;
        qkv_ = register_module(
            "qkv",
            efficientConv(
                {.in = channels, .out = wide, .norm = false, .activation = false, .bias = false}));
        auto scales = register_module("aggreg", std::make_shared<torch::nn::Module>());
        auto scale = scales->register_module("0", std::make_shared<torch::nn::Module>());
        around_ = scale->register_module(
            "0", plainConv({.in = wide, .out = wide, .kernel = 5, .groups = wide, .bias = false}));
        within_ = scale->register_module(
            "1", plainConv({.in = wide, .out = wide, .groups = wide / size, .bias = false}));
        proj_ = register_module(
            "proj", efficientConv({.in = 2 * channels, .out = channels, .activation = false}));
    }

    Tensor forward(const Tensor& x) override
    {
        const Tensor qkv = qkv_->forward(x);
        const Tensor both = torch::cat({qkv, within_(depthwiseConv(qkv, around_->weight, {}))}, 1);
        return proj_->forward(linearAttention(both, size_));
    }

private:
    int64_t size_;
    EfficientOpPtr qkv_, proj_;
    torch::nn::Conv2d around_{nullptr}, within_{nullptr};
};

} // namespace

EfficientOpPtr efficientConv(const EfficientConvOptions& options)
{
    return std::make_shared<ConvOp>(options);
}

EfficientOpPtr depthwiseSeparable(int64_t channels)
{
    auto chain = std::make_shared<ChainOp>();
    chain
        ->then("depth_conv",
               efficientConv({.in = channels, .out = channels, .kernel = 3, .groups = channels}))
        .then("point_conv", efficientConv({.in = channels, .out = channels, .activation = false}));
    return chain;
}

EfficientOpPtr invertedBottleneck(const InvertedBottleneckOptions& o)
{
    const int64_t middle = o.in * o.expansion;
    auto chain = std::make_shared<ChainOp>();
    chain->then("inverted_conv", efficientConv({.in = o.in, .out = middle, .norm = !o.fewNorms}))
        .then("depth_conv", efficientConv({.in = middle,
                                           .out = middle,
                                           .kernel = 3,
                                           .stride = o.stride,
                                           .groups = middle,
                                           .norm = !o.fewNorms}))
        .then("point_conv", efficientConv({.in = middle, .out = o.out, .activation = false}));
    return chain;
}

EfficientOpPtr liteMla(int64_t channels, int64_t size)
{
    return std::make_shared<LiteMlaOp>(channels, size);
}

EfficientOpPtr aroundMain(EfficientOpPtr inner, Shortcut shortcut)
{
    return std::make_shared<MainOp>(std::move(inner), shortcut);
}

EfficientOpPtr efficientVitModule(int64_t channels, int64_t size, int64_t expansion)
{
    auto chain = std::make_shared<ChainOp>();
    const InvertedBottleneckOptions local{
        .in = channels, .out = channels, .expansion = expansion, .fewNorms = true};
    chain->then("context_module", aroundMain(liteMla(channels, size), Shortcut::identity))
        .then("local_module", aroundMain(invertedBottleneck(local), Shortcut::identity));
    return chain;
}

} // namespace vitrine::learning
