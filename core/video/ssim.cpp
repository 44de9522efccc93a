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
using kernels::kWindow;

constexpr int kBandRows = 32;
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

// The last eleven rows of x, y, x^2 + y^2 and (x - y)^2.
class Ring
{
public:
    Ring(const Rows& x, const Rows& y)
        : x_(x),
          y_(y),
          stride_(static_cast<std::size_t>(x.width) + kBeyond),
          rows_(4 * kWindow * stride_),
          sums_(4 * stride_)
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

    // The window rows first .. first + 10, all taken.
    kernels::SsimRow sums(int first)
    {
        for (int quantity = 0; quantity < 4; ++quantity) {
            const float* window[kWindow];
            for (int k = 0; k < kWindow; ++k)
                window[k] = slot(quantity, first + k);
            kernels::weightedRows(window, static_cast<std::size_t>(x_.width), sum(quantity));
        }
        constexpr float c1 = (0.01f * kScale) * (0.01f * kScale);
        constexpr float c2 = (0.03f * kScale) * (0.03f * kScale);
        return {sum(0), sum(1), sum(2), sum(3), kOffset, c1, c2};
    }

private:
    float* slot(int quantity, int y)
    {
        return rows_.data() + static_cast<std::size_t>(quantity * kWindow + y % kWindow) * stride_;
    }
    float* sum(int quantity) { return sums_.data() + static_cast<std::size_t>(quantity) * stride_; }

    const Rows &x_, &y_;
    std::size_t stride_;
    std::vector<float> rows_, sums_;
};

using RowVisitor = std::function<void(int row, const float* ssim, const float* contrastStructure)>;

// All windows, band by band on several threads.
void forWindows(const Rows& x, const Rows& y, const RowVisitor& visit, int threads)
{
    const int rows = x.height - kWindow + 1;
    const auto columns = static_cast<std::size_t>(x.width - kWindow + 1);
    const auto bands = static_cast<std::size_t>((rows + kBandRows - 1) / kBandRows);
    parallelFor(
        bands,
        [&](std::size_t band) {
            Ring ring(x, y);
            std::vector<float> ssim(columns + kBeyond), cs(columns + kBeyond);
            const int first = static_cast<int>(band) * kBandRows;
            for (int row = first; row < first + kWindow - 1; ++row)
                ring.take(row);
            for (int row = first; row < std::min(first + kBandRows, rows); ++row) {
                ring.take(row + kWindow - 1);
                kernels::ssimOfRow(ring.sums(row), columns, ssim.data(), cs.data());
                visit(row, ssim.data(), cs.data());
            }
        },
        threads);
}

Sums meansOf(const Rows& x, const Rows& y, int threads)
{
    if (x.width < kWindow || x.height < kWindow)
        return {std::nan(""), std::nan("")};
    const int rows = x.height - kWindow + 1;
    const auto columns = static_cast<std::size_t>(x.width - kWindow + 1);
    std::vector<Sums> each(static_cast<std::size_t>(rows));
    forWindows(
        x, y,
        [&](int row, const float* ssim, const float* cs) {
            each[static_cast<std::size_t>(row)] = {kernels::sumOf(ssim, columns),
                                                   kernels::sumOf(cs, columns)};
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
    return meansOf(Rows(reference, plane, part), Rows(test, plane, part), threads).ssim;
}

MultiScale multiScaleSsim(const Frame& reference, const Frame& test, int plane,
                          const std::optional<Rectangle>& region, int threads)
{
    assert(reference.sameShape(test));
    const Rectangle part = partOf(reference, plane, region);
    const Rows x(reference, plane, part), y(test, plane, part);
    const Sums first = meansOf(x, y, threads);
    MultiScale result{first.ssim, std::nan("")};
    if (std::min(part.width, part.height) < kMsSsimSide)
        return result;

    double value = std::pow(std::max(first.contrastStructure, 0.0), kMsSsimWeights[0]);
    FloatPlane halfX = halved(x, threads), halfY = halved(y, threads);
    for (std::size_t scale = 1; scale < kMsSsimWeights.size(); ++scale) {
        const Sums means = meansOf(Rows(halfX), Rows(halfY), threads);
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
