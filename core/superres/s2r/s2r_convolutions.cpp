#include "core/superres/s2r/s2r_layers.h"

#include "core/tensor/kernels/convolution.h"
#include "core/tensor/kernels/elementwise.h"
#include "core/tensor/kernels/map_rows.h"

#include <algorithm>
#include <cmath>

namespace vitrine::superres
{
namespace
{

// The wide rows of an MBConv: expanded, seen by the depthwise filters.
class WideRows
{
public:
    WideRows(const MapSize& map, const S2rWeights::MbConv& weights, const float* x)
        : map_(map), w_(weights), x_(x), seen_(static_cast<std::size_t>(map.width * channels()))
    {
        for (auto& row : expanded_)
            row.resize(seen_.size());
    }

    std::int64_t channels() const { return w_.expand.out; }

    // use(y, row) for rows first .. first + count - 1.
    template <typename Use>
    void run(std::int64_t first, std::int64_t count, Use&& use)
    {
        if (first > 0)
            expand(first - 1);
        expand(first);
        for (std::int64_t y = first; y < first + count; ++y) {
            if (y + 1 < map_.height)
                expand(y + 1);
            const float* const rows[3] = {y > 0 ? row(y - 1).data() : nullptr, row(y).data(),
                                          y + 1 < map_.height ? row(y + 1).data() : nullptr};
            kernels::depthwiseRow(rows, map_.width, channels(), w_.depthwise.weights.data(),
                                  w_.depthwise.bias.data(), seen_.data());
            kernels::silu(seen_.data(), static_cast<std::int64_t>(seen_.size()));
            use(y, seen_.data());
        }
    }

private:
    std::vector<float>& row(std::int64_t y) { return expanded_[static_cast<std::size_t>(y % 3)]; }

    void expand(std::int64_t y)
    {
        multiplyPixels(w_.expand, x_ + y * map_.width * w_.expand.in, map_.width, row(y).data());
        kernels::silu(row(y).data(), static_cast<std::int64_t>(row(y).size()));
    }

    const MapSize& map_;
    const S2rWeights::MbConv& w_;
    const float* x_;
    std::array<std::vector<float>, 3> expanded_;
    std::vector<float> seen_;
};

float sigmoid(float x)
{
    return 1.0f / (1.0f + std::exp(-x));
}

// Means of the wide channels over the map; summed row by row, so that no thread matters.
std::vector<float> wideMeans(const MapSize& map, const S2rWeights::MbConv& weights, const float* x)
{
    const auto channels = static_cast<std::size_t>(weights.expand.out);
    std::vector<double> ofRows(static_cast<std::size_t>(map.height) * channels);
    forRows(map, [&](std::int64_t first, std::int64_t count) {
        WideRows(map, weights, x).run(first, count, [&](std::int64_t y, const float* row) {
            double* sums = ofRows.data() + static_cast<std::size_t>(y) * channels;
            for (std::int64_t i = 0; i < map.width; ++i, row += channels)
                for (std::size_t c = 0; c < channels; ++c)
                    sums[c] += static_cast<double>(row[c]);
        });
    });
    std::vector<float> means(channels);
    for (std::size_t c = 0; c < channels; ++c) {
        double sum = 0;
        for (std::size_t y = 0; y < static_cast<std::size_t>(map.height); ++y)
            sum += ofRows[y * channels + c];
        means[c] = static_cast<float>(sum / static_cast<double>(map.pixels()));
    }
    return means;
}

std::vector<float> gates(const S2rWeights::MbConv& weights, const std::vector<float>& means)
{
    std::vector<float> squeezed(static_cast<std::size_t>(weights.squeeze.out)),
        excited(static_cast<std::size_t>(weights.excite.out));
    multiplyPixels(weights.squeeze, means.data(), 1, squeezed.data());
    kernels::silu(squeezed.data(), static_cast<std::int64_t>(squeezed.size()));
    multiplyPixels(weights.excite, squeezed.data(), 1, excited.data());
    std::ranges::transform(excited, excited.begin(), sigmoid);
    return excited;
}

// Gates multiply the inputs of the projection: as well its weights.
PixelProduct gated(PixelProduct project, const std::vector<float>& gate)
{
    for (std::int64_t in = 0; in < project.in; ++in)
        for (std::int64_t out = 0; out < project.out; ++out)
            project.weights[static_cast<std::size_t>(in * project.out + out)] *=
                gate[static_cast<std::size_t>(in)];
    return project;
}

} // namespace

// The wide map is computed twice, row by row, instead of being kept: four times the channels of a
// large picture are too much memory.
void mobileConvolution(const MapSize& map, const S2rWeights::MbConv& weights, std::vector<float>& x)
{
    const PixelProduct project =
        gated(weights.project, gates(weights, wideMeans(map, weights, x.data())));
    std::vector<float> out(x.size());
    forRows(map, [&](std::int64_t first, std::int64_t count) {
        WideRows(map, weights, x.data()).run(first, count, [&](std::int64_t y, const float* row) {
            multiplyPixels(project, row, map.width, out.data() + y * map.width * project.out);
        });
    });
    x = std::move(out);
}

void addAfterBody(const MapSize& map, const S2rWeights& weights, const float* y, float* x)
{
    const std::int64_t channels = weights.after.in, line = map.width * channels;
    forRows(map, [&](std::int64_t first, std::int64_t count) {
        std::vector<float> filtered(static_cast<std::size_t>(line));
        for (std::int64_t row = first; row < first + count; ++row) {
            const float* here = y + row * line;
            const float* const rows[3] = {row > 0 ? here - line : nullptr, here,
                                          row + 1 < map.height ? here + line : nullptr};
            kernels::depthwiseRow(rows, map.width, channels, weights.afterDepthwise.weights.data(),
                                  weights.afterDepthwise.bias.data(), filtered.data());
            multiplyPixels(weights.after, filtered.data(), map.width, x + row * line, Into::add);
        }
    });
}

Result<void> deform(const MapSize& map, const S2rWeights& weights, std::vector<float>& x)
{
    VITRINE_TRY(std::vector<float> places, convolved(map, weights.offsetsAndMasks, x.data()));
    const std::int64_t channels = weights.deformable.out, placed = weights.offsetsAndMasks.out;
    std::vector<float> out(x.size());
    forRows(map, [&](std::int64_t first, std::int64_t count) {
        std::vector<float> columns(static_cast<std::size_t>(map.width * 9 * channels));
        for (std::int64_t y = first; y < first + count; ++y) {
            float* row = places.data() + y * map.width * placed;
            for (std::int64_t i = 0; i < map.width; ++i)
                for (std::int64_t tap = 18; tap < placed; ++tap)
                    row[i * placed + tap] = sigmoid(row[i * placed + tap]);
            kernels::deformableRow({x.data(), map.height, map.width, channels}, y, row, row + 18,
                                   placed, columns.data());
            multiplyPixels(weights.deformable, columns.data(), map.width,
                           out.data() + y * map.width * channels);
        }
    });
    x = std::move(out);
    return {};
}

Result<std::vector<float>> convolved(const MapSize& map, const PixelConvolution& weights,
                                     const float* x)
{
    const kernels::ConvolutionShape shape{.inChannels = weights.in,
                                          .inHeight = map.height,
                                          .inWidth = map.width,
                                          .outChannels = weights.out,
                                          .outHeight = map.height,
                                          .outWidth = map.width,
                                          .kernelHeight = 3,
                                          .kernelWidth = 3,
                                          .top = 1,
                                          .left = 1};
    VITRINE_TRY(const kernels::Convolution convolution,
                kernels::Convolution::make(shape, weights.weights.data(), weights.bias.data(),
                                           kernels::After::nothing));
    std::vector<float> y(static_cast<std::size_t>(map.pixels() * weights.out));
    convolution.run(x, y.data());
    return y;
}

} // namespace vitrine::superres
