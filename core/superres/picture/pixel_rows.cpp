#include "core/superres/picture/pixel_rows.h"

#include <algorithm>
#include <cmath>

namespace vitrine::superres
{
namespace
{

// Added and subtracted, it leaves of a small number the multiple of 2^-30 or of 1 that is nearest,
// ties to the even one.
constexpr double kToFraction = 0x1.8p22, kToWhole = 0x1.8p52;

double wholeOf(double value)
{
    const double fraction = (std::clamp(value, 0.0, 255.0) + kToFraction) - kToFraction;
    return (fraction + kToWhole) - kToWhole;
}

constexpr double kMargin = 1e-4;

double besideMiddle(double value)
{
    const double middle = std::floor(value) + 0.5;
    if (std::abs(value - middle) >= kMargin)
        return value;
    return wholeOf(value) > middle ? middle + kMargin : middle - kMargin;
}

double ofFloat(float value)
{
    const float scaled = value * 255.0f;
    if (scaled > -0.5f && scaled < 255.5f) {
        const auto byte = static_cast<float>(static_cast<int>(scaled + 0.5f));
        if (byte / 255.0f == value)
            return static_cast<double>(byte);
    }
    return static_cast<double>(value) * 255.0;
}

} // namespace

RowSource rowsOf(const Picture& picture)
{
    return {picture.width, picture.height, picture.channels,
            [&picture](std::int64_t y, double* row) {
                const auto count = picture.width * picture.channels;
                std::copy_n(picture.values.data() + y * count, count, row);
            }};
}

RowSource rowsOf(const Image& image)
{
    return {image.width, image.height, 3, [&image](std::int64_t y, double* row) {
                std::transform(image.row(y), image.row(y) + image.width * 3, row, ofFloat);
            }};
}

RowSource rowsOf(const std::vector<double>& values, std::int64_t width, std::int64_t height,
                 std::int64_t channels)
{
    const std::int64_t count = width * channels;
    return {width, height, channels, [&values, count](std::int64_t y, double* row) {
                std::copy_n(values.data() + y * count, count, row);
            }};
}

RowSink into(Picture& picture)
{
    return [&picture](std::int64_t y, const double* row) {
        const auto count = picture.width * picture.channels;
        std::transform(row, row + count, picture.values.data() + y * count,
                       [](double value) { return static_cast<std::uint8_t>(wholeOf(value)); });
    };
}

RowSink into(Image& image)
{
    return [&image](std::int64_t y, const double* row) {
        std::transform(row, row + image.width * 3, image.row(y), [](double value) {
            const bool isByte = value > 0.0 && value < 255.0;
            return static_cast<float>((isByte ? besideMiddle(value) : value) / 255.0);
        });
    };
}

std::int64_t reflected(std::int64_t at, std::int64_t size)
{
    const std::int64_t inPeriod = ((at % (2 * size)) + 2 * size) % (2 * size);
    return std::min(inPeriod, 2 * size - 1 - inPeriod);
}

} // namespace vitrine::superres
