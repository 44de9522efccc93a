#include "core/learning/nets/vision/garment_source.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

struct GarmentPlacing {
    int64_t x, y;
    bool flipped = false;
};

// One garment into a black picture of side x side; what falls outside is cut.
void placeGarment(const uint8_t* from, const GarmentPlacing& placing, int64_t side, float* to)
{
    for (int64_t row = 0; row < kGarmentPixels; ++row) {
        const int64_t y = placing.y + row;
        if (y < 0 || y >= side)
            continue;
        for (int64_t column = 0; column < kGarmentPixels; ++column) {
            const int64_t x = placing.x + (placing.flipped ? kGarmentPixels - 1 - column : column);
            if (x >= 0 && x < side)
                to[y * side + x] = static_cast<float>(from[row * kGarmentPixels + column]) / 255.0f;
        }
    }
}

// The rectangle lies anywhere within the garment's 28 x 28.
void eraseRectangle(Chance& chance, int64_t side, float* picture)
{
    const double area = chance.uniform(0.02, 0.2), ratio = std::exp(chance.uniform(-1.1, 1.1));
    const auto length = [](double part) {
        return std::clamp<int64_t>(std::lround(part * kGarmentPixels), 1, kGarmentPixels - 1);
    };
    const int64_t width = length(std::sqrt(area * ratio)), height = length(std::sqrt(area / ratio));
    const int64_t margin = (side - kGarmentPixels) / 2;
    const int64_t left = margin + chance.below(kGarmentPixels - width + 1);
    const int64_t top = margin + chance.below(kGarmentPixels - height + 1);
    const auto grey = static_cast<float>(chance.uniform());
    for (int64_t y = top; y < top + height; ++y)
        std::fill_n(picture + y * side + left, width, grey);
}

class GarmentSource : public LabelledSource
{
public:
    GarmentSource(GarmentParts parts, int64_t side, const GarmentAugment& augment, uint64_t seed)
        : parts_(std::move(parts)),
          side_(side),
          augment_(augment),
          order_(parts_.training.labels.size(0), seed)
    {
        if (side < kGarmentPixels)
            throw std::runtime_error("garments: pictures of at least 28 pixels a side are needed");
    }

    LabelledPictures training(const Step& step, int64_t batch) override
    {
        LabelledPictures made = blank(batch);
        for (int64_t i = 0; i < batch; ++i) {
            const int64_t index = order_.at(step.number * batch + i);
            float* to = made.pictures.data_ptr<float>() + i * side_ * side_;
            fill(parts_.training, index, placing(step.chance), to);
            made.labels.data_ptr<int64_t>()[i] = parts_.training.labels.data_ptr<uint8_t>()[index];
            if (step.chance.coin(augment_.erase))
                eraseRectangle(step.chance, side_, to);
        }
        return made;
    }

    int64_t count(HeldOut which) const override { return parts_.heldOut(which).labels.size(0); }

    std::vector<std::string> parts() const override { return {"garments"}; }

    LabelledPictures heldOut(HeldOut which, int64_t first, int64_t count) override
    {
        LabelledPictures made = blank(count);
        for (int64_t i = 0; i < count; ++i)
            fill(parts_.heldOut(which), first + i, {margin(), margin()},
                 made.pictures.data_ptr<float>() + i * side_ * side_);
        made.labels = parts_.heldOut(which).labels.narrow(0, first, count).to(torch::kLong);
        return made;
    }

private:
    int64_t margin() const { return (side_ - kGarmentPixels) / 2; }

    LabelledPictures blank(int64_t count) const
    {
        return {torch::zeros({count, 1, side_, side_}), torch::empty({count}, torch::kLong)};
    }

    GarmentPlacing placing(Chance& chance) const
    {
        const auto shift = [&] {
            return margin() + chance.below(2 * augment_.shift + 1) - augment_.shift;
        };
        const int64_t x = shift(), y = shift();
        return {x, y, augment_.flip && chance.coin()};
    }

    void fill(const Garments& from, int64_t index, const GarmentPlacing& placing, float* to) const
    {
        placeGarment(from.pictures.data_ptr<uint8_t>() + index * kGarmentPixels * kGarmentPixels,
                     placing, side_, to);
    }

    GarmentParts parts_;
    int64_t side_;
    GarmentAugment augment_;
    WalkOrder order_;
};

} // namespace

GarmentParts garmentParts(const std::string& folder)
{
    const Garments all = readGarments(folder, "train");
    const int64_t kept = kKeptForSelection, trained = all.labels.size(0) - kept;
    if (trained < 1)
        throw std::runtime_error(folder + ": " + std::to_string(all.labels.size(0)) +
                                 " training pictures; more than " + std::to_string(kept) +
                                 " are needed");
    return {{all.pictures.narrow(0, 0, trained), all.labels.narrow(0, 0, trained)},
            {all.pictures.narrow(0, trained, kept), all.labels.narrow(0, trained, kept)},
            readGarments(folder, "t10k")};
}

std::vector<std::string> garmentNames()
{
    return {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
            "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
}

int64_t WalkOrder::at(int64_t position)
{
    const int64_t walk = position / count_;
    if (walk != walk_) {
        // Steps draw from (seed, step) with steps from 0 on; walks from below 0.
        Chance chance(seed_, -1 - walk);
        order_.resize(static_cast<size_t>(count_));
        std::iota(order_.begin(), order_.end(), int64_t{0});
        for (int64_t i = count_ - 1; i > 0; --i)
            std::swap(order_[static_cast<size_t>(i)],
                      order_[static_cast<size_t>(chance.below(i + 1))]);
        walk_ = walk;
    }
    return order_[static_cast<size_t>(position % count_)];
}

std::unique_ptr<LabelledSource> garmentSource(GarmentParts parts, int64_t side,
                                              const GarmentAugment& augment, uint64_t seed)
{
    return std::make_unique<GarmentSource>(std::move(parts), side, augment, seed);
}

} // namespace vitrine::learning
