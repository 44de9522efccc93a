#include "core/model/network/s2r_network.h"

#include "core/model/network/network_builder.h"

#include <algorithm>
#include <fmt/format.h>

namespace vitrine::model
{
namespace
{

class S2rBuilder
{
public:
    S2rBuilder(const S2rSizes& sizes, std::int64_t height, std::int64_t width)
        : sizes_(sizes), height_(height), width_(width), channels_(sizes.channels)
    {
    }

    Network build()
    {
        net_.normEpsilon(sizes_.layerNormEpsilon);
        net_.begin("stem", Part::stem);
        const std::size_t first = convolution("conv_first", 3, channels_, {});
        addBody();
        net_.begin("conv_after_body", Part::convolution);
        convolution("conv_after_body.0", channels_, channels_, {.groups = channels_});
        const std::size_t after = pointwise("conv_after_body.1", channels_, channels_);
        net_.add(rows("conv_after_body.add", LayerKind::add), {first, after});
        if (sizes_.deformable)
            addDeformable();
        net_.begin("upsample", Part::head);
        const std::int64_t phases = 3 * sizes_.scale * sizes_.scale;
        convolution("upsample.0", channels_, phases, {});
        net_.step("upsample.shuffle", LayerKind::shuffle,
                  height_ * width_ * sizes_.scale * sizes_.scale, 3, {net_.last()});
        return net_.take();
    }

private:
    std::int64_t pixels() const { return height_ * width_; }

    struct Kernel {
        std::int64_t side = 3, groups = 1;
        bool bias = true;
        LayerKind kind = LayerKind::conv; // of a dense one
    };
    LayerShape mapShape(std::string name, std::int64_t in, std::int64_t out,
                        const Kernel& kernel) const
    {
        LayerShape shape = convShape(std::move(name), in, out, 1, 1, kernel.side, 1, kernel.groups);
        if (kernel.groups == 1)
            shape.kind = kernel.kind;
        shape.m = pixels();
        shape.conv.inHeight = shape.conv.outHeight = height_;
        shape.conv.inWidth = shape.conv.outWidth = width_;
        shape.bias = kernel.bias;
        return shape;
    }

    LayerShape rows(std::string name, LayerKind kind) const
    {
        return elementShape(std::move(name), kind, pixels(), channels_);
    }

    std::size_t convolution(const std::string& name, std::int64_t in, std::int64_t out,
                            const Kernel& kernel, std::optional<std::size_t> from = {})
    {
        LayerShape shape = mapShape(name, in, out, kernel);
        if (name == "conv_first")
            return net_.add(std::move(shape), {});
        return net_.add(std::move(shape), {from.value_or(net_.last())});
    }

    std::size_t pointwise(const std::string& name, std::int64_t in, std::int64_t out,
                          bool bias = true)
    {
        return convolution(name, in, out, {.side = 1, .bias = bias});
    }

    std::size_t activation(std::string name, std::int64_t columns, Function function)
    {
        net_.add(elementShape(std::move(name), LayerKind::activation, pixels(), columns));
        net_.layer().function = function;
        return net_.last();
    }

    void addBody()
    {
        std::int64_t layer = 0;
        if (sizes_.head) {
            net_.begin("patch_embed", Part::stem);
            net_.add(rows("patch_embed.norm", LayerKind::norm));
            addMbConv(fmt::format("layers.{}", layer++));
        }
        for (std::int64_t block = 0; block < sizes_.blocks; ++block)
            addElab(fmt::format("layers.{}", layer++), block % 2 == 1);
        if (!sizes_.head)
            return;
        net_.begin("norm", Part::convolution);
        net_.add(rows(fmt::format("layers.{}", layer), LayerKind::norm));
        net_.add(rows("norm", LayerKind::norm));
    }

    // Mobile inverted bottleneck with squeeze and excitation over a quarter of the channels,
    // without residual connection.
    void addMbConv(const std::string& name)
    {
        const std::int64_t inner = 4 * channels_, squeezed = channels_ / 4;
        net_.begin(name, Part::convolution);
        const auto normalised = [&](const std::string& norm, std::int64_t channels) {
            net_.batchNorm(norm, channels, sizes_.batchNormEpsilon);
        };
        pointwise(name + ".block.0.0", channels_, inner, false);
        normalised(name + ".block.0.1", inner);
        activation(name + ".block.0.2", inner, Function::silu);
        convolution(name + ".block.1.0", inner, inner, {.groups = inner, .bias = false});
        normalised(name + ".block.1.1", inner);
        const std::size_t wide = activation(name + ".block.1.2", inner, Function::silu);
        const std::string gate = name + ".block.2.";
        net_.add(elementShape(gate + "avgpool", LayerKind::pool, pixels(), inner));
        addOfPooled(gate + "fc1", inner, squeezed);
        addOfPooled(gate + "fc2", squeezed, inner);
        net_.step(gate + "gate", LayerKind::gate, pixels(), inner, {wide, net_.last()});
        pointwise(name + ".block.3.0", inner, channels_, false);
        normalised(name + ".block.3.1", channels_);
    }

    void addOfPooled(const std::string& name, std::int64_t in, std::int64_t out)
    {
        LayerShape shape = convShape(name, in, out, 1, 1, 1, 1);
        shape.bias = true;
        net_.add(std::move(shape));
    }

    // Efficient long-range attention block (ELAN, Zhang et al., ECCV 2022): twice local features
    // and attention, the second on the maps of the first.
    void addElab(const std::string& name, bool rolled)
    {
        net_.begin(name, Part::attention);
        addLocalFeatures(name + ".modules_lfe.lfe_0");
        const Maps maps = addMaps(name + ".modules_gmsa.gmsa_0", rolled);
        addLocalFeatures(name + ".modules_lfe.lfe_1");
        addMixing(name + ".modules_gmsa.gmsa_1", maps);
    }

    void addLocalFeatures(const std::string& name)
    {
        const std::size_t x = net_.last();
        const auto shifted = [&](const std::string& conv, std::int64_t in, std::int64_t out) {
            net_.step(conv + ".shift", LayerKind::shift, pixels(), in, {net_.last()});
            pointwise(conv + ".conv1x1", in, out);
        };
        shifted(name + ".conv0", channels_, 2 * channels_);
        activation(name + ".act", 2 * channels_, Function::relu);
        shifted(name + ".conv1", 2 * channels_, channels_);
        net_.add(rows(name + ".add", LayerKind::add), {x, net_.last()});
    }

    using Maps = std::array<std::size_t, 3>; // the softmax of each window size

    std::int64_t windowsOf(std::size_t group) const
    {
        return pixels() / (sizes_.windows[group] * sizes_.windows[group]);
    }

    Maps addMaps(const std::string& name, bool rolled)
    {
        const std::size_t x = net_.last();
        const std::size_t qv = projected(name, 2 * channels_);
        Maps maps{};
        std::vector<std::size_t> parts;
        for (std::size_t g = 0; g < maps.size(); ++g) {
            const std::int64_t side = sizes_.windows[g], tokens = side * side;
            const std::string group = fmt::format("{}.{}", name, g);
            net_.add(productShape(group + ".scores", LayerKind::scores, windowsOf(g), tokens,
                                  tokens, channels_ / 3),
                     {qv, qv});
            net_.layer().side = side;
            net_.layer().offset = rolled ? side / 2 : 0;
            maps[g] = net_.add(
                elementShape(group + ".softmax", LayerKind::softmax, tokens, tokens, windowsOf(g)));
            parts.push_back(mixed(group, g, maps[g], qv));
        }
        joined(name, x, parts);
        return maps;
    }

    void addMixing(const std::string& name, const Maps& maps)
    {
        const std::size_t x = net_.last();
        const std::size_t v = projected(name, channels_);
        std::vector<std::size_t> parts;
        for (std::size_t g = 0; g < maps.size(); ++g)
            parts.push_back(mixed(fmt::format("{}.{}", name, g), g, maps[g], v));
        joined(name, x, parts);
    }

    std::size_t projected(const std::string& name, std::int64_t out)
    {
        pointwise(name + ".project_inp.0", channels_, out);
        net_.batchNorm(name + ".project_inp.1", out, sizes_.batchNormEpsilon);
        return net_.last();
    }

    std::size_t mixed(const std::string& group, std::size_t g, std::size_t map, std::size_t v)
    {
        const std::int64_t tokens = sizes_.windows[g] * sizes_.windows[g];
        return net_.add(productShape(group + ".values", LayerKind::values, windowsOf(g), tokens,
                                     channels_ / 3, tokens),
                        {map, v});
    }

    void joined(const std::string& name, std::size_t x, const std::vector<std::size_t>& parts)
    {
        net_.step(name + ".concat", LayerKind::concat, pixels(), channels_, parts);
        pointwise(name + ".project_out", channels_, channels_);
        net_.add(rows(name + ".add", LayerKind::add), {x, net_.last()});
    }

    void addDeformable()
    {
        net_.begin("deform_conv", Part::convolution);
        const std::size_t x = net_.last();
        const std::size_t offsets = convolution("conv_offset", channels_, 18, {}, x);
        convolution("conv_mask", channels_, 9, {}, x);
        const std::size_t masks = activation("conv_mask.sigmoid", 9, Function::sigmoid);
        net_.add(mapShape("deform_conv", channels_, channels_, {.kind = LayerKind::deformable}),
                 {x, offsets, masks});
    }

    const S2rSizes& sizes_;
    std::int64_t height_, width_, channels_;
    NetworkBuilder net_;
};

std::int64_t roundedUp(std::int64_t size, std::int64_t multiple)
{
    return (size + multiple - 1) / multiple * multiple;
}

} // namespace

std::int64_t S2rSizes::largestWindow() const
{
    return *std::ranges::max_element(windows);
}

Network s2rNetwork(const S2rSizes& sizes, std::int64_t height, std::int64_t width)
{
    const std::int64_t multiple = sizes.largestWindow();
    return S2rBuilder(sizes, roundedUp(height, multiple), roundedUp(width, multiple)).build();
}

} // namespace vitrine::model
