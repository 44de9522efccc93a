#include "core/model/network/vit_shapes.h"

#include <fmt/format.h>

namespace vitrine::model
{

namespace
{

// Builds the network from the top down; `side` is the map's side behind the layer added last.
class Builder
{
public:
    explicit Builder(const EfficientVitSizes& sizes) : sizes_(sizes), side_(sizes.side) {}

    NetworkShape build()
    {
        module_ = "stem";
        conv("stem.in_conv", 3, sizes_.widths[0], 3, 2, Behind::norm);
        activation();
        for (std::int64_t i = 0; i < sizes_.depths[0]; ++i)
            depthwiseSeparable(fmt::format("stem.res{}", i), sizes_.widths[0]);
        for (std::size_t stage = 1; stage < sizes_.widths.size(); ++stage)
            addStage(stage);
        head();
        return std::move(net_);
    }

private:
    enum class Behind { norm, bias, nothing };

    void addStage(std::size_t stage)
    {
        const std::int64_t in = sizes_.widths[stage - 1], width = sizes_.widths[stage];
        const bool attention = stage >= 3;
        // In stages 3 and 4 the first two convolutions of an MBConv have a bias instead of a
        // normalisation.
        const Behind inner = attention ? Behind::bias : Behind::norm;
        const auto block = [&](std::int64_t i) {
            return fmt::format("stages.{}.blocks.{}", stage - 1, i);
        };
        module_ = block(0);
        mbconv(block(0) + ".main", in, width, 2, inner);
        for (std::int64_t i = 1; i < sizes_.depths[stage] + (attention ? 1 : 0); ++i) {
            module_ = block(i);
            if (attention) {
                liteMla(block(i) + ".context_module.main", width);
                residual(width);
            }
            mbconv(block(i) + (attention ? ".local_module.main" : ".main"), width, width, 1, inner);
            residual(width);
        }
    }

    void depthwiseSeparable(const std::string& name, std::int64_t width)
    {
        module_ = name;
        conv(name + ".main.depth_conv", width, width, 3, 1, Behind::norm, width);
        activation();
        conv(name + ".main.point_conv", width, width, 1, 1, Behind::norm);
        residual(width);
    }

    // Expansion by 4, depthwise 3x3, projection.
    void mbconv(const std::string& name, std::int64_t in, std::int64_t out, std::int64_t stride,
                Behind inner)
    {
        const std::int64_t middle = 4 * in;
        conv(name + ".inverted_conv", in, middle, 1, 1, inner);
        activation();
        conv(name + ".depth_conv", middle, middle, 3, stride, inner, middle);
        activation();
        conv(name + ".point_conv", middle, out, 1, 1, Behind::norm);
    }

    // Heads of `dim`, as many again from the 5x5 aggregation; V carries a row of ones for the
    // divisor.
    void liteMla(const std::string& name, std::int64_t width)
    {
        const std::int64_t tokens = side_ * side_, dim = sizes_.dim, heads = width / dim;
        conv(name + ".qkv", width, 3 * width, 1, 1, Behind::nothing);
        conv(name + ".aggreg.0.0", 3 * width, 3 * width, 5, 1, Behind::nothing, 3 * width, "");
        conv(name + ".aggreg.0.1", 3 * width, 3 * width, 1, 1, Behind::nothing, 3 * heads, "");
        add(productShape(name + ".context", LayerKind::context, 2 * heads, dim, dim, tokens));
        add(productShape(name + ".row_sums", LayerKind::divisor, 2 * heads, dim, 1, tokens));
        add(productShape(name + ".lookup", LayerKind::lookup, 2 * heads, tokens, dim, dim));
        add(productShape(name + ".divisors", LayerKind::divisor, 2 * heads, tokens, 1, dim));
        conv(name + ".proj", 2 * width, width, 1, 1, Behind::norm);
    }

    void head()
    {
        module_ = "head";
        conv("head.in_conv", sizes_.widths.back(), sizes_.headWidth, 1, 1, Behind::norm);
        activation();
        add(elementShape("head.pool", LayerKind::pool, side_ * side_, sizes_.headWidth));
        add(linearShape("head.classifier.0", 1, sizes_.headWidth, sizes_.classifierWidth, false));
        add(elementShape("head.classifier.1", LayerKind::norm, 1, sizes_.classifierWidth));
        add(elementShape("head.classifier.2", LayerKind::activation, 1, sizes_.classifierWidth));
        add(linearShape("head.classifier.4", 1, sizes_.classifierWidth, sizes_.classes, true));
    }

    void conv(const std::string& name, std::int64_t in, std::int64_t out, std::int64_t kernel,
              std::int64_t stride, Behind behind, std::int64_t groups = 1,
              const char* suffix = ".conv")
    {
        const std::int64_t before = side_;
        side_ /= stride;
        LayerShape layer = convShape(name + suffix, in, out, before, side_, kernel, stride, groups);
        layer.bias = behind == Behind::bias;
        if (behind == Behind::norm)
            layer.normName = name + ".norm";
        add(std::move(layer));
    }

    void activation()
    {
        const LayerShape& before = net_.layers.back();
        add(elementShape(before.name + ".act", LayerKind::activation, side_ * side_,
                         before.conv.outChannels));
    }

    void residual(std::int64_t width)
    {
        add(elementShape(module_ + ".add", LayerKind::add, side_ * side_, width));
    }

    void add(LayerShape layer)
    {
        layer.module = module_;
        net_.layers.push_back(std::move(layer));
    }

    const EfficientVitSizes& sizes_;
    std::int64_t side_;
    std::string module_;
    NetworkShape net_;
};

} // namespace

NetworkShape efficientVitShapes(const EfficientVitSizes& sizes)
{
    return Builder(sizes).build();
}

} // namespace vitrine::model
