#pragma once

#include "core/learning/nets/training/trainee.h"

#include <memory>

namespace vitrine::learning
{

// Trains an S2R on photographs. network: s2r, s2r-fast or s2r-live. Keys of its recipe:
//   scale            2, 3 or 4
//   batch, patch     pairs a step and the side of the small patch in pixels
//   start_from       a model of another scale beside the recipe's own, ../models/NAME from the
//   recipe's
//                    folder, or a path with a slash: before the first step each tensor of that name
//                    and shape is taken over
//   charbonnier      epsilon of the loss sqrt(d^2 + epsilon^2); 0: the mean absolute difference
//   selection_side   the selection looks at the middle of each picture, so many pixels; 0: the
//   whole
// Selection: mean PSNR of the luma on the pictures for "vt10". Scores: the same and SSIM, bicubic
// beside them, also on the test sets places.data/set5 and set14 where they are prepared.
std::unique_ptr<Trainee> makeSuperResolution(const Settings& settings, const Places& places);

} // namespace vitrine::learning
