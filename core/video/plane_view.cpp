#include "core/video/plane_view.h"

#include "core/video/picture_kernels.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine::video
{
namespace
{

using kernels::kBehind;
using kernels::kWeightBits;

struct Axis {
    double start, step; // of the target's pixels, in luma samples
    int targets;
    int size, lumaSize; // samples of the plane, and of luma, along the axis
    int shift;
    bool isLeftSited; // chroma's first sample lies on luma's first; else midway
    bool smooth;
    Between between;

    // In samples of the plane: sample c covers [c, c + 1).
    double place(double luma) const
    {
        const double site = isLeftSited ? 0.5 - 0.5 * (1 << shift) : 0;
        return (luma - site) / (1 << shift);
    }
};

struct Weighted {
    std::vector<std::pair<std::int64_t, double>> samples; // index, weight
};

Weighted samplesUnder(const Axis& axis, int target)
{
    const double from = axis.start + target * axis.step;
    const double extent = axis.step / (1 << axis.shift);
    const bool reduced = axis.smooth && axis.step > 1;
    if (reduced && extent > 1) {
        Weighted result;
        const double low = axis.place(from), high = low + extent;
        for (double c = std::floor(low); c < high; ++c)
            result.samples.emplace_back(static_cast<std::int64_t>(c),
                                        (std::min(c + 1, high) - std::max(c, low)) / extent);
        return result;
    }
    double middle = from + 0.5 * axis.step;
    if (!reduced) // what is shown is one luma sample's place
        middle = std::clamp(std::floor(middle), 0.0, axis.lumaSize - 1.0) + 0.5;
    if (axis.between == Between::nearest)
        return {{{static_cast<std::int64_t>(std::floor(axis.place(middle))), 1.0}}};
    const double index = axis.place(middle) - 0.5, lower = std::floor(index);
    const double upperShare = index - lower;
    if (upperShare == 0)
        return {{{static_cast<std::int64_t>(lower), 1.0}}};
    return {{{static_cast<std::int64_t>(lower), 1 - upperShare},
             {static_cast<std::int64_t>(lower) + 1, upperShare}}};
}

// Weights as whole numbers of the right sum: what rounding leaves over goes to the largest.
void setWeights(Taps& taps, std::size_t target, const Weighted& weighted, int size)
{
    std::int32_t left = 1 << kWeightBits;
    std::size_t largest = 0;
    for (std::size_t k = 0; k < weighted.samples.size(); ++k) {
        const auto& [index, share] = weighted.samples[k];
        const auto weight = static_cast<std::int32_t>(std::lround(share * (1 << kWeightBits)));
        const std::size_t at = k * taps.stride + target;
        taps.indices[at] = static_cast<std::int32_t>(
            std::clamp<std::int64_t>(index, -kBorder, std::int64_t{size} - 1 + kBorder));
        taps.weights[at] = weight;
        left -= weight;
        if (share > weighted.samples[largest].second)
            largest = k;
    }
    taps.weights[largest * taps.stride + target] += left;
    for (std::size_t k = weighted.samples.size(); k < static_cast<std::size_t>(taps.taps); ++k)
        taps.indices[k * taps.stride + target] =
            taps.indices[(k - 1) * taps.stride + target] + (k == 1 ? 1 : 0);
}

// Sample, mean of it and the next, next sample, ...: chroma of 4:2:0 at its luma's size.
bool isTwice(const Taps& taps)
{
    constexpr std::int32_t kWhole = 1 << kWeightBits;
    if (taps.taps != 2)
        return false;
    for (int i = 0; i < taps.targets; ++i)
        if (taps.index(0, i) != taps.index(0, 0) + i / 2 ||
            taps.index(1, i) != taps.index(0, i) + 1 ||
            taps.weight(0, i) != (i % 2 == 0 ? kWhole : kWhole / 2))
            return false;
    return true;
}

Taps::Kind kindOf(const Taps& taps)
{
    if (isTwice(taps))
        return Taps::Kind::twice;
    const auto all = [&](int step, bool sameWeights) {
        for (int i = 0; i < taps.targets; ++i)
            for (int k = 0; k < taps.taps; ++k)
                if (taps.index(k, i) != taps.index(0, 0) + step * i + k ||
                    (sameWeights && taps.weight(k, i) != taps.weight(k, 0)))
                    return false;
        return true;
    };
    if (taps.taps == 1 && all(1, true))
        return Taps::Kind::copy;
    if (taps.taps == 2 && all(1, true))
        return Taps::Kind::pair;
    if (taps.taps == 2 && taps.weight(0, 0) == taps.weight(1, 0) && all(2, true))
        return Taps::Kind::halve;
    return Taps::Kind::gather;
}

Taps tapsOf(const Axis& axis)
{
    std::vector<Weighted> all;
    Taps taps;
    taps.targets = axis.targets;
    taps.stride = static_cast<std::size_t>(axis.targets) + kBehind;
    for (int target = 0; target < axis.targets; ++target) {
        all.push_back(samplesUnder(axis, target));
        taps.taps = std::max(taps.taps, static_cast<int>(all.back().samples.size()));
    }
    taps.indices.resize(static_cast<std::size_t>(taps.taps) * taps.stride);
    taps.weights.resize(taps.indices.size());
    for (std::size_t target = 0; target < all.size(); ++target)
        setWeights(taps, target, all[target], axis.size);
    taps.first = taps.last = taps.index(0, 0);
    for (int k = 0; k < taps.taps; ++k)
        for (int i = 0; i < taps.targets; ++i) {
            taps.first = std::min(taps.first, taps.index(k, i));
            taps.last = std::max(taps.last, taps.index(k, i));
        }
    taps.kind = kindOf(taps);
    for (std::int32_t& index : taps.indices) // behind the row too: whatever is read there is valid
        index = std::max(index - taps.first, 0);
    return taps;
}

} // namespace

PlaneSamples samplesOf(const Frame& frame, int plane)
{
    return {frame.row(plane, 0),
            static_cast<std::ptrdiff_t>(frame.rowBytes(plane)),
            frame.width(plane),
            frame.height(plane),
            frame.format().bits,
            plane == 0 ? 0 : frame.format().shiftX(),
            plane == 0 ? 0 : frame.format().shiftY(),
            frame.width(),
            frame.height()};
}

PlaneView::PlaneView(const PlaneSamples& plane, const Window& w, Between between) : plane_(plane)
{
    assert(w.width > 0 && w.height > 0 && w.targetWidth > 0 && w.targetHeight > 0);
    across_ = tapsOf({w.x, w.width / w.targetWidth, w.targetWidth, plane.width, plane.lumaWidth,
                      plane.shiftX, true, w.smooth, between});
    down_ = tapsOf({w.y, w.height / w.targetHeight, w.targetHeight, plane.height, plane.lumaHeight,
                    plane.shiftY, false, w.smooth, between});
    source_.resize(static_cast<std::size_t>(across_.last - across_.first + 1) + 3 * kBehind);
    target_.resize(static_cast<std::size_t>(across_.targets) + kBehind);
}

bool PlaneView::repeats(int y) const
{
    for (int k = 0; k < down_.taps; ++k)
        if (y == 0 || down_.index(k, y) != down_.index(k, y - 1) ||
            down_.weight(k, y) != down_.weight(k, y - 1))
            return false;
    return true;
}

template <typename Sample>
void PlaneView::fetchOf(int y)
{
    const int low = std::clamp(across_.first, 0, plane_.width - 1);
    const int high = std::clamp(across_.last, low, plane_.width - 1);
    std::vector<const Sample*> rows;
    std::vector<std::int32_t> weights;
    for (int k = 0; k < down_.taps; ++k) {
        const int row = std::clamp(down_.index(k, y) + down_.first, 0, plane_.height - 1);
        if (down_.weight(k, y) == 0)
            continue;
        rows.push_back(reinterpret_cast<const Sample*>(plane_.data + row * plane_.strideBytes) +
                       low);
        weights.push_back(down_.weight(k, y));
    }
    std::int32_t* const start = source_.data() + (low - across_.first);
    kernels::combineRows(rows.data(), weights.data(), static_cast<int>(rows.size()),
                         static_cast<std::size_t>(high - low + 1), plane_.bits, start);
    std::fill(source_.data(), start, *start);
    std::fill_n(start + (high - low) + 1, across_.last - high, start[high - low]);
}

void PlaneView::fetch(int y)
{
    plane_.bits == 8 ? fetchOf<std::uint8_t>(y) : fetchOf<std::uint16_t>(y);
}

const std::int32_t* PlaneView::row(int y)
{
    fetch(y);
    const auto count = static_cast<std::size_t>(across_.targets);
    switch (across_.kind) {
    case Taps::Kind::copy:
        return source_.data();
    case Taps::Kind::pair:
        kernels::pairRow(source_.data(), across_.weight(0, 0), across_.weight(1, 0), count,
                         target_.data());
        break;
    case Taps::Kind::halve:
        kernels::halveRow(source_.data(), count, target_.data());
        break;
    case Taps::Kind::twice:
        kernels::doubleRow(source_.data(), count, target_.data());
        break;
    case Taps::Kind::gather:
        kernels::gatherRow(source_.data(), across_.indices.data(), across_.weights.data(),
                           across_.taps, across_.stride, count, target_.data());
        break;
    }
    return target_.data();
}

} // namespace vitrine::video
