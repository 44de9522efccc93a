#pragma once

#include "core/learning/nets/queue/queue.h"
#include "core/learning/nets/training/trainee.h"

#include <string>

namespace vitrine::learning
{

// A recipe with the key `start = NAME` trains from the weights of the shipped model NAME. Where
// `name` has neither a state nor a shipped model of its own to go on from, this puts those weights
// into the trainee and notes in the state how far they were trained. Throws std::runtime_error
// where NAME is not shipped, or its tensors are not those of the trainee.
void beginFromStart(const QueuePlaces& places, const std::string& name, const Settings& recipe,
                    Trainee& trainee);

// What the card says of it: "vitrine-deit, step 2377 of 30000"; from the state, else from the card
// of the shipped model; empty for a model that began from nothing.
std::string startOf(const QueuePlaces& places, const std::string& name);

} // namespace vitrine::learning
