#pragma once

#include "core/learning/nets/training/places.h"
#include "core/learning/nets/training/settings.h"
#include "core/learning/nets/training/tensor_file.h"

namespace vitrine::learning
{

// What a fine-tuning begins from: the weights of the shipped model that the recipe's key `start`
// names, as they are shipped when the training begins; afterwards its own checkpoint counts. Throws
// std::runtime_error where the key is missing, or naming the key and the file where that cannot be
// read.
TensorFile startingWeights(const Settings& settings, const Places& places);

} // namespace vitrine::learning
