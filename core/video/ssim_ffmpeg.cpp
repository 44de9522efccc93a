// SSIM as FFmpeg's filter `ssim` computes it (x264's before): integer sums of 4x4 blocks, 8x8
// windows of four blocks.
#include "core/video/ssim.h"

#include "core/base/parallel.h"
#include "core/video/row_kernels.h"

#include <cassert>
#include <cmath>
#include <vector>

namespace vitrine::video
{
namespace
{

using kernels::kBeyond;

// C1 and C2 for sums of 64 samples, which stand for means.
struct Constants {
    std::int64_t c1, c2;
    explicit Constants(int peak)
    {
        const double square = static_cast<double>(peak) * peak;
        c1 = static_cast<std::int64_t>(.01 * .01 * square * 64 + .5);
        c2 = static_cast<std::int64_t>(.03 * .03 * square * 64 * 63 + .5);
    }
};

struct WideSums {
    std::int64_t x = 0, y = 0, squares = 0, product = 0;
    WideSums& operator+=(const WideSums& other)
    {
        x += other.x;
        y += other.y;
        squares += other.squares;
        product += other.product;
        return *this;
    }
};

// Single precision within a window, as there: the factors are whole numbers that would fit a double
// exactly.
float windowSsim(const WideSums& s, const Constants& constants)
{
    const std::int64_t variances = s.squares * 64 - s.x * s.x - s.y * s.y;
    const std::int64_t covariance = s.product * 64 - s.x * s.y;
    const auto real = [](std::int64_t value) { return static_cast<float>(value); };
    return real(2 * s.x * s.y + constants.c1) * real(2 * covariance + constants.c2) /
           (real(s.x * s.x + s.y * s.y + constants.c1) * real(variances + constants.c2));
}

// Sums of all blocks of two planes, rows of blocks one after another.
class WideBlocks // 16-bit samples
{
public:
    using Sample = std::uint16_t;
    WideBlocks(int columns, int rows)
        : columns_(static_cast<std::size_t>(columns)),
          blocks_(columns_ * static_cast<std::size_t>(rows))
    {
    }

    void take(std::size_t row, const Samples<Sample>& a, const Samples<Sample>& b)
    {
        for (std::size_t column = 0; column < columns_; ++column) {
            WideSums& sums = blocks_[row * columns_ + column] = {};
            for (int y = 4 * static_cast<int>(row); y < 4 * static_cast<int>(row) + 4; ++y)
                for (std::size_t x = 4 * column; x < 4 * column + 4; ++x) {
                    const std::int64_t p = a.row(y)[x], q = b.row(y)[x];
                    sums += {p, q, p * p + q * q, p * q};
                }
        }
    }

    void windows(std::size_t row, const Constants& constants, float* ssim) const
    {
        for (std::size_t column = 0; column + 1 < columns_; ++column) {
            const WideSums* corner = &blocks_[row * columns_ + column];
            WideSums window = corner[0];
            window += corner[1];
            window += corner[columns_];
            window += corner[columns_ + 1];
            ssim[column] = windowSsim(window, constants);
        }
    }

private:
    std::size_t columns_;
    std::vector<WideSums> blocks_;
};

class ByteBlocks // 8-bit samples
{
public:
    using Sample = std::uint8_t;
    ByteBlocks(int columns, int rows)
        : columns_(static_cast<std::size_t>(columns)),
          plane_(columns_ * static_cast<std::size_t>(rows) + kBeyond),
          sums_(4 * plane_)
    {
    }

    void take(std::size_t row, const Samples<Sample>& a, const Samples<Sample>& b)
    {
        const std::uint8_t *above[4], *below[4];
        for (int i = 0; i < 4; ++i) {
            above[i] = a.row(4 * static_cast<int>(row) + i);
            below[i] = b.row(4 * static_cast<int>(row) + i);
        }
        kernels::blockSums(above, below, columns_, sumsOf(row));
    }

    void windows(std::size_t row, const Constants& constants, float* ssim)
    {
        kernels::ssimOfBlocks(sumsOf(row), sumsOf(row + 1), columns_ - 1,
                              static_cast<std::int32_t>(constants.c1),
                              static_cast<std::int32_t>(constants.c2), ssim);
    }

private:
    kernels::BlockSums sumsOf(std::size_t row)
    {
        std::int32_t* first = sums_.data() + row * columns_;
        return {first, first + plane_, first + 2 * plane_, first + 3 * plane_};
    }

    std::size_t columns_, plane_;
    std::vector<std::int32_t> sums_;
};

template <typename Blocks, typename Sample = typename Blocks::Sample>
double blockSsim(const Samples<Sample>& a, const Samples<Sample>& b, int peak, int threads)
{
    const int columns = a.width / 4, rows = a.height / 4;
    if (columns < 2 || rows < 2)
        return std::nan("");
    Blocks blocks(columns, rows);
    parallelFor(
        static_cast<std::size_t>(rows), [&](std::size_t row) { blocks.take(row, a, b); }, threads);

    const Constants constants(peak);
    const auto windows = static_cast<std::size_t>(columns - 1);
    std::vector<double> each(static_cast<std::size_t>(rows - 1));
    parallelFor(
        each.size(),
        [&](std::size_t row) {
            std::vector<float> ssim(windows + kBeyond);
            blocks.windows(row, constants, ssim.data());
            each[row] = kernels::sumOf(ssim.data(), windows);
        },
        threads);
    double sum = 0;
    for (const double row : each)
        sum += row;
    return sum / (static_cast<double>(windows) * (rows - 1));
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
        return blockSsim<ByteBlocks>(part<std::uint8_t>(reference, plane, where),
                                     part<std::uint8_t>(test, plane, where), peak, threads);
    return blockSsim<WideBlocks>(part<std::uint16_t>(reference, plane, where),
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
