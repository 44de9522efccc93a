#include "core/video/raw_content.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace vitrine::video
{
namespace
{

constexpr int kRowsSeen = 24; // of a plane, each with the one below it

// Mean differences over mean deviations.
struct Measured {
    double differences = 0, sum = 0;
    std::vector<float> samples;
    std::int64_t count = 0;

    void add(const std::vector<int>& one, const std::vector<int>& other)
    {
        for (std::size_t i = 0; i < one.size(); ++i)
            differences += std::abs(one[i] - other[i]);
        count += static_cast<std::int64_t>(one.size());
    }
    void addNeighbours(const std::vector<int>& row)
    {
        for (std::size_t i = 1; i < row.size(); ++i)
            differences += std::abs(row[i] - row[i - 1]);
        count += static_cast<std::int64_t>(row.size()) - 1;
    }
    void see(const std::vector<int>& row)
    {
        for (const int sample : row) {
            samples.push_back(static_cast<float>(sample));
            sum += sample;
        }
    }
    double value() const
    {
        const double mean = sum / static_cast<double>(std::max<std::size_t>(samples.size(), 1));
        double deviation = 0;
        for (const float sample : samples)
            deviation += std::abs(static_cast<double>(sample) - mean);
        deviation /= static_cast<double>(std::max<std::size_t>(samples.size(), 1));
        if (deviation <= 0 || count <= 0)
            return 1;
        return differences / static_cast<double>(count) / deviation;
    }
};

class RowReaderOfRaw
{
public:
    RowReaderOfRaw(const RegularFile& file, const RawLayout& layout, std::uint64_t frameBytes,
                   RawLikeness& likeness)
        : file_(file), layout_(layout), frameBytes_(frameBytes), likeness_(likeness)
    {
    }

    // Empty where the file ends before it.
    std::vector<int> row(std::uint64_t frame, int plane, int y)
    {
        const RawRow place = rawRow(layout_, plane, y);
        const int each = layout_.format.bytesPerSample();
        const auto count = static_cast<std::size_t>(place.samples);
        std::vector<std::byte> bytes(static_cast<std::size_t>(each) *
                                     ((count - 1) * static_cast<std::size_t>(place.step) + 1));
        if (file_.readAt(frame * frameBytes_ + place.start, bytes) !=
            static_cast<std::int64_t>(bytes.size()))
            return {};
        std::vector<int> samples(count);
        const int shift = layout_.highBits ? 16 - layout_.format.bits : 0;
        for (std::size_t i = 0; i < count; ++i) {
            const std::byte* at = bytes.data() + i * static_cast<std::size_t>(place.step * each);
            const int first = std::to_integer<int>(at[0]);
            if (each == 1) {
                samples[i] = first;
                continue;
            }
            const int second = std::to_integer<int>(at[1]);
            samples[i] =
                (layout_.order == ByteOrder::big ? first << 8 | second : second << 8 | first) >>
                shift;
        }
        const int highest = *std::ranges::max_element(samples);
        likeness_.highest = std::max(likeness_.highest, highest);
        likeness_.isInRange &= highest <= layout_.format.peak();
        return samples;
    }

private:
    const RegularFile& file_;
    const RawLayout& layout_;
    std::uint64_t frameBytes_;
    RawLikeness& likeness_;
};

} // namespace

RawLikeness likenessOf(const RegularFile& file, const RawLayout& layout)
{
    RawLikeness likeness;
    const std::uint64_t each = frameBytes(layout.width, layout.height, layout.format);
    const std::uint64_t frames = file.size() / each;
    if (frames == 0)
        return likeness;
    RowReaderOfRaw rows(file, layout, each, likeness);
    Measured luma, chroma, time;
    for (const std::uint64_t frame :
         std::set<std::uint64_t>{0, frames / 2, frames - std::min<std::uint64_t>(frames, 2)})
        for (int plane = 0; plane < layout.format.planes(); ++plane) {
            Measured& spatial = plane == 0 ? luma : chroma;
            const int height = rawPlaneHeight(layout, plane);
            for (int i = 0; i < std::min(kRowsSeen, height); ++i) {
                const int y =
                    static_cast<int>(std::int64_t{i} * height / std::min(kRowsSeen, height));
                const auto row = rows.row(frame, plane, y);
                const auto below = rows.row(frame, plane, std::min(y + 1, height - 1));
                if (row.empty() || below.empty())
                    continue;
                spatial.see(row);
                spatial.addNeighbours(row);
                if (y + 1 < height)
                    spatial.add(row, below);
                if (plane > 0 || frame + 1 >= frames)
                    continue;
                if (const auto later = rows.row(frame + 1, plane, y); !later.empty()) {
                    time.see(row);
                    time.add(row, later);
                }
            }
        }
    likeness.luma = luma.value();
    likeness.chroma = layout.format.planes() > 1 ? chroma.value() : 1;
    likeness.time = time.value();
    return likeness;
}

} // namespace vitrine::video
