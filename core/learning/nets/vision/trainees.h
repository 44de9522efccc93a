#pragma once

#include "core/learning/nets/training/trainee.h"
#include "core/learning/nets/vision/deit.h"
#include "core/learning/nets/vision/garment_source.h"

#include <memory>

// The vision networks as recipes name them. Keys beside those of schedule.h: batch,
// label_smoothing, flip, shift, erase (garments); drop_path (the transformers); threshold,
// sparse_until (the sparse part of ViTALiTy's).
namespace vitrine::learning
{

// Their pictures, of `side` pixels: garments in <data>/garments, and the same garments in
// photographs of <data>/pictures (key ease).
std::unique_ptr<LabelledSource> garmentsOf(const Settings& settings, const Places& places,
                                           int64_t side);
std::unique_ptr<LabelledSource> scenesOf(const Settings& settings, const Places& places,
                                         int64_t side);

// vitrine-deit and vitrine-efficientvit: Fashion-MNIST in <data>/garments.
std::unique_ptr<Trainee> makeGarmentDeit(const Settings& settings, const Places& places);
std::unique_ptr<Trainee> makeGarmentEfficientVit(const Settings& settings, const Places& places);

// vitrine-deit-vitality: vitrine-deit with Taylor attention, trained with a sparse part beside it
// and used without.
std::unique_ptr<Trainee> makeTaylorDeit(const Settings& settings, const Places& places);

// vitrine-deit-scenes: the same garments in photographs of <data>/pictures.
std::unique_ptr<Trainee> makeSceneDeit(const Settings& settings, const Places& places);

} // namespace vitrine::learning
