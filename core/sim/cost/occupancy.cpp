#include "core/sim/cost/occupancy.h"

#include <algorithm>
#include <limits>
#include <string_view>

namespace vitrine::sim
{

namespace
{

struct Span {
    double start = std::numeric_limits<double>::infinity(), end = 0;
};

std::vector<Span> spansOf(const SimResult& result)
{
    std::vector<Span> spans(result.layers.size());
    for (const Interval& interval : result.schedule) {
        if (std::string_view(result.units[static_cast<std::size_t>(interval.unit)]) == "DRAM" ||
            interval.end <= interval.start)
            continue;
        Span& span = spans[static_cast<std::size_t>(interval.layer)];
        span = {std::min(span.start, interval.start), std::max(span.end, interval.end)};
    }
    return spans;
}

bool isProduct(const Layer& layer)
{
    return layer.shape.k > 0 && layer.shape.kind != LayerKind::mix;
}

std::int64_t heldBytes(const Layer& layer, Holds what, const Buffer& buffer)
{
    const model::LayerShape& s = layer.shape;
    const int in = buffer.activationBits > 0 ? buffer.activationBits : layer.bitsIn;
    const int out = buffer.activationBits > 0 ? buffer.activationBits : layer.bitsOut;
    const int weights = buffer.weightBits > 0 && s.weights ? buffer.weightBits : layer.bitsWeight;
    const std::int64_t batch = buffer.perProduct ? 1 : s.batch;
    // A map is smaller than the matrix it unrolls to.
    const bool map = s.conv.inChannels > 0;
    switch (what) {
    case Holds::in:
    case Holds::nextIn:
        return map ? bytesOf(s.conv.inChannels * s.conv.inHeight * s.conv.inWidth, in)
                   : bytesOf(batch * s.m * s.k, in);
    case Holds::weights:
    case Holds::nextWeights:
        return s.weights ? bytesOf(s.weightElements(), weights)
                         : bytesOf(batch * s.k * s.n, weights);
    case Holds::out:
    case Holds::before:
        return map ? bytesOf(s.outputElements(), out) : bytesOf(batch * s.m * s.n, out);
    case Holds::nothing:
        break;
    }
    return 0;
}

const Layer* neighbour(const Workload& workload, std::size_t i, int step)
{
    for (auto at = static_cast<std::ptrdiff_t>(i) + step;
         at >= 0 && at < static_cast<std::ptrdiff_t>(workload.layers.size()); at += step)
        if (isProduct(workload.layers[static_cast<std::size_t>(at)]))
            return &workload.layers[static_cast<std::size_t>(at)];
    return nullptr;
}

std::int64_t wantedBy(const Workload& workload, std::size_t i, Holds what, const Buffer& buffer)
{
    const Layer* layer = &workload.layers[i];
    if (what == Holds::nextIn || what == Holds::nextWeights)
        layer = neighbour(workload, i, 1);
    else if (what == Holds::before)
        layer = neighbour(workload, i, -1);
    return layer ? heldBytes(*layer, what, buffer) : 0;
}

} // namespace

std::vector<Filling> occupancy(const Workload& workload, const SimResult& result,
                               std::span<const Buffer> buffers)
{
    const std::vector<Span> spans = spansOf(result);
    std::vector<Filling> fillings;
    for (std::size_t i = 0; i < workload.layers.size(); ++i) {
        if (!isProduct(workload.layers[i]) || !(spans[i].end > spans[i].start))
            continue;
        for (std::size_t b = 0; b < buffers.size(); ++b) {
            const Buffer& buffer = buffers[b];
            Filling filling{.layer = static_cast<int>(i),
                            .buffer = static_cast<int>(b),
                            .start = spans[i].start,
                            .end = spans[i].end};
            const std::int64_t part =
                buffer.second == Holds::nothing ? buffer.bytes : buffer.bytes / 2;
            if (!buffer.wanted.empty()) {
                filling.needed = buffer.wanted[i];
                filling.resident = std::min(filling.needed, buffer.bytes);
            } else {
                for (const Holds what : {buffer.first, buffer.second}) {
                    const std::int64_t wanted = wantedBy(workload, i, what, buffer);
                    filling.needed += wanted;
                    filling.resident += std::min(wanted, part);
                }
            }
            fillings.push_back(filling);
        }
    }
    std::ranges::stable_sort(fillings, {}, &Filling::start);
    return fillings;
}

} // namespace vitrine::sim
