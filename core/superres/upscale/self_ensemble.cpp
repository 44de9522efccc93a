#include "core/superres/upscale/self_ensemble.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <array>

namespace vitrine::superres
{
namespace
{

// Bit 0: mirrored from left to right; bit 1: upside down; bit 2: then rows become columns. The
// first two undo themselves; with the third, 5 and 6 undo each other.
constexpr int kWays = 8;

int undoing(int way)
{
    return way == 5 ? 6 : way == 6 ? 5 : way;
}

Image seenIn(int way, const Image& image)
{
    const bool isTurned = way & 4;
    Image seen =
        blankImage(isTurned ? image.height : image.width, isTurned ? image.width : image.height);
    parallelFor(static_cast<std::size_t>(seen.height), [&](std::size_t row) {
        const auto y = static_cast<std::int64_t>(row);
        for (std::int64_t x = 0; x < seen.width; ++x) {
            const std::int64_t fromX = isTurned ? y : x, fromY = isTurned ? x : y;
            const float* pixel = image.row(way & 2 ? image.height - 1 - fromY : fromY) +
                                 3 * (way & 1 ? image.width - 1 - fromX : fromX);
            std::copy_n(pixel, 3, seen.row(y) + 3 * x);
        }
    });
    return seen;
}

float medianOfWays(std::array<float, kWays>& values)
{
    std::ranges::sort(values);
    return 0.5f * (values[3] + values[4]);
}

Image medianOf(const std::vector<Image>& images)
{
    Image median = blankImage(images[0].width, images[0].height);
    parallelFor(static_cast<std::size_t>(median.height), [&](std::size_t row) {
        const auto y = static_cast<std::int64_t>(row);
        std::array<float, kWays> values{};
        for (std::int64_t i = 0; i < median.width * 3; ++i) {
            for (std::size_t way = 0; way < kWays; ++way)
                values[way] = images[way].row(y)[i];
            median.row(y)[i] = medianOfWays(values);
        }
    });
    return median;
}

class SelfEnsemble : public Upscaler
{
public:
    explicit SelfEnsemble(std::shared_ptr<const Upscaler> one) : one_(std::move(one)) {}

    std::int64_t scale() const override { return one_->scale(); }
    std::int64_t parameters() const override { return one_->parameters(); }
    double macsPerPixel() const override { return kWays * one_->macsPerPixel(); }
    std::vector<std::filesystem::path> files() const override { return one_->files(); }
    std::vector<std::string> notes() const override
    {
        std::vector<std::string> notes = one_->notes();
        notes.push_back("median of eight mirrorings and turns");
        return notes;
    }
    Result<Enlarged> enlarged(const Image& low, const Progress& progress) const override
    {
        return selfEnsembled(*one_, low, progress);
    }

private:
    std::shared_ptr<const Upscaler> one_;
};

} // namespace

Result<Enlarged> selfEnsembled(const Upscaler& upscaler, const Image& low, const Progress& progress,
                               const EnsembleStep& step)
{
    Enlarged all{{}, 0, 0};
    std::vector<Image> images;
    for (int way = 0; way < kWays; ++way) {
        const auto within = [&](double share) {
            return !progress || progress((way + share) / kWays);
        };
        VITRINE_TRY(const Enlarged one, upscaler.enlarged(seenIn(way, low), within));
        all.seamError = std::max(all.seamError, one.seamError);
        all.tiles += one.tiles;
        images.push_back(seenIn(undoing(way), one.image));
        if (step) {
            VITRINE_TRY(images.back(), step(std::move(images.back())));
        }
        if (!within(1.0))
            return cancelled();
    }
    all.image = medianOf(images);
    return all;
}

std::shared_ptr<const Upscaler> selfEnsemble(std::shared_ptr<const Upscaler> upscaler)
{
    return std::make_shared<SelfEnsemble>(std::move(upscaler));
}

} // namespace vitrine::superres
