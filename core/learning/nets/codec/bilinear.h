#pragma once

#include <algorithm>
#include <cstdint>

namespace vitrine::learning::codec
{

// A point of a plane of height x width, held within it, with its four neighbours.
template <typename T>
struct SamplePoint {
    int64_t a, b, c, d; // left upper, right upper, left lower, right lower; as index y * width + x
    T right, down;      // part of the way to the right and lower neighbours, 0..1
    bool freeX, freeY;  // not held: moving the point changes the value

    SamplePoint(T x, T y, int64_t height, int64_t width)
    {
        const T mostX = static_cast<T>(width - 1), mostY = static_cast<T>(height - 1);
        freeX = x >= 0 && x <= mostX;
        freeY = y >= 0 && y <= mostY;
        x = x > 0 ? std::min(x, mostX) : T(0); // so that no number becomes 0, too
        y = y > 0 ? std::min(y, mostY) : T(0);
        const auto column = static_cast<int64_t>(x), row = static_cast<int64_t>(y);
        right = x - static_cast<T>(column);
        down = y - static_cast<T>(row);
        const int64_t stepX = column + 1 < width ? 1 : 0, stepY = row + 1 < height ? width : 0;
        a = row * width + column;
        b = a + stepX;
        c = a + stepY;
        d = c + stepX;
    }
};

template <typename T>
T between(T a, T b, T part)
{
    return a + part * (b - a);
}

} // namespace vitrine::learning::codec
