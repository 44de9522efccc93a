#include "core/learning/nets/codec/chroma.h"

#include <algorithm>
#include <cmath>

namespace vitrine::learning::codec
{
namespace
{

uint8_t heldInByte(double value)
{
    return static_cast<uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
}

struct Chroma {
    double cb, cr; // around 0
};

Chroma chromaOf(const uint8_t* rgb)
{
    return {-0.168736 * rgb[0] - 0.331264 * rgb[1] + 0.5 * rgb[2],
            0.5 * rgb[0] - 0.418688 * rgb[1] - 0.081312 * rgb[2]};
}

// Which two samples of a chroma row or column pixel `at` lies between; the first is nearer.
struct NearSamples {
    int near, far;
};

NearSamples nearSamples(int at, int samples)
{
    const int near = at / 2;
    return {near, std::clamp(at % 2 ? near + 1 : near - 1, 0, samples - 1)};
}

double enlarged(const std::vector<uint8_t>& plane, int width, NearSamples x, NearSamples y)
{
    const auto sample = [&](int column, int row) {
        return static_cast<double>(plane[static_cast<size_t>(row) * static_cast<size_t>(width) +
                                         static_cast<size_t>(column)]);
    };
    const auto along = [&](int row) {
        return 0.75 * sample(x.near, row) + 0.25 * sample(x.far, row);
    };
    return 0.75 * along(y.near) + 0.25 * along(y.far) - 128.0;
}

} // namespace

Planes420 planesOfRgb(const std::vector<uint8_t>& rgb, int width, int height)
{
    Planes420 planes{width, height, {}, {}, {}};
    const auto pixel = [&](int x, int y) {
        return rgb.data() +
               3 * (static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x));
    };
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const uint8_t* p = pixel(x, y);
            planes.luma.push_back(heldInByte(0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2]));
        }
    for (int y = 0; y < height; y += 2)
        for (int x = 0; x < width; x += 2) {
            Chroma sum{0.0, 0.0};
            for (const int dy : {0, 1})
                for (const int dx : {0, 1}) {
                    const Chroma one =
                        chromaOf(pixel(std::min(x + dx, width - 1), std::min(y + dy, height - 1)));
                    sum.cb += one.cb / 4.0;
                    sum.cr += one.cr / 4.0;
                }
            planes.cb.push_back(heldInByte(sum.cb + 128.0));
            planes.cr.push_back(heldInByte(sum.cr + 128.0));
        }
    return planes;
}

std::vector<uint8_t> rgbOfPlanes(const Planes420& planes)
{
    std::vector<uint8_t> rgb;
    for (int y = 0; y < planes.height; ++y)
        for (int x = 0; x < planes.width; ++x) {
            const NearSamples columns = nearSamples(x, planes.chromaWidth());
            const NearSamples rows = nearSamples(y, planes.chromaHeight());
            const double luma = planes.luma[rgb.size() / 3];
            const double cb = enlarged(planes.cb, planes.chromaWidth(), columns, rows);
            const double cr = enlarged(planes.cr, planes.chromaWidth(), columns, rows);
            rgb.push_back(heldInByte(luma + 1.402 * cr));
            rgb.push_back(heldInByte(luma - 0.344136 * cb - 0.714136 * cr));
            rgb.push_back(heldInByte(luma + 1.772 * cb));
        }
    return rgb;
}

} // namespace vitrine::learning::codec
