#pragma once

#include "core/base/random.h"
#include "core/codec/encode.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>

namespace vitrine::bench
{

// A camera that swings over a waving texture with the spectrum of photographs (1/f), four discs
// that cross it, and strong film grain: expensive, as films with much motion are. 8-bit 4:2:0.
class BusyClip : public video::FrameSource
{
public:
    BusyClip(int width, int height, double framesPerSecond, int frames) : noise_(kNoise)
    {
        info_.width = width;
        info_.height = height;
        info_.framesPerSecond = framesPerSecond;
        info_.frames = frames;
        texture_.assign(std::size_t{kSide} * kSide, 0);
        std::vector<float> sum(texture_.size());
        for (int octave = 0; octave < 8; ++octave)
            addNoise(sum, 512 >> octave, 0.4f * std::pow(0.72f, static_cast<float>(octave)),
                     octave);
        for (std::size_t i = 0; i < sum.size(); ++i)
            texture_[i] = code(128 + 60 * static_cast<double>(sum[i]));
        Random random(77);
        for (auto& value : noise_)
            value = static_cast<std::int8_t>(std::lround(5 * random.normal()));
    }

    const video::SourceInfo& info() const override { return info_; }
    Result<video::Frame> read(std::int64_t index) override
    {
        video::Frame frame(info_.width, info_.height, {});
        const double t = static_cast<double>(index) / info_.framesPerSecond;
        for (int plane = 0; plane < 3; ++plane)
            paint(frame, plane, t, index);
        return frame;
    }

private:
    static constexpr int kSide = 2048; // of the texture, which repeats
    static constexpr std::size_t kNoise = 1 << 20;

    static std::uint8_t code(double value)
    {
        return static_cast<std::uint8_t>(std::lround(std::clamp(value, 16.0, 235.0)));
    }
    void addNoise(std::vector<float>& sum, int cell, float amplitude, int seed)
    {
        const int cells = kSide / cell;
        Random random(static_cast<std::uint64_t>(seed) + 5);
        std::vector<float> corners(static_cast<std::size_t>(cells) *
                                   static_cast<std::size_t>(cells));
        for (float& corner : corners)
            corner = static_cast<float>(random.normal());
        const auto at = [&](int x, int y) {
            return corners[static_cast<std::size_t>(y % cells * cells + x % cells)];
        };
        for (int y = 0; y < kSide; ++y)
            for (int x = 0; x < kSide; ++x) {
                const float fx = static_cast<float>(x % cell) / static_cast<float>(cell);
                const float fy = static_cast<float>(y % cell) / static_cast<float>(cell);
                const int c = x / cell, r = y / cell;
                sum[static_cast<std::size_t>(y) * kSide + static_cast<std::size_t>(x)] +=
                    amplitude * ((1 - fy) * ((1 - fx) * at(c, r) + fx * at(c + 1, r)) +
                                 fy * ((1 - fx) * at(c, r + 1) + fx * at(c + 1, r + 1)));
            }
    }
    void paint(video::Frame& frame, int plane, double t, std::int64_t index) const
    {
        const int scale = plane == 0 ? 1 : 2;
        const int panX = static_cast<int>((420 * t + 300 * std::sin(1.3 * t)) / scale);
        const int panY = static_cast<int>(200 * std::sin(0.9 * t) / scale) + kSide * 4;
        for (int y = 0; y < frame.height(plane); ++y) {
            std::byte* row = frame.row(plane, y);
            const int wave = static_cast<int>(30 * std::sin(0.02 * y * scale + 5 * t)) / scale;
            for (int x = 0; x < frame.width(plane); ++x)
                row[x] = std::byte{texel(x + panX + wave + 700 * plane, y + panY, plane)};
            for (int disc = 0; disc < 4; ++disc)
                paintDisc(row, y * scale, scale, frame.width(plane), plane, disc, t);
            if (plane == 0)
                addGrain(row, frame.width(), index * 7919 + y * 104729);
        }
    }
    std::uint8_t texel(int x, int y, int plane) const
    {
        const std::uint8_t value = texture_[static_cast<std::size_t>(y & (kSide - 1)) * kSide +
                                            static_cast<std::size_t>(x & (kSide - 1))];
        return plane == 0 ? value : static_cast<std::uint8_t>(96 + value / 4);
    }
    void paintDisc(std::byte* row, int y, int scale, int width, int plane, int disc, double t) const
    {
        const double radius = 90 + 30 * disc;
        const double middleX = info_.width * (0.5 + 0.45 * std::sin(t * (1.1 + 0.4 * disc) + disc));
        const double middleY =
            info_.height * (0.5 + 0.4 * std::cos(t * (1.5 + 0.3 * disc) + 2 * disc));
        const double dy = y - middleY;
        if (std::abs(dy) >= radius)
            return;
        const double half = std::sqrt(radius * radius - dy * dy);
        const int from = std::max(0, static_cast<int>((middleX - half) / scale));
        const int to = std::min(width, static_cast<int>((middleX + half) / scale));
        for (int x = from; x < to; ++x)
            row[x] = std::byte{static_cast<std::uint8_t>(
                255 - texel(x * scale - static_cast<int>(middleX) + 500 * disc + kSide,
                            y - static_cast<int>(middleY) + kSide, plane))};
    }
    void addGrain(std::byte* row, int width, std::int64_t seed) const
    {
        const auto start = static_cast<std::size_t>(seed);
        for (int x = 0; x < width; ++x)
            row[x] = std::byte{static_cast<std::uint8_t>(
                std::clamp(static_cast<int>(row[x]) +
                               noise_[(start + static_cast<std::size_t>(x)) & (kNoise - 1)],
                           0, 255))};
    }

    video::SourceInfo info_;
    std::vector<std::uint8_t> texture_;
    std::vector<std::int8_t> noise_;
};

// The clip, encoded as `item` says, in the folder; made where it is not there yet.
inline std::filesystem::path clipFile(const std::filesystem::path& folder, const std::string& name,
                                      const std::string& item, int frames)
{
    const auto file = folder / fmt::format("{}_{}.mkv", name, frames);
    if (std::filesystem::exists(file))
        return file;
    BusyClip clip(1920, 1080, 60, frames);
    const auto encoded =
        codec::encode(clip, 0, frames, codec::parseEncodeList(item).value().front(), file);
    if (!encoded) {
        fmt::print(stderr, "{}\n", encoded.error().message);
        std::exit(1);
    }
    return file;
}

} // namespace vitrine::bench
