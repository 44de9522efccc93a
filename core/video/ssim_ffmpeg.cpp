// SSIM as FFmpeg's filter `ssim` computes it (x264's before): integer sums of 4x4 blocks, 8x8
// windows of four blocks.
#include "core/video/ssim.h"

#include "core/base/parallel.h"

#include <cassert>
#include <cmath>

namespace vitrine::video
{
namespace
{

struct BlockSums {
    std::int64_t x = 0, y = 0, squares = 0, product = 0;
    BlockSums& operator+=(const BlockSums& other)
    {
        x += other.x;
        y += other.y;
        squares += other.squares;
        product += other.product;
        return *this;
    }
};

template <typename Sample>
BlockSums sumsOfBlock(const Samples<Sample>& a, const Samples<Sample>& b, int x0, int y0)
{
    BlockSums sums;
    for (int y = y0; y < y0 + 4; ++y)
        for (int x = x0; x < x0 + 4; ++x) {
            const std::int64_t p = a.row(y)[x], q = b.row(y)[x];
            sums += {p, q, p * p + q * q, p * q};
        }
    return sums;
}

// Single precision within a window, as there: the factors are whole numbers that would fit a double
// exactly.
double windowSsim(const BlockSums& s, std::int64_t c1, std::int64_t c2)
{
    const std::int64_t variances = s.squares * 64 - s.x * s.x - s.y * s.y;
    const std::int64_t covariance = s.product * 64 - s.x * s.y;
    const auto real = [](std::int64_t value) { return static_cast<float>(value); };
    return static_cast<double>(real(2 * s.x * s.y + c1) * real(2 * covariance + c2) /
                               (real(s.x * s.x + s.y * s.y + c1) * real(variances + c2)));
}

template <typename Sample>
double blockSsim(const Samples<Sample>& a, const Samples<Sample>& b, int peak, int threads)
{
    const int columns = a.width / 4, rows = a.height / 4;
    if (columns < 2 || rows < 2)
        return std::nan("");
    const auto stride = static_cast<std::size_t>(columns);
    std::vector<BlockSums> blocks(stride * static_cast<std::size_t>(rows));
    parallelFor(
        static_cast<std::size_t>(rows),
        [&](std::size_t row) {
            for (int column = 0; column < columns; ++column)
                blocks[row * stride + static_cast<std::size_t>(column)] =
                    sumsOfBlock(a, b, 4 * column, 4 * static_cast<int>(row));
        },
        threads);

    const double square = static_cast<double>(peak) * peak;
    const auto c1 = static_cast<std::int64_t>(.01 * .01 * square * 64 + .5);
    const auto c2 = static_cast<std::int64_t>(.03 * .03 * square * 64 * 63 + .5);
    double sum = 0;
    for (std::size_t row = 0; row + 1 < static_cast<std::size_t>(rows); ++row)
        for (std::size_t column = 0; column + 1 < stride; ++column) {
            const BlockSums* corner = &blocks[row * stride + column];
            BlockSums window = corner[0];
            window += corner[1];
            window += corner[stride];
            window += corner[stride + 1];
            sum += windowSsim(window, c1, c2);
        }
    return sum / (static_cast<double>(columns - 1) * (rows - 1));
}

template <typename Sample>
Samples<Sample> part(const Frame& frame, int plane, const Rectangle& where)
{
    auto samples = frame.plane<Sample>(plane);
    samples.data += where.y * samples.stride + where.x;
    samples.width = where.width;
    samples.height = where.height;
    return samples;
}

} // namespace

double ssimFfmpeg(const Frame& reference, const Frame& test, int plane,
                  const std::optional<Rectangle>& region, int threads)
{
    assert(reference.sameShape(test));
    const Rectangle where = inPlane(
        region.value_or(Rectangle{0, 0, reference.width(), reference.height()}), reference, plane);
    const int peak = reference.format().peak();
    if (reference.format().bytesPerSample() == 1)
        return blockSsim(part<std::uint8_t>(reference, plane, where),
                         part<std::uint8_t>(test, plane, where), peak, threads);
    return blockSsim(part<std::uint16_t>(reference, plane, where),
                     part<std::uint16_t>(test, plane, where), peak, threads);
}

double ssimFfmpegAll(const Frame& reference, const std::array<double, 3>& planes)
{
    double sum = 0, samples = 0;
    for (int plane = 0; plane < reference.format().planes(); ++plane) {
        const double size = static_cast<double>(reference.width(plane)) * reference.height(plane);
        sum += size * planes[static_cast<std::size_t>(plane)];
        samples += size;
    }
    return sum / samples;
}

} // namespace vitrine::video
