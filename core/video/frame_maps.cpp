#include "core/video/picture.h"
#include "core/video/psnr.h"
#include "core/video/row_kernels.h"
#include "core/video/ssim.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine::video
{
namespace
{

BlockMap emptyMap(const Frame& frame, int size)
{
    assert(size > 0);
    BlockMap map{(frame.width() + size - 1) / size, (frame.height() + size - 1) / size, size, {}};
    map.values.resize(static_cast<std::size_t>(map.columns) * static_cast<std::size_t>(map.rows));
    return map;
}

std::uint64_t squares(const std::uint8_t* a, const std::uint8_t* b, std::size_t count, int)
{
    return kernels::squaredError(a, b, count);
}
std::uint64_t squares(const std::uint16_t* a, const std::uint16_t* b, std::size_t count, int peak)
{
    return kernels::squaredError(a, b, count, peak);
}

template <typename Sample>
double meanError(const Samples<Sample>& a, const Samples<Sample>& b, int x, int y, int size,
                 int peak)
{
    const int width = std::min(size, a.width - x), height = std::min(size, a.height - y);
    std::uint64_t sum = 0;
    for (int row = y; row < y + height; ++row)
        sum += squares(a.row(row) + x, b.row(row) + x, static_cast<std::size_t>(width), peak);
    return static_cast<double>(sum) / (static_cast<double>(width) * height);
}

// A foreign decoder may give samples above the peak: they count as the peak.
template <typename Sample>
void countSamples(const Samples<Sample>& plane, std::vector<std::uint32_t>& counts)
{
    for (int y = 0; y < plane.height; ++y)
        for (int x = 0; x < plane.width; ++x)
            ++counts[std::min<std::size_t>(plane.row(y)[x], counts.size() - 1)];
}

template <typename Sample>
void countLevels(const Samples<Sample>& plane, const std::vector<std::uint32_t>& columnOf,
                 const std::vector<std::uint32_t>& levelStart, std::vector<std::uint32_t>& counts)
{
    for (int y = 0; y < plane.height; ++y)
        for (std::size_t x = 0; x < columnOf.size(); ++x)
            ++counts[levelStart[std::min<std::size_t>(plane.row(y)[x], levelStart.size() - 1)] +
                     columnOf[x]];
}

} // namespace

BlockMap blockPsnr(const Frame& reference, const Frame& test, int size)
{
    assert(reference.sameShape(test));
    BlockMap map = emptyMap(reference, size);
    const auto measure = [&]<typename Sample>(Sample) {
        const auto a = reference.plane<Sample>(0), b = test.plane<Sample>(0);
        for (int row = 0; row < map.rows; ++row)
            for (int column = 0; column < map.columns; ++column)
                map.values[static_cast<std::size_t>(row * map.columns + column)] =
                    static_cast<float>(psnr(
                        meanError(a, b, column * size, row * size, size, reference.format().peak()),
                        reference.format().peak()));
    };
    if (reference.format().bytesPerSample() == 1)
        measure(std::uint8_t{});
    else
        measure(std::uint16_t{});
    return map;
}

BlockMap blockSsim(const Frame& reference, const Frame& test, int size)
{
    BlockMap map = emptyMap(reference, size);
    const std::vector<float> windows = ssimMap(reference, test, 0, 1);
    constexpr int kMiddle = 5; // of a window of 11
    const int columns = reference.width() - 2 * kMiddle, rows = reference.height() - 2 * kMiddle;
    std::vector<double> sums(map.values.size());
    std::vector<int> counts(map.values.size());
    if (!windows.empty())
        for (int y = 0; y < rows; ++y)
            for (int x = 0; x < columns; ++x) {
                const auto block = static_cast<std::size_t>((y + kMiddle) / size * map.columns +
                                                            (x + kMiddle) / size);
                sums[block] += static_cast<double>(
                    windows[static_cast<std::size_t>(y) * static_cast<std::size_t>(columns) +
                            static_cast<std::size_t>(x)]);
                ++counts[block];
            }
    for (std::size_t block = 0; block < sums.size(); ++block)
        map.values[block] =
            counts[block] > 0 ? static_cast<float>(sums[block] / counts[block]) : std::nanf("");
    return map;
}

Histogram histogram(const Frame& frame)
{
    Histogram result;
    for (int plane = 0; plane < frame.format().planes(); ++plane) {
        auto& counts = result.counts[static_cast<std::size_t>(plane)];
        counts.resize(static_cast<std::size_t>(frame.format().peak()) + 1);
        if (frame.format().bytesPerSample() == 1)
            countSamples(frame.plane<std::uint8_t>(plane), counts);
        else
            countSamples(frame.plane<std::uint16_t>(plane), counts);
    }
    return result;
}

Waveform waveform(const Frame& frame, int plane, int columns, int levels)
{
    assert(columns > 0 && levels > 0 && plane < frame.format().planes());
    Waveform result{columns, levels, {}};
    result.counts.resize(static_cast<std::size_t>(columns) * static_cast<std::size_t>(levels));
    std::vector<std::uint32_t> columnOf(static_cast<std::size_t>(frame.width(plane)));
    for (std::size_t x = 0; x < columnOf.size(); ++x)
        columnOf[x] =
            static_cast<std::uint32_t>(x * static_cast<std::size_t>(columns) / columnOf.size());
    const auto values = static_cast<std::size_t>(frame.format().peak()) + 1;
    std::vector<std::uint32_t> levelStart(values);
    for (std::size_t value = 0; value < values; ++value)
        levelStart[value] = static_cast<std::uint32_t>(value * static_cast<std::size_t>(levels) /
                                                       values * static_cast<std::size_t>(columns));
    if (frame.format().bytesPerSample() == 1)
        countLevels(frame.plane<std::uint8_t>(plane), columnOf, levelStart, result.counts);
    else
        countLevels(frame.plane<std::uint16_t>(plane), columnOf, levelStart, result.counts);
    return result;
}

} // namespace vitrine::video
