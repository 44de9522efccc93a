#pragma once

#include "core/superres/upscale/upscaler.h"

namespace vitrine::superres
{

// Done to each of the eight large pictures before the median; they lie as the low one does.
using EnsembleStep = std::function<Result<Image>(Image)>;

// The low picture is enlarged in its eight mirrorings and quarter turns; these are undone and of
// each value the median is taken, the mean of the fourth and fifth of eight (S2R, She et al. 2023,
// who have ten steps of back-projection in between: `step`). Eight large pictures are held at once.
// The seam error is the largest, tiles are all of them.
Result<Enlarged> selfEnsembled(const Upscaler& upscaler, const Image& low,
                               const Progress& progress = {}, const EnsembleStep& step = {});

// The same as an upscaler: eight times the work of the other, no step.
std::shared_ptr<const Upscaler> selfEnsemble(std::shared_ptr<const Upscaler> upscaler);

} // namespace vitrine::superres
