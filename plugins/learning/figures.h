#pragma once

#include <vector>

#include "core/figure/figure.h"
#include "core/jobs/run_record.h"

namespace vitrine::learning
{

// "loss": training and held-out loss over tokens seen, for runs of learning.train.
std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs);

} // namespace vitrine::learning
