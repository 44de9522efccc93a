#include "core/video/psnr.h"

#include "core/base/parallel.h"
#include "core/video/row_kernels.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

namespace vitrine::video
{
namespace
{

constexpr int kRowsAtATime = 64;

std::uint64_t rowError(const Frame& a, const Frame& b, int plane, int y, const Rectangle& part)
{
    const auto count = static_cast<std::size_t>(part.width);
    if (a.format().bytesPerSample() == 1)
        return kernels::squaredError(a.plane<std::uint8_t>(plane).row(y) + part.x,
                                     b.plane<std::uint8_t>(plane).row(y) + part.x, count);
    return kernels::squaredError(a.plane<std::uint16_t>(plane).row(y) + part.x,
                                 b.plane<std::uint16_t>(plane).row(y) + part.x, count,
                                 a.format().peak());
}

PlaneError planeError(const Frame& a, const Frame& b, int plane, const Rectangle& part, int threads)
{
    const auto bands = static_cast<std::size_t>((part.height + kRowsAtATime - 1) / kRowsAtATime);
    std::vector<std::uint64_t> sums(bands);
    parallelFor(
        bands,
        [&](std::size_t band) {
            const int first = part.y + static_cast<int>(band) * kRowsAtATime;
            const int last = std::min(first + kRowsAtATime, part.y + part.height);
            for (int y = first; y < last; ++y)
                sums[band] += rowError(a, b, plane, y, part);
        },
        threads);
    PlaneError error;
    error.samples =
        static_cast<std::uint64_t>(part.width) * static_cast<std::uint64_t>(part.height);
    for (const std::uint64_t sum : sums)
        error.squaredError += sum;
    return error;
}

} // namespace

double psnr(double meanSquaredError, int peak)
{
    if (meanSquaredError == 0)
        return kExactPsnr;
    return 10 * std::log10(static_cast<double>(peak) * peak / meanSquaredError);
}

double PlaneError::mean() const
{
    return samples > 0 ? static_cast<double>(squaredError) / static_cast<double>(samples)
                       : std::nan("");
}

bool FrameError::exact() const
{
    return std::ranges::all_of(planes,
                               [](const PlaneError& plane) { return plane.squaredError == 0; });
}

double FrameError::psnr(int plane) const
{
    const PlaneError& error = planes[static_cast<std::size_t>(plane)];
    return error.samples > 0 ? video::psnr(error.mean(), peak) : std::nan("");
}

double FrameError::meanAll() const
{
    PlaneError all;
    for (const PlaneError& plane : planes) {
        all.squaredError += plane.squaredError;
        all.samples += plane.samples;
    }
    return all.mean();
}
double FrameError::psnrAll() const
{
    return video::psnr(meanAll(), peak);
}
double FrameError::psnr611() const
{
    return planes[1].samples == 0 ? psnr(0) : (6 * psnr(0) + psnr(1) + psnr(2)) / 8;
}

FrameError frameError(const Frame& reference, const Frame& test,
                      const std::optional<Rectangle>& region, int threads)
{
    assert(reference.sameShape(test));
    const Rectangle whole{0, 0, reference.width(), reference.height()};
    FrameError error;
    error.peak = reference.format().peak();
    for (int plane = 0; plane < reference.format().planes(); ++plane)
        error.planes[static_cast<std::size_t>(plane)] = planeError(
            reference, test, plane, inPlane(region.value_or(whole), reference, plane), threads);
    return error;
}

std::optional<SampleDifference> firstDifference(const Frame& reference, const Frame& test)
{
    assert(reference.sameShape(test));
    for (int plane = 0; plane < reference.format().planes(); ++plane)
        for (int y = 0; y < reference.height(plane); ++y) {
            if (std::memcmp(reference.row(plane, y), test.row(plane, y),
                            reference.rowBytes(plane)) == 0)
                continue;
            for (int x = 0; x < reference.width(plane); ++x)
                if (reference.sample(plane, x, y) != test.sample(plane, x, y))
                    return SampleDifference{plane, x, y, reference.sample(plane, x, y),
                                            test.sample(plane, x, y)};
        }
    return std::nullopt;
}

std::string toText(const SampleDifference& difference)
{
    return fmt::format("{} ({}, {}): {} in the reference, {} in the test", "YUV"[difference.plane],
                       difference.x, difference.y, difference.reference, difference.test);
}

} // namespace vitrine::video
