#pragma once

#include "core/base/random.h"
#include "core/video/frame.h"

#include <algorithm>
#include <cmath>

namespace vitrine::tests
{

// Seeded noise in every plane.
inline video::Frame noiseFrame(int width, int height, video::SampleFormat format,
                               std::uint64_t seed)
{
    Random random(seed);
    video::Frame frame(width, height, format);
    for (int plane = 0; plane < format.planes(); ++plane)
        for (int y = 0; y < frame.height(plane); ++y)
            for (int x = 0; x < frame.width(plane); ++x)
                frame.setSample(
                    plane, x, y,
                    static_cast<int>(random.below(static_cast<std::uint64_t>(format.peak()) + 1)));
    return frame;
}

// A smooth texture that moves by (2, 1) samples a frame, and a bright disc that circles:
// compressible, every frame another.
inline video::Frame movingFrame(int width, int height, video::SampleFormat format, int index)
{
    video::Frame frame(width, height, format);
    const double peak = format.peak();
    for (int plane = 0; plane < format.planes(); ++plane) {
        const double sx = plane == 0 ? 1 : 1 << format.shiftX();
        const double sy = plane == 0 ? 1 : 1 << format.shiftY();
        for (int y = 0; y < frame.height(plane); ++y)
            for (int x = 0; x < frame.width(plane); ++x) {
                const double u = x * sx + 2 * index, v = y * sy + index;
                double value = 0.45 + 0.15 * std::sin(u * 0.19 + plane) * std::cos(v * 0.13) +
                               0.12 * std::sin((u + v) * 0.57) + 0.06 * std::sin(u * 1.3 - v * 0.9);
                const double dx = x * sx - width * (0.5 + 0.3 * std::cos(index * 0.4));
                const double dy = y * sy - height * (0.5 + 0.3 * std::sin(index * 0.4));
                if (dx * dx + dy * dy < width * height / 60.0)
                    value = plane == 0 ? 0.85 : 0.3;
                frame.setSample(plane, x, y,
                                static_cast<int>(std::lround(std::clamp(value, 0.0, 1.0) * peak)));
            }
    }
    return frame;
}

// The frame with seeded noise of the given amplitude, in code values, clipped.
inline video::Frame withNoise(video::Frame frame, double amplitude, std::uint64_t seed)
{
    Random random(seed);
    for (int plane = 0; plane < frame.format().planes(); ++plane)
        for (int y = 0; y < frame.height(plane); ++y)
            for (int x = 0; x < frame.width(plane); ++x) {
                const double value = frame.sample(plane, x, y) + amplitude * random.normal();
                frame.setSample(plane, x, y,
                                static_cast<int>(std::lround(std::clamp(
                                    value, 0.0, static_cast<double>(frame.format().peak())))));
            }
    return frame;
}

} // namespace vitrine::tests
