#pragma once

#include <vector>

#include "core/figure/run_places.h"
#include "core/jobs/experiment/run_record.h"

namespace vitrine::learning_plugin
{

// "loss": training and held-out loss over tokens seen, for runs of learning.train. `places`: the
// colours that the runs have.
std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs,
                                    const figure::RunPlaces& places = {});

} // namespace vitrine::learning_plugin
