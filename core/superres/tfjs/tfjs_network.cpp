#include "core/superres/tfjs/tfjs_network.h"

#include "core/base/parallel.h"

#include <algorithm>

namespace vitrine::superres
{
namespace
{

using TfjsMap = std::vector<float>;

kernels::ConvolutionShape convolutionShapeOf(const TfjsTopology& topology, const TfjsLayer& layer,
                                             std::int64_t height, std::int64_t width)
{
    height *= layer.factor, width *= layer.factor;
    return {.inChannels = topology.inChannels(layer),
            .inHeight = height,
            .inWidth = width,
            .outChannels = layer.channels,
            .outHeight = height,
            .outWidth = width,
            .kernelHeight = layer.kernelHeight,
            .kernelWidth = layer.kernelWidth,
            .top = layer.kernelHeight / 2,
            .left = layer.kernelWidth / 2};
}

// Work on single numbers, in parts of equal size.
void inEqualParts(std::size_t count,
                  const std::function<void(std::size_t begin, std::size_t end)>& work)
{
    constexpr std::size_t kPart = 1 << 16;
    parallelFor((count + kPart - 1) / kPart,
                [&](std::size_t part) { work(part * kPart, std::min(count, (part + 1) * kPart)); });
}

void cutBelowZero(TfjsMap& map)
{
    inEqualParts(map.size(), [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i)
            map[i] = std::max(map[i], 0.0f);
    });
}

void addMap(TfjsMap& sum, const TfjsMap& map)
{
    inEqualParts(sum.size(), [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i)
            sum[i] += map[i];
    });
}

// Beside what the result already has of each pixel from `at` on.
void putChannels(const TfjsMap& map, std::size_t channels, TfjsMap& result,
                 std::size_t resultChannels, std::size_t at)
{
    inEqualParts(map.size() / channels, [&](std::size_t begin, std::size_t end) {
        for (std::size_t pixel = begin; pixel < end; ++pixel)
            std::copy_n(&map[pixel * channels], channels, &result[pixel * resultChannels + at]);
    });
}

// Each pixel `times` x `times` times.
TfjsMap nearestEnlarged(const TfjsMap& map, std::size_t rows, std::size_t channels,
                        std::size_t times)
{
    TfjsMap result(map.size() * times * times);
    const std::size_t rowSize = map.size() / rows, resultRow = rowSize * times;
    parallelFor(rows * times, [&](std::size_t y) {
        float* to = &result[y * resultRow];
        const float* from = &map[y / times * rowSize];
        for (std::size_t x = 0; x < rowSize; x += channels)
            for (std::size_t i = 0; i < times; ++i, to += channels)
                std::copy_n(from + x, channels, to);
    });
    return result;
}

// One pass: the maps that are still read.
class TfjsPass
{
public:
    TfjsPass(const TfjsTopology& topology, const std::vector<std::size_t>& lastReaders,
             TfjsMap input)
        : topology_(topology), lastReaders_(lastReaders), maps_(topology.layers.size())
    {
        maps_.front() = std::move(input);
    }

    void compute(std::size_t i, const kernels::Convolution* convolution, std::size_t rows)
    {
        const TfjsLayer& layer = topology_.layers[i];
        if (layer.kind == TfjsKind::convolution) {
            maps_[i].resize(outputSize(*convolution));
            convolution->run(maps_[layer.from[0]].data(), maps_[i].data());
        } else if (layer.kind == TfjsKind::relu) {
            cutBelowZero(maps_[i] = mine(i, layer.from[0]));
        } else if (layer.kind == TfjsKind::add) {
            maps_[i] = mine(i, layer.from[0]);
            for (std::size_t k = 1; k < layer.from.size(); ++k)
                addMap(maps_[i], maps_[layer.from[k]]);
        } else if (layer.kind == TfjsKind::concatenate) {
            concatenate(i);
        } else if (layer.kind == TfjsKind::upsampling) {
            const TfjsLayer& from = topology_.layers[layer.from[0]];
            maps_[i] =
                nearestEnlarged(maps_[layer.from[0]], rows * static_cast<std::size_t>(from.factor),
                                static_cast<std::size_t>(from.channels),
                                static_cast<std::size_t>(layer.factor / from.factor));
        }
        for (const std::size_t from : layer.from)
            if (lastReaders_[from] == i)
                TfjsMap().swap(maps_[from]);
    }
    TfjsMap result() { return std::move(maps_.back()); }

private:
    static std::size_t outputSize(const kernels::Convolution& convolution)
    {
        const auto& shape = convolution.shape();
        return static_cast<std::size_t>(shape.outHeight * shape.outWidth * shape.outChannels);
    }
    // The map of a layer to be changed: itself where nobody reads it afterwards.
    TfjsMap mine(std::size_t reader, std::size_t from)
    {
        const auto& all = topology_.layers[reader].from;
        if (lastReaders_[from] == reader && std::ranges::count(all, from) == 1)
            return std::move(maps_[from]);
        return maps_[from];
    }
    void concatenate(std::size_t i)
    {
        const TfjsLayer& layer = topology_.layers[i];
        const auto channelsOf = [](const TfjsLayer& of) {
            return static_cast<std::size_t>(of.channels);
        };
        const std::size_t first = layer.from[0];
        const std::size_t pixels = maps_[first].size() / channelsOf(topology_.layers[first]);
        maps_[i].resize(pixels * channelsOf(layer));
        std::size_t at = 0;
        for (const std::size_t from : layer.from) {
            const std::size_t channels = channelsOf(topology_.layers[from]);
            putChannels(maps_[from], channels, maps_[i], channelsOf(layer), at);
            at += channels;
        }
    }

    const TfjsTopology& topology_;
    const std::vector<std::size_t>& lastReaders_;
    std::vector<TfjsMap> maps_;
};

} // namespace

Result<TfjsNetwork> TfjsNetwork::make(std::shared_ptr<const TfjsModel> model, std::int64_t height,
                                      std::int64_t width)
{
    TfjsNetwork network;
    const TfjsTopology& topology = model->topology;
    network.convolutions_.resize(topology.layers.size());
    for (std::size_t i = 0; i < topology.layers.size(); ++i) {
        if (topology.layers[i].kind != TfjsKind::convolution)
            continue;
        const TfjsKernel& kernel = model->kernels[i];
        VITRINE_TRY(network.convolutions_[i],
                    kernels::Convolution::make(
                        convolutionShapeOf(topology, topology.layers[i], height, width),
                        kernel.weights.data(), kernel.bias.empty() ? nullptr : kernel.bias.data(),
                        kernels::After::nothing));
    }
    network.lastReaders_ = topology.lastReaders();
    network.height_ = height;
    network.width_ = width;
    network.model_ = std::move(model);
    return network;
}

std::optional<std::vector<float>>
TfjsNetwork::run(std::vector<float> x, const std::function<bool(double share)>& goOn) const
{
    const TfjsTopology& topology = model_->topology;
    TfjsPass pass(topology, lastReaders_, std::move(x));
    const double all = static_cast<double>(topology.macsPerPixel() * height_ * width_);
    double done = 0;
    for (std::size_t i = 1; i < topology.layers.size(); ++i) {
        const auto& convolution = convolutions_[i];
        pass.compute(i, convolution ? &*convolution : nullptr, static_cast<std::size_t>(height_));
        if (convolution)
            done += static_cast<double>(convolution->shape().macs());
        if (goOn && !goOn(all > 0 ? std::min(1.0, done / all) : 1))
            return {};
    }
    return pass.result();
}

} // namespace vitrine::superres
