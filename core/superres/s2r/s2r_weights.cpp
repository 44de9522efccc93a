#include "core/superres/s2r/s2r_weights.h"

#include "core/model/vision/folded_weights.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace vitrine::superres
{
namespace
{

using model::FoldedWeights;
using model::NetworkLayer;

// [rows, columns] -> [columns, rows]
std::vector<float> transposed(const std::vector<float>& from, std::int64_t rows,
                              std::int64_t columns)
{
    std::vector<float> to(from.size());
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t column = 0; column < columns; ++column)
            to[static_cast<std::size_t>(column * rows + row)] =
                from[static_cast<std::size_t>(row * columns + column)];
    return to;
}

// Reads layer after layer by name; the first problem is kept.
class S2rReader
{
public:
    S2rReader(const model::Network& network, const model::Checkpoint& checkpoint)
        : checkpoint_(checkpoint)
    {
        for (const NetworkLayer& layer : network.layers)
            layers_[layer.shape.name] = &layer;
    }

    PixelProduct product(const std::string& name)
    {
        const auto [layer, folded] = read(name);
        const std::int64_t in = layer.shape.conv.inChannels, out = layer.shape.conv.outChannels;
        return {in, out, transposed(folded.weights, out, in), biasOf(folded, out)};
    }

    PixelConvolution convolution(const std::string& name)
    {
        const auto [layer, folded] = read(name);
        const std::int64_t in = layer.shape.conv.inChannels, out = layer.shape.conv.outChannels;
        return {in, out, folded.weights, biasOf(folded, out)};
    }

    ChannelConvolution channels(const std::string& name)
    {
        const auto [layer, folded] = read(name);
        const std::int64_t count = layer.shape.conv.outChannels;
        return {transposed(folded.weights, count, 9), biasOf(folded, count)};
    }

    // The nine taps of all channels as the inputs of a product.
    PixelProduct ofTaps(const std::string& name)
    {
        const PixelConvolution conv = convolution(name);
        PixelProduct product{9 * conv.in, conv.out, {}, conv.bias};
        for (std::int64_t tap = 0; tap < 9; ++tap)
            for (std::int64_t in = 0; in < conv.in; ++in)
                for (std::int64_t out = 0; out < conv.out; ++out)
                    product.weights.push_back(
                        conv.weights[static_cast<std::size_t>((out * conv.in + in) * 9 + tap)]);
        return product;
    }

    ChannelNorm norm(const std::string& name)
    {
        return {tensor(name + ".weight"), tensor(name + ".bias")};
    }

    const std::optional<Error>& problem() const { return problem_; }

private:
    struct Layer {
        const NetworkLayer& layer;
        FoldedWeights folded;
    };

    Layer read(const std::string& name)
    {
        const NetworkLayer& layer = *layers_.at(name);
        auto folded = model::foldedWeights(layer, checkpoint_);
        return {layer,
                taken(std::move(folded), FoldedWeights{std::vector<float>(static_cast<std::size_t>(
                                                           layer.shape.weightElements())),
                                                       {}})};
    }

    std::vector<float> tensor(const std::string& name)
    {
        return taken(model::finiteTensor(name, checkpoint_), {});
    }

    template <typename T>
    T taken(Result<T> result, T otherwise)
    {
        if (result)
            return std::move(*result);
        if (!problem_)
            problem_ = result.error();
        return otherwise;
    }

    static std::vector<float> biasOf(const FoldedWeights& folded, std::int64_t out)
    {
        return folded.bias.empty() ? std::vector<float>(static_cast<std::size_t>(out))
                                   : folded.bias;
    }

    const model::Checkpoint& checkpoint_;
    std::map<std::string, const NetworkLayer*> layers_;
    std::optional<Error> problem_;
};

S2rWeights::MbConv mbConvOf(S2rReader& reader, const std::string& name)
{
    return {.expand = reader.product(name + ".block.0.0"),
            .squeeze = reader.product(name + ".block.2.fc1"),
            .excite = reader.product(name + ".block.2.fc2"),
            .project = reader.product(name + ".block.3.0"),
            .depthwise = reader.channels(name + ".block.1.0")};
}

S2rWeights::Elab elabOf(S2rReader& reader, const std::string& name)
{
    S2rWeights::Elab elab;
    for (std::size_t i = 0; i < 2; ++i) {
        const std::string local = fmt::format("{}.modules_lfe.lfe_{}", name, i),
                          attention = fmt::format("{}.modules_gmsa.gmsa_{}", name, i);
        elab.local[i] = {reader.product(local + ".conv0.conv1x1"),
                         reader.product(local + ".conv1.conv1x1")};
        elab.attention[i] = {reader.product(attention + ".project_inp.0"),
                             reader.product(attention + ".project_out")};
    }
    return elab;
}

// Two convolutions of the same map as one.
PixelConvolution sideBySide(PixelConvolution a, const PixelConvolution& b)
{
    a.out += b.out;
    a.weights.insert(a.weights.end(), b.weights.begin(), b.weights.end());
    a.bias.insert(a.bias.end(), b.bias.begin(), b.bias.end());
    return a;
}

S2rWeights readAll(S2rReader& reader, const model::S2rSizes& sizes)
{
    S2rWeights weights;
    weights.first = reader.convolution("conv_first");
    std::int64_t layer = 0;
    const auto next = [&layer] { return fmt::format("layers.{}", layer++); };
    if (sizes.head) {
        weights.embedNorm = reader.norm("patch_embed.norm");
        weights.mbConv = mbConvOf(reader, next());
    }
    for (std::int64_t i = 0; i < sizes.blocks; ++i)
        weights.elabs.push_back(elabOf(reader, next()));
    if (sizes.head) {
        weights.layersNorm = reader.norm(next());
        weights.norm = reader.norm("norm");
    }
    weights.afterDepthwise = reader.channels("conv_after_body.0");
    weights.after = reader.product("conv_after_body.1");
    if (sizes.deformable) {
        weights.offsetsAndMasks =
            sideBySide(reader.convolution("conv_offset"), reader.convolution("conv_mask"));
        weights.deformable = reader.ofTaps("deform_conv");
    }
    weights.upsample = reader.convolution("upsample.0");
    return weights;
}

} // namespace

Result<S2rWeights> readS2rWeights(const S2rConfig& config, const model::Checkpoint& checkpoint,
                                  std::string_view place)
{
    const model::Network network = model::s2rNetwork(config.sizes, 1, 1);
    VITRINE_TRY(const model::TensorCheck check, model::checkTensors(network, checkpoint, place));
    if (!check.unexpected.empty())
        return inputError("{} holds \"{}\", which is not part of the S2R that its config.json "
                          "describes",
                          place, printable(check.unexpected[0]));
    S2rReader reader(network, checkpoint);
    S2rWeights weights = readAll(reader, config.sizes);
    if (reader.problem())
        return inputError("cannot open {}: {}", place, reader.problem()->message);
    return weights;
}

} // namespace vitrine::superres
