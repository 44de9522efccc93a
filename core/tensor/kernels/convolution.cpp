#include "core/tensor/kernels/convolution.h"

#include "core/base/parallel.h"
#include "core/tensor/kernels/one_thread.h"

#include <dnnl.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

namespace vitrine::kernels
{
namespace
{

using dnnl::memory;

constexpr std::int64_t kBandMacs = 3'000'000; // less is not worth a thread's while
constexpr std::int64_t kMostBands = 16;

const dnnl::engine& cpu()
{
    static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}

// Rows of the output that one call computes, and the rows of the input that it reads.
struct Band {
    std::int64_t first = 0, rows = 0;     // of the output
    std::int64_t inFirst = 0, inRows = 0; // of the input
    std::int64_t paddedTop = 0, paddedBottom = 0;

    auto kind() const { return std::tuple(rows, inRows, paddedTop, paddedBottom); }
};

Band bandOf(const ConvolutionShape& s, std::int64_t first, std::int64_t rows)
{
    const std::int64_t begin = first * s.strideHeight - s.top;
    const std::int64_t end = begin + (rows - 1) * s.strideHeight + s.kernelHeight;
    const std::int64_t inFirst = std::max<std::int64_t>(0, begin),
                       inEnd = std::min(s.inHeight, end);
    return {first, rows, inFirst, inEnd - inFirst, inFirst - begin, end - inEnd};
}

bool isProductOfPixels(const ConvolutionShape& s)
{
    return s.kernelHeight == 1 && s.kernelWidth == 1 && s.strideHeight == 1 && s.strideWidth == 1;
}

// A product of pixels alone has no neighbours: its map may as well be one long row, which is then
// cut into bands of pixels.
ConvolutionShape flattened(ConvolutionShape s)
{
    if (!isProductOfPixels(s))
        return s;
    s.inHeight = s.outHeight = s.outHeight * s.outWidth;
    s.inWidth = s.outWidth = 1;
    return s;
}

std::vector<Band> bandsOf(const ConvolutionShape& s)
{
    const std::int64_t bands =
        std::clamp(s.macs() / kBandMacs, std::int64_t{1}, std::min(kMostBands, s.outHeight));
    const std::int64_t rows = (s.outHeight + bands - 1) / bands;
    std::vector<Band> all;
    for (std::int64_t first = 0; first < s.outHeight; first += rows)
        all.push_back(bandOf(s, first, std::min(rows, s.outHeight - first)));
    return all;
}

memory::desc mapDesc(const ConvolutionShape& s, std::int64_t channels, std::int64_t height,
                     std::int64_t width)
{
    // One long row is a wide one for oneDNN.
    if (isProductOfPixels(s))
        std::swap(height, width);
    return {{1, channels, height, width}, memory::data_type::f32, memory::format_tag::nhwc};
}

memory::desc weightsDesc(const ConvolutionShape& s, memory::format_tag dense,
                         memory::format_tag grouped)
{
    if (s.groups == 1)
        return {{s.outChannels, s.inChannels, s.kernelHeight, s.kernelWidth},
                memory::data_type::f32,
                dense};
    return {{s.groups, s.outChannels / s.groups, s.inChannels / s.groups, s.kernelHeight,
             s.kernelWidth},
            memory::data_type::f32,
            grouped};
}

dnnl::primitive_attr attributes(After after)
{
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    dnnl::post_ops steps;
    if (after == After::gelu)
        steps.append_eltwise(1, dnnl::algorithm::eltwise_gelu_erf, 0, 0);
    if (after == After::hardSwish)
        steps.append_eltwise(1, dnnl::algorithm::eltwise_hardswish, 0, 0);
    attributes.set_post_ops(steps);
    return attributes;
}

// Right of the map as `left` is of its left.
std::int64_t paddedRight(const ConvolutionShape& s)
{
    return (s.outWidth - 1) * s.strideWidth + s.kernelWidth - s.inWidth - s.left;
}

dnnl::convolution_forward::primitive_desc describe(const ConvolutionShape& s, const Band& band,
                                                   const memory::desc& weights, bool bias,
                                                   After after)
{
    // Columns of a long row became rows: so do the paddings, which are none there.
    const memory::dims strides{s.strideHeight, s.strideWidth};
    const memory::dims before{band.paddedTop, s.left}, behind{band.paddedBottom, paddedRight(s)};
    const memory::desc in = mapDesc(s, s.inChannels, band.inRows, s.inWidth),
                       out = mapDesc(s, s.outChannels, band.rows, s.outWidth);
    const auto kind = dnnl::prop_kind::forward_inference;
    const auto algorithm = dnnl::algorithm::convolution_direct;
    const auto attribute = attributes(after);
    if (!bias)
        return {{kind, algorithm, in, weights, out, strides, before, behind}, attribute, cpu()};
    const memory::desc biasDesc({s.outChannels}, memory::data_type::f32, memory::format_tag::x);
    return {
        {kind, algorithm, in, weights, biasDesc, out, strides, before, behind}, attribute, cpu()};
}

double afterward(After after, double y)
{
    if (after == After::gelu)
        return 0.5 * y * (1 + std::erf(y / std::sqrt(2.0)));
    if (after == After::hardSwish)
        return y * std::clamp(y + 3, 0.0, 6.0) / 6;
    return y;
}

} // namespace

struct Convolution::Private {
    ConvolutionShape shape, cut; // cut: as the bands see it
    After after = After::nothing;
    bool hasBias = false;
    std::vector<Band> bands;
    std::map<decltype(Band().kind()), dnnl::convolution_forward> primitives;
    std::map<decltype(Band().kind()), dnnl::convolution_forward::primitive_desc> descriptions;
    std::map<decltype(Band().kind()), memory> weights; // as each kind of band reads them best
    memory bias;

    void lay(const float* values, const float* biasValues);
    memory laidOut(const memory::desc& layout, const memory& plain) const;
    void run(const Band& band, const float* x, float* y) const;
};

void Convolution::Private::lay(const float* values, const float* biasValues)
{
    // Read only.
    const memory plain(weightsDesc(cut, memory::format_tag::oihw, memory::format_tag::goihw), cpu(),
                       const_cast<float*>(values));
    const auto any = weightsDesc(cut, memory::format_tag::any, memory::format_tag::any);
    for (const Band& band : bands) {
        if (descriptions.contains(band.kind()))
            continue;
        // Weights in the layout of another kind might leave this one the reference alone, which
        // takes a hundred times as long.
        auto description = describe(cut, band, any, hasBias, after);
        weights.emplace(band.kind(), laidOut(description.weights_desc(), plain));
        primitives.emplace(band.kind(), dnnl::convolution_forward(description));
        descriptions.emplace(band.kind(), std::move(description));
    }
    if (hasBias) {
        bias = memory({{cut.outChannels}, memory::data_type::f32, memory::format_tag::x}, cpu());
        std::copy_n(biasValues, cut.outChannels, static_cast<float*>(bias.get_data_handle()));
    }
}

// Shared with a kind that has the same layout.
memory Convolution::Private::laidOut(const memory::desc& layout, const memory& plain) const
{
    for (const auto& [kind, laid] : weights)
        if (laid.get_desc() == layout)
            return laid;
    memory laid(layout, cpu());
    memory from = plain;
    dnnl::stream stream(cpu());
    dnnl::reorder(from, laid).execute(stream, from, laid);
    stream.wait();
    return laid;
}

void Convolution::Private::run(const Band& band, const float* x, float* y) const
{
    thread_local std::vector<std::byte> scratch;
    const OneThread guard;
    const auto& description = descriptions.at(band.kind());
    const memory::desc& pad = description.scratchpad_desc();
    constexpr std::size_t kAlignment = 64;
    if (scratch.size() < pad.get_size() + kAlignment)
        scratch.resize(pad.get_size() + kAlignment);
    void* aligned = scratch.data();
    std::size_t space = scratch.size();
    std::align(kAlignment, pad.get_size(), aligned, space);
    const float* in = x + band.inFirst * cut.inWidth * cut.inChannels;
    float* out = y + band.first * cut.outWidth * cut.outChannels;
    std::unordered_map<int, memory> arguments{
        {DNNL_ARG_SRC, memory(description.src_desc(), cpu(), const_cast<float*>(in))},
        {DNNL_ARG_WEIGHTS, weights.at(band.kind())},
        {DNNL_ARG_DST, memory(description.dst_desc(), cpu(), out)},
        {DNNL_ARG_SCRATCHPAD, memory(pad, cpu(), aligned)}};
    if (hasBias)
        arguments.emplace(DNNL_ARG_BIAS, bias);
    dnnl::stream stream(cpu());
    primitives.at(band.kind()).execute(stream, arguments);
    stream.wait();
}

ConvolutionShape linearAsConvolution(std::int64_t rows, std::int64_t inputs, std::int64_t outputs)
{
    return {.inChannels = inputs, .inHeight = rows, .outChannels = outputs, .outHeight = rows};
}

Result<Convolution> Convolution::make(const ConvolutionShape& shape, const float* weights,
                                      const float* bias, After after)
{
    assert(shape.inChannels % shape.groups == 0 && shape.outChannels % shape.groups == 0);
    auto made = std::make_shared<Private>();
    made->shape = shape;
    made->cut = flattened(shape);
    made->after = after;
    made->hasBias = bias != nullptr;
    made->bands = bandsOf(made->cut);
    try {
        const OneThread guard; // what oneDNN chooses must not depend on the threads
        made->lay(weights, bias);
    } catch (const dnnl::error& error) {
        return failure("oneDNN cannot do a {} x {} convolution of {} to {} channels: {}",
                       shape.kernelHeight, shape.kernelWidth, shape.inChannels, shape.outChannels,
                       error.what());
    }
    return Convolution(std::move(made));
}

void Convolution::run(const float* x, float* y) const
{
    parallelFor(p_->bands.size(), [&](std::size_t band) { p_->run(p_->bands[band], x, y); });
}

const ConvolutionShape& Convolution::shape() const
{
    return p_->shape;
}

void convolveSlowly(const ConvolutionShape& s, const float* weights, const float* bias, After after,
                    const float* x, double* y)
{
    const std::int64_t in = s.inChannels / s.groups, out = s.outChannels / s.groups;
    for (std::int64_t row = 0; row < s.outHeight; ++row)
        for (std::int64_t column = 0; column < s.outWidth; ++column)
            for (std::int64_t o = 0; o < s.outChannels; ++o) {
                double sum = bias ? static_cast<double>(bias[o]) : 0;
                for (std::int64_t i = 0; i < in; ++i)
                    for (std::int64_t ky = 0; ky < s.kernelHeight; ++ky)
                        for (std::int64_t kx = 0; kx < s.kernelWidth; ++kx) {
                            const std::int64_t iy = row * s.strideHeight - s.top + ky,
                                               ix = column * s.strideWidth - s.left + kx;
                            if (iy < 0 || iy >= s.inHeight || ix < 0 || ix >= s.inWidth)
                                continue;
                            const float w =
                                weights[((o * in + i) * s.kernelHeight + ky) * s.kernelWidth + kx];
                            sum += static_cast<double>(w) *
                                   static_cast<double>(
                                       x[(iy * s.inWidth + ix) * s.inChannels + o / out * in + i]);
                        }
                y[(row * s.outWidth + column) * s.outChannels + o] = afterward(after, sum);
            }
}

} // namespace vitrine::kernels
