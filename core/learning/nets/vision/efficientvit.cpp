#include "core/learning/nets/vision/efficientvit.h"

#include "core/learning/nets/vision/config_text.h"
#include "core/learning/nets/vision/garment_source.h"

namespace vitrine::learning
{

using torch::Tensor;

namespace
{

// Children "0", "1", ... of a module op_list, as the release has them.
class OpList
{
public:
    OpList(torch::nn::Module& parent, std::vector<EfficientOpPtr>& order)
        : list_(parent.register_module("op_list", std::make_shared<torch::nn::Module>())),
          order_(order)
    {
    }

    void add(EfficientOpPtr op)
    {
        order_.push_back(list_->register_module(std::to_string(count_++), std::move(op)));
    }

private:
    std::shared_ptr<torch::nn::Module> list_;
    std::vector<EfficientOpPtr>& order_;
    int64_t count_ = 0;
};

std::vector<double> asNumbers(const auto& values)
{
    return {values.begin(), values.end()};
}

} // namespace

EfficientVitConfig garmentEfficientVit()
{
    return {.labels = garmentNames()};
}

EfficientVitConfig efficientVitB0()
{
    return {.side = 224,
            .channels = 3,
            .classes = 1000,
            .strides = {2, 2, 2, 2, 2},
            .headWidths = {1024, 1280},
            .mean = {0.485, 0.456, 0.406},
            .deviation = {0.229, 0.224, 0.225}};
}

std::string efficientVitConfigJson(const EfficientVitConfig& c, const std::string& name)
{
    return ConfigText()
        .text("architecture", name)
        .text("family", "efficientvit_b")
        .number("img_size", static_cast<double>(c.side))
        .number("in_chans", static_cast<double>(c.channels))
        .numbers("widths", asNumbers(c.widths))
        .numbers("depths", asNumbers(c.depths))
        .numbers("strides", asNumbers(c.strides))
        .number("head_dim", static_cast<double>(c.headSize))
        .number("expand_ratio", static_cast<double>(c.expansion))
        .numbers("head_widths", asNumbers(c.headWidths))
        .number("num_classes", static_cast<double>(c.classes))
        .text("act_layer", "hard_swish")
        .number("norm_eps", 1e-5)
        .number("attn_eps", 1e-15)
        .text("padding", "zeros before normalisation, equal on all sides, to img_size")
        .numbers("mean", c.mean)
        .numbers("std", c.deviation)
        .labels(c.labels)
        .done();
}

EfficientVitImpl::EfficientVitImpl(const EfficientVitConfig& config, uint64_t seed)
    : config_(config)
{
    torch::manual_seed(seed);
    auto backbone = register_module("backbone", std::make_shared<torch::nn::Module>());
    addStem(*backbone);
    addStages(*backbone);
    addHead();
}

void EfficientVitImpl::addStem(torch::nn::Module& backbone)
{
    const int64_t width = config_.widths[0];
    OpList stem(*backbone.register_module("input_stem", std::make_shared<torch::nn::Module>()),
                backbone_);
    stem.add(efficientConv(
        {.in = config_.channels, .out = width, .kernel = 3, .stride = config_.strides[0]}));
    for (int64_t i = 0; i < config_.depths[0]; ++i)
        stem.add(aroundMain(depthwiseSeparable(width), Shortcut::identity));
}

void EfficientVitImpl::addStages(torch::nn::Module& backbone)
{
    auto stages = backbone.register_module("stages", std::make_shared<torch::nn::Module>());
    for (size_t s = 1; s < 5; ++s) {
        const int64_t in = config_.widths[s - 1], out = config_.widths[s];
        const bool attends = s >= 3;
        OpList stage(
            *stages->register_module(std::to_string(s - 1), std::make_shared<torch::nn::Module>()),
            backbone_);
        stage.add(aroundMain(invertedBottleneck({.in = in,
                                                 .out = out,
                                                 .stride = config_.strides[s],
                                                 .expansion = config_.expansion,
                                                 .fewNorms = attends}),
                             Shortcut::none));
        if (attends)
            for (int64_t i = 0; i < config_.depths[s]; ++i)
                stage.add(efficientVitModule(out, config_.headSize, config_.expansion));
        else
            for (int64_t i = 1; i < config_.depths[s]; ++i)
                stage.add(aroundMain(
                    invertedBottleneck({.in = out, .out = out, .expansion = config_.expansion}),
                    Shortcut::identity));
    }
}

void EfficientVitImpl::addHead()
{
    auto list = register_module("head", std::make_shared<torch::nn::Module>())
                    ->register_module("op_list", std::make_shared<torch::nn::Module>());
    const auto [first, second] = config_.headWidths;
    headConv_ = list->register_module("0", efficientConv({.in = config_.widths[4], .out = first}));
    auto hidden = list->register_module("2", std::make_shared<torch::nn::Module>());
    headLinear_ = hidden->register_module(
        "linear", torch::nn::Linear(torch::nn::LinearOptions(first, second).bias(false)));
    headNorm_ = hidden->register_module(
        "norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({second})));
    auto last = list->register_module("3", std::make_shared<torch::nn::Module>());
    classifier_ = last->register_module("linear", torch::nn::Linear(second, config_.classes));
}

Tensor EfficientVitImpl::forward(const Tensor& pictures)
{
    Tensor x = pictures;
    for (const auto& op : backbone_)
        x = op->forward(x);
    const Tensor pooled = headConv_->forward(x).mean({2, 3});
    return classifier_(torch::hardswish(headNorm_(headLinear_(pooled))));
}

} // namespace vitrine::learning
