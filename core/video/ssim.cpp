#include "core/video/ssim.h"

#include "core/base/parallel.h"
#include "core/video/row_kernels.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>

namespace vitrine::video
{
namespace
{

using kernels::kBeyond;
using kernels::kTogether;
using kernels::kWindow;

constexpr int kBandRows = 64;
// Samples are scaled to 0..255 and taken less half of it: squares stay small, so that the
// difference of two means of squares keeps its digits in 32 bits.
constexpr float kScale = 255.0f, kOffset = 127.5f;

// A plane in single precision, from -127.5 to 127.5.
struct FloatPlane {
    int width = 0, height = 0;
    std::vector<float> values;

    FloatPlane(int columns, int rows)
        : width(columns),
          height(rows),
          values(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows))
    {
    }
    float* row(int y)
    {
        return values.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
    }
    const float* row(int y) const
    {
        return values.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
    }
};

// Rows of a plane of a frame, or of a FloatPlane, as floats.
class Rows
{
public:
    Rows(const Frame& frame, int plane, const Rectangle& part)
        : width(part.width),
          height(part.height),
          frame_(&frame),
          plane_(plane),
          x_(part.x),
          y_(part.y)
    {
    }
    explicit Rows(const FloatPlane& plane)
        : width(plane.width), height(plane.height), floats_(&plane)
    {
    }

    void copy(int y, float* out) const
    {
        const auto count = static_cast<std::size_t>(width);
        if (floats_) {
            std::copy_n(floats_->row(y), count, out);
            return;
        }
        const float scale = kScale / static_cast<float>(frame_->format().peak());
        if (frame_->format().bytesPerSample() == 1)
            kernels::toFloat(frame_->plane<std::uint8_t>(plane_).row(y_ + y) + x_, count, scale,
                             kOffset, out);
        else
            kernels::toFloat(frame_->plane<std::uint16_t>(plane_).row(y_ + y) + x_, count, scale,
                             kOffset, out);
    }

    int width, height;

private:
    const Frame* frame_ = nullptr;
    const FloatPlane* floats_ = nullptr;
    int plane_ = 0, x_ = 0, y_ = 0;
};

struct Sums {
    double ssim = 0, contrastStructure = 0;
};
enum class Wanted { ssim, both };

// What kTogether rows of windows need of x, y, x^2 + y^2 and (x - y)^2: the last fourteen rows.
class Ring
{
public:
    Ring(const Rows& x, const Rows& y)
        : x_(x),
          y_(y),
          stride_(static_cast<std::size_t>(x.width) + kBeyond),
          rows_(4 * kRows * stride_)
    {
    }

    void take(int y)
    {
        float* x = slot(0, y);
        float* other = slot(1, y);
        x_.copy(y, x);
        y_.copy(y, other);
        kernels::squaresAndError(x, other, static_cast<std::size_t>(x_.width), slot(2, y),
                                 slot(3, y));
    }

    // The windows that begin in `count` columns from `column` on, in the rows first .. first + 3
    // (those that are there).
    void sums(int first, std::size_t column, std::size_t count)
    {
        for (int quantity = 0; quantity < 4; ++quantity) {
            const float* window[kRows];
            for (int k = 0; k < kRows; ++k)
                window[k] = slot(quantity, first + k) + column;
            float* out[kTogether];
            for (int row = 0; row < kTogether; ++row)
                out[row] = sum(quantity, row);
            kernels::weightedRows(window, count + kWindow - 1, out);
        }
    }
    kernels::SsimRow row(int row)
    {
        constexpr float c1 = (0.01f * kScale) * (0.01f * kScale);
        constexpr float c2 = (0.03f * kScale) * (0.03f * kScale);
        return {sum(0, row), sum(1, row), sum(2, row), sum(3, row), kOffset, c1, c2};
    }

    // As many columns as leave the sums in the first cache.
    static constexpr std::size_t kStrip = 320;

private:
    static constexpr int kRows = kWindow + kTogether - 1;
    static constexpr std::size_t kSumStride = kStrip + kWindow - 1 + kBeyond;

    float* slot(int quantity, int y)
    {
        return rows_.data() + static_cast<std::size_t>(quantity * kRows + y % kRows) * stride_;
    }
    float* sum(int quantity, int row)
    {
        return sums_.data() + static_cast<std::size_t>(quantity * kTogether + row) * kSumStride;
    }

    const Rows &x_, &y_;
    std::size_t stride_;
    std::vector<float> rows_;
    std::vector<float> sums_ = std::vector<float>(4 * kTogether * kSumStride);
};

using RowVisitor = std::function<void(int row, const float* ssim, const float* contrastStructure)>;

// All windows, band by band on several threads.
void forWindows(const Rows& x, const Rows& y, const RowVisitor& visit, int threads)
{
    const int rows = x.height - kWindow + 1;
    const auto columns = static_cast<std::size_t>(x.width - kWindow + 1);
    const auto stride = columns + kBeyond;
    const auto bands = static_cast<std::size_t>((rows + kBandRows - 1) / kBandRows);
    parallelFor(
        bands,
        [&](std::size_t band) {
            Ring ring(x, y);
            std::vector<float> ssim(kTogether * stride), cs(ssim.size());
            const int begin = static_cast<int>(band) * kBandRows;
            const int end = std::min(begin + kBandRows, rows);
            int taken = begin;
            for (int first = begin; first < end; first += kTogether) {
                const int together = std::min(kTogether, end - first);
                for (; taken < first + together + kWindow - 1; ++taken)
                    ring.take(taken);
                for (std::size_t column = 0; column < columns; column += Ring::kStrip) {
                    const std::size_t count = std::min(Ring::kStrip, columns - column);
                    ring.sums(first, column, count);
                    for (int row = 0; row < together; ++row) {
                        const std::size_t at = static_cast<std::size_t>(row) * stride + column;
                        kernels::ssimOfRow(ring.row(row), count, ssim.data() + at, cs.data() + at);
                    }
                }
                for (int row = 0; row < together; ++row) {
                    const std::size_t at = static_cast<std::size_t>(row) * stride;
                    visit(first + row, ssim.data() + at, cs.data() + at);
                }
            }
        },
        threads);
}

// contrastStructure stays 0 where it is not wanted.
Sums meansOf(const Rows& x, const Rows& y, Wanted wanted, int threads)
{
    if (x.width < kWindow || x.height < kWindow)
        return {std::nan(""), std::nan("")};
    const int rows = x.height - kWindow + 1;
    const auto columns = static_cast<std::size_t>(x.width - kWindow + 1);
    std::vector<Sums> each(static_cast<std::size_t>(rows));
    forWindows(
        x, y,
        [&](int row, const float* ssim, const float* cs) {
            each[static_cast<std::size_t>(row)] = {
                kernels::sumOf(ssim, columns),
                wanted == Wanted::both ? kernels::sumOf(cs, columns) : 0};
        },
        threads);
    Sums all;
    for (const Sums& row : each) {
        all.ssim += row.ssim;
        all.contrastStructure += row.contrastStructure;
    }
    const double count = static_cast<double>(columns) * rows;
    return {all.ssim / count, all.contrastStructure / count};
}

FloatPlane halved(const Rows& rows, int threads)
{
    FloatPlane half(rows.width / 2, rows.height / 2);
    parallelFor(
        static_cast<std::size_t>(half.height),
        [&](std::size_t y) {
            std::vector<float> upper(static_cast<std::size_t>(rows.width));
            std::vector<float> lower(upper.size());
            rows.copy(static_cast<int>(2 * y), upper.data());
            rows.copy(static_cast<int>(2 * y) + 1, lower.data());
            float* out = half.row(static_cast<int>(y));
            for (std::size_t x = 0; x < static_cast<std::size_t>(half.width); ++x)
                out[x] =
                    0.25f * ((upper[2 * x] + upper[2 * x + 1]) + (lower[2 * x] + lower[2 * x + 1]));
        },
        threads);
    return half;
}

Rectangle partOf(const Frame& frame, int plane, const std::optional<Rectangle>& region)
{
    return inPlane(region.value_or(Rectangle{0, 0, frame.width(), frame.height()}), frame, plane);
}

} // namespace

double ssim(const Frame& reference, const Frame& test, int plane,
            const std::optional<Rectangle>& region, int threads)
{
    assert(reference.sameShape(test));
    const Rectangle part = partOf(reference, plane, region);
    return meansOf(Rows(reference, plane, part), Rows(test, plane, part), Wanted::ssim, threads)
        .ssim;
}

MultiScale multiScaleSsim(const Frame& reference, const Frame& test, int plane,
                          const std::optional<Rectangle>& region, int threads)
{
    assert(reference.sameShape(test));
    const Rectangle part = partOf(reference, plane, region);
    const Rows x(reference, plane, part), y(test, plane, part);
    const Sums first = meansOf(x, y, Wanted::both, threads);
    MultiScale result{first.ssim, std::nan("")};
    if (std::min(part.width, part.height) < kMsSsimSide)
        return result;

    double value = std::pow(std::max(first.contrastStructure, 0.0), kMsSsimWeights[0]);
    FloatPlane halfX = halved(x, threads), halfY = halved(y, threads);
    for (std::size_t scale = 1; scale < kMsSsimWeights.size(); ++scale) {
        const Sums means = meansOf(Rows(halfX), Rows(halfY), Wanted::both, threads);
        const bool last = scale + 1 == kMsSsimWeights.size();
        value *= std::pow(std::max(last ? means.ssim : means.contrastStructure, 0.0),
                          kMsSsimWeights[scale]);
        if (!last) {
            halfX = halved(Rows(halfX), threads);
            halfY = halved(Rows(halfY), threads);
        }
    }
    result.msSsim = value;
    return result;
}

std::vector<float> ssimMap(const Frame& reference, const Frame& test, int plane, int threads)
{
    assert(reference.sameShape(test));
    const Rectangle part = partOf(reference, plane, {});
    if (part.width < kWindow || part.height < kWindow)
        return {};
    const auto columns = static_cast<std::size_t>(part.width - kWindow + 1);
    std::vector<float> map(columns * static_cast<std::size_t>(part.height - kWindow + 1));
    forWindows(
        Rows(reference, plane, part), Rows(test, plane, part),
        [&](int row, const float* ssim, const float*) {
            std::copy_n(ssim, columns, map.data() + static_cast<std::size_t>(row) * columns);
        },
        threads);
    return map;
}

} // namespace vitrine::video
