#pragma once

#include "core/learning/nets/training/pictures.h"
#include "core/learning/nets/vision/labelled.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace vitrine::learning
{

// The garments of Fashion-MNIST in three parts: the last `keptForSelection` of the training
// pictures are never trained on.
struct GarmentParts {
    Garments training, selection, test;

    const Garments& heldOut(HeldOut which) const
    {
        return which == HeldOut::selection ? selection : test;
    }
};
constexpr int64_t kKeptForSelection = 5000;
GarmentParts garmentParts(const std::string& folder); // the IDX files; throws std::runtime_error

std::vector<std::string> garmentNames(); // of the ten classes, as Fashion-MNIST prints them

// 0 .. count - 1 in a new order for each walk through them, made from the seed and the number of
// the walk alone.
class WalkOrder
{
public:
    WalkOrder(int64_t count, uint64_t seed) : count_(count), seed_(seed) {}
    int64_t at(int64_t position); // 0 for the first of the first walk

private:
    int64_t count_, walk_ = -1;
    uint64_t seed_;
    std::vector<int64_t> order_;
};

struct GarmentAugment {
    bool flip = true;  // left to right, half of them
    int64_t shift = 2; // pixels, each way
    double erase =
        0.25; // chance of a rectangle of one grey (Zhong et al. 2020), 2 to 20 % of the picture
};

// Garments in the middle of a black square of `side` pixels, at least 28.
std::unique_ptr<LabelledSource> garmentSource(GarmentParts parts, int64_t side,
                                              const GarmentAugment& augment, uint64_t seed);

} // namespace vitrine::learning
