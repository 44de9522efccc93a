#include "core/video/pairing.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace vitrine::video
{
namespace
{

constexpr int kColumns = 32, kRows = 18;

double distanceOf(const Signature& a, const Signature& b)
{
    if (a.size() != b.size())
        return 1;
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    return sum / static_cast<double>(std::max<std::size_t>(a.size(), 1));
}

// NaN where fewer than `least` frames meet.
double distanceAt(std::span<const Signature> reference, std::span<const Signature> test,
                  std::int64_t offset, std::int64_t least)
{
    const auto references = static_cast<std::int64_t>(reference.size());
    const auto tests = static_cast<std::int64_t>(test.size());
    const std::int64_t first = std::max<std::int64_t>(0, -offset);
    const std::int64_t last = std::min(tests, references - offset);
    if (last - first < least)
        return std::nan("");
    double sum = 0;
    std::int64_t met = 0;
    for (std::int64_t k = first; k < last; ++k) {
        const Signature& one = reference[static_cast<std::size_t>(k + offset)];
        const Signature& other = test[static_cast<std::size_t>(k)];
        if (one.empty() || other.empty())
            continue;
        sum += distanceOf(one, other);
        ++met;
    }
    return met > 0 ? sum / static_cast<double>(met) : std::nan("");
}

} // namespace

Signature signatureOf(const Frame& frame)
{
    const int columns = std::min(kColumns, frame.width()), rows = std::min(kRows, frame.height());
    std::vector<double> sums(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
    std::vector<double> counts(sums.size());
    // Sixteen samples a side tell a cell's mean well enough: large pictures are thinned out.
    const int stepX = std::max(1, frame.width() / (columns * 16));
    const int stepY = std::max(1, frame.height() / (rows * 16));
    std::vector<std::size_t> cellOf(static_cast<std::size_t>(frame.width()));
    for (int x = 0; x < frame.width(); ++x)
        cellOf[static_cast<std::size_t>(x)] = static_cast<std::size_t>(x * columns / frame.width());
    for (int y = 0; y < frame.height(); y += stepY) {
        const auto start =
            static_cast<std::size_t>(y * rows / frame.height()) * static_cast<std::size_t>(columns);
        for (int x = 0; x < frame.width(); x += stepX) {
            const std::size_t cell = start + cellOf[static_cast<std::size_t>(x)];
            sums[cell] += frame.sample(0, x, y);
            counts[cell] += 1;
        }
    }
    Signature signature(sums.size());
    for (std::size_t i = 0; i < sums.size(); ++i)
        signature[i] = static_cast<float>(sums[i] / (counts[i] * frame.format().peak()));
    return signature;
}

Pairing pair(std::span<const Signature> reference, std::span<const Signature> test, int range)
{
    constexpr double kBetter = 0.9, kNoise = 1e-4;
    const auto shorter = static_cast<std::int64_t>(std::min(reference.size(), test.size()));
    const std::int64_t least = std::max<std::int64_t>(1, (shorter + 1) / 2);
    Pairing best;
    best.distance = best.distanceAtZero = distanceAt(reference, test, 0, least);
    if (std::isnan(best.distance))
        return best;
    std::vector<std::pair<std::int64_t, double>> tried{{0, best.distance}};
    for (std::int64_t size = 1; size <= range; ++size)
        for (const std::int64_t offset : {-size, size})
            if (const double d = distanceAt(reference, test, offset, least); !std::isnan(d)) {
                tried.emplace_back(offset, d);
                if (d < best.distance * kBetter && d < best.distance - kNoise) {
                    best.offset = offset;
                    best.distance = d;
                }
            }
    for (const auto& [offset, d] : tried)
        if (offset != best.offset && d * kBetter <= best.distance + kNoise)
            best.isCertain = false;
    return best;
}

std::vector<FramePair> pairsOf(const SourceInfo& reference, const SourceInfo& test,
                               std::int64_t offset, PairBy by)
{
    const auto placeOf = [&](const SourceInfo& info, std::int64_t frame) {
        return by == PairBy::order || info.places.empty()
                   ? frame
                   : info.places[static_cast<std::size_t>(frame)];
    };
    std::vector<FramePair> pairs;
    for (FramePair next; next.reference < reference.frames && next.test < test.frames;) {
        const std::int64_t place = placeOf(reference, next.reference);
        const std::int64_t wanted = placeOf(test, next.test) + offset;
        if (place == wanted)
            pairs.push_back(next);
        next.reference += place <= wanted ? 1 : 0;
        next.test += wanted <= place ? 1 : 0;
    }
    return pairs;
}

Result<std::vector<Signature>> signaturesOf(FrameSource& source, std::int64_t frames, PairBy by,
                                            const std::function<bool(std::int64_t)>& goOn)
{
    const SourceInfo& info = source.info();
    std::vector<Signature> signatures;
    for (std::int64_t i = 0; i < std::min(frames, info.frames); ++i) {
        if (!goOn(i))
            return cancelled();
        if (by == PairBy::time && !info.places.empty())
            signatures.resize(static_cast<std::size_t>(
                std::min(frames, info.places[static_cast<std::size_t>(i)])));
        if (static_cast<std::int64_t>(signatures.size()) >= frames)
            break;
        const auto frame = source.read(i);
        if (!frame && !source.isLost(i))
            return tl::unexpected(frame.error());
        signatures.push_back(frame ? signatureOf(*frame) : Signature());
    }
    return signatures;
}

} // namespace vitrine::video
