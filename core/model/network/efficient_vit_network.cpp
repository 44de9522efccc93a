#include "core/model/network/efficient_vit_network.h"

#include "core/base/registry.h"
#include "core/model/network/named_networks.h"
#include "core/model/network/network_builder.h"

#include <fmt/format.h>

namespace vitrine::model
{

namespace
{

// Builds the network from the top down; `side` is the map's side after the layer added last.
class EfficientVitBuilder
{
public:
    explicit EfficientVitBuilder(const EfficientVitSizes& sizes) : sizes_(sizes), side_(sizes.side)
    {
    }

    Network build()
    {
        net_.normEpsilon(sizes_.epsilon);
        net_.begin("stem", Part::stem);
        conv("stem.in_conv", sizes_.channels, sizes_.widths[0],
             {.kernel = 3, .stride = sizes_.strides[0]}, {});
        activation();
        for (std::int64_t i = 0; i < sizes_.depths[0]; ++i)
            depthwiseSeparable(fmt::format("stem.res{}", i), sizes_.widths[0]);
        for (std::size_t stage = 1; stage < sizes_.widths.size(); ++stage)
            addStage(stage);
        head();
        return net_.take();
    }

private:
    enum class After { norm, bias, nothing };

    struct Kernel {
        std::int64_t kernel = 1, stride = 1, groups = 1;
        After after = After::norm;
    };

    void addStage(std::size_t stage)
    {
        const std::int64_t in = sizes_.widths[stage - 1], width = sizes_.widths[stage];
        const bool attention = stage >= 3;
        // In stages 3 and 4 the first two convolutions of an MBConv have a bias instead of a
        // normalisation.
        const After inner = attention ? After::bias : After::norm;
        const auto block = [&](std::int64_t i) {
            return fmt::format("stages.{}.blocks.{}", stage - 1, i);
        };
        net_.begin(block(0), Part::convolution);
        mbconv(block(0) + ".main", in, width, sizes_.strides[stage], inner);
        for (std::int64_t i = 1; i < sizes_.depths[stage] + (attention ? 1 : 0); ++i) {
            if (attention) {
                net_.begin(block(i), Part::attention);
                liteMla(block(i), width);
            }
            net_.begin(block(i), Part::convolution);
            const std::size_t x = net_.last();
            const std::string module = block(i) + (attention ? ".local_module" : "");
            mbconv(module + ".main", width, width, 1, inner);
            residual(module, width, x);
        }
    }

    void depthwiseSeparable(const std::string& name, std::int64_t width)
    {
        const std::size_t x = net_.last();
        net_.begin(name, Part::stem);
        conv(name + ".main.depth_conv", width, width, {.kernel = 3, .groups = width});
        activation();
        conv(name + ".main.point_conv", width, width, {});
        residual(name, width, x);
    }

    // Expansion, depthwise 3x3, projection.
    void mbconv(const std::string& name, std::int64_t in, std::int64_t out, std::int64_t stride,
                After inner)
    {
        const std::int64_t middle = sizes_.expansion * in;
        conv(name + ".inverted_conv", in, middle, {.after = inner});
        activation();
        conv(name + ".depth_conv", middle, middle,
             {.kernel = 3, .stride = stride, .groups = middle, .after = inner});
        activation();
        conv(name + ".point_conv", middle, out, {});
    }

    // Heads of `dim`, as many again from the 5x5 aggregation; V carries a row of ones for the
    // divisor.
    void liteMla(const std::string& block, std::int64_t width)
    {
        const std::string module = block + ".context_module", name = module + ".main";
        const std::int64_t tokens = side_ * side_, dim = sizes_.dim, heads = width / dim;
        const std::size_t x = net_.last();
        const std::size_t qkv = conv(name + ".qkv", width, 3 * width, {.after = After::nothing});
        conv(name + ".aggreg.0.0", 3 * width, 3 * width,
             {.kernel = 5, .groups = 3 * width, .after = After::nothing}, {qkv}, "");
        const std::size_t aggregated =
            conv(name + ".aggreg.0.1", 3 * width, 3 * width,
                 {.groups = 3 * heads, .after = After::nothing}, {net_.last()}, "");
        const std::size_t both =
            net_.step(name + ".concat", LayerKind::concat, tokens, 6 * width, {qkv, aggregated});
        const auto product = [&](const char* part, LayerKind kind, std::int64_t m, std::int64_t n,
                                 std::int64_t k, NetworkBuilder::Inputs inputs) {
            return net_.add(productShape(name + part, kind, 2 * heads, m, n, k), std::move(inputs));
        };
        const std::size_t context =
            product(".context", LayerKind::context, dim, dim, tokens, {both, both});
        const std::size_t sums = product(".row_sums", LayerKind::divisor, dim, 1, tokens, {both});
        const std::size_t lookup =
            product(".lookup", LayerKind::lookup, tokens, dim, dim, {both, context});
        const std::size_t divisors =
            product(".divisors", LayerKind::divisor, tokens, 1, dim, {both, sums});
        net_.step(name + ".divide", LayerKind::divide, tokens, 2 * width, {lookup, divisors});
        net_.layer().epsilon = sizes_.divisorEpsilon;
        conv(name + ".proj", 2 * width, width, {});
        residual(module, width, x);
    }

    void head()
    {
        net_.begin("head", Part::head);
        conv("head.in_conv", sizes_.widths.back(), sizes_.headWidth, {});
        activation();
        net_.add(elementShape("head.pool", LayerKind::pool, side_ * side_, sizes_.headWidth));
        net_.add(
            linearShape("head.classifier.0", 1, sizes_.headWidth, sizes_.classifierWidth, false));
        net_.add(elementShape("head.classifier.1", LayerKind::norm, 1, sizes_.classifierWidth));
        net_.add(
            elementShape("head.classifier.2", LayerKind::activation, 1, sizes_.classifierWidth));
        net_.layer().function = Function::hardSwish;
        net_.add(linearShape("head.classifier.4", 1, sizes_.classifierWidth, sizes_.classes, true));
    }

    std::size_t conv(const std::string& name, std::int64_t in, std::int64_t out,
                     const Kernel& kernel)
    {
        return conv(name, in, out, kernel, {net_.last()});
    }

    std::size_t conv(const std::string& name, std::int64_t in, std::int64_t out, const Kernel& k,
                     NetworkBuilder::Inputs inputs, const char* suffix = ".conv")
    {
        const std::int64_t before = side_;
        side_ = (side_ + k.stride - 1) / k.stride;
        LayerShape layer =
            convShape(name + suffix, in, out, before, side_, k.kernel, k.stride, k.groups);
        layer.bias = k.after == After::bias;
        net_.add(std::move(layer), std::move(inputs));
        if (k.after == After::norm)
            net_.batchNorm(name + ".norm", out, sizes_.epsilon);
        return net_.last();
    }

    void activation()
    {
        const LayerShape before = net_.layer().shape;
        net_.add(elementShape(before.name + ".act", LayerKind::activation, side_ * side_,
                              before.conv.outChannels));
        net_.layer().function = Function::hardSwish;
    }

    void residual(const std::string& module, std::int64_t width, std::size_t x)
    {
        net_.add(elementShape(module + ".add", LayerKind::add, side_ * side_, width),
                 {x, net_.last()});
    }

    const EfficientVitSizes& sizes_;
    std::int64_t side_;
    NetworkBuilder net_;
};

EfficientVitSizes efficientVit(int size, std::int64_t side)
{
    switch (size) {
    case 0:
        return {{8, 16, 32, 64, 128}, {1, 2, 2, 2, 2}, 1024, 1280, 16, 4, side};
    case 1:
        return {{16, 32, 64, 128, 256}, {1, 2, 3, 3, 4}, 1536, 1600, 16, 4, side};
    case 2:
        return {{24, 48, 96, 192, 384}, {1, 3, 4, 4, 6}, 2304, 2560, 32, 4, side};
    default:
        return {{32, 64, 128, 256, 512}, {1, 4, 6, 6, 9}, 2304, 2560, 32, 4, side};
    }
}

template <int Size>
Network efficientVitOf(std::int64_t side)
{
    return efficientVitNetwork(efficientVit(Size, side));
}

const Registry<NamedNetworks>::Adds kAddsEfficientVit(30, [] {
    return NamedNetworks{
        {"efficientvit-b0", "EfficientViT-B0", efficientVitOf<0>, 32},
        {"efficientvit-b1", "EfficientViT-B1", efficientVitOf<1>, 32},
        {"efficientvit-b2", "EfficientViT-B2", efficientVitOf<2>, 32},
        {"efficientvit-b3", "EfficientViT-B3", efficientVitOf<3>, 32},
    };
});

} // namespace

Network efficientVitNetwork(const EfficientVitSizes& sizes)
{
    return EfficientVitBuilder(sizes).build();
}

} // namespace vitrine::model
