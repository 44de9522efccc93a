#pragma once

#include "core/learning/nets/training/trainee.h"
#include "core/learning/nets/vision/deit.h"
#include "core/learning/nets/vision/labelled.h"

#include <memory>
#include <string>

// ShiftAddViT fine-tuned from a shipped DeiT, in two stages: binary attention alone, the linear
// layers as they were; then the mixtures, whose shifting experts begin as the multiplying ones are
// by then, and the loss gains the latency-aware balance of their routers. Keys beside those of
// trainees.h:
//   start           the shipped model it begins from (Trainee::beginFrom)
//   mixture_from    step at which the second stage begins
//   softmax_blocks  blocks at the end that keep softmax attention
//   balance         factor of the balance loss, summed over the mixtures
//   latency_mult, latency_shift   of the experts, any unit
//   router_noise    deviation on the routers' logits in training
namespace vitrine::learning
{

std::unique_ptr<Trainee> shiftAddTrainee(const Settings& settings, DeitConfig config,
                                         std::unique_ptr<LabelledSource> source,
                                         const std::string& name, const std::string& dataName);

// vitrine-deit-shiftadd and vitrine-deit-scenes-shiftadd.
std::unique_ptr<Trainee> makeGarmentShiftAdd(const Settings& settings, const Places& places);
std::unique_ptr<Trainee> makeSceneShiftAdd(const Settings& settings, const Places& places);

} // namespace vitrine::learning
