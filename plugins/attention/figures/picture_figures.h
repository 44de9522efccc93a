#pragma once

#include "core/figure/figure.h"
#include "plugins/attention/figures/picture_maps.h"

#include <vector>

// Figures of runs of attention.picture as a view with this state shows them. Any thread.
namespace vitrine::attention_plugin
{

// All figures of these runs; those without a readable picture are left out. Names: "picture-maps"
// (what the state shows, all runs), "picture-standins", "picture-distance", "picture-norms",
// "picture-standin-errors", "picture-answers".
std::vector<figure::Figure> pictureFigures(const std::vector<RunRecord>& runs, const Json& state);

// The single ones. At least one run each.
using PictureRuns = std::vector<PictureFigureRun>;
figure::Figure pictureMapsFigure(const PictureRuns& runs, const PictureState& state,
                                 const std::vector<PatchMap>& maps);
// How far every head looks, by layer (Dosovitskiy et al. 2021, figure 7).
figure::Figure pictureDistanceFigure(const PictureRuns& runs, const PictureState& state);
// Lengths of the patches of the chosen layer as a histogram, and what counts as high.
figure::Figure pictureNormsFigure(const PictureRuns& runs, const PictureState& state);
// What linear attentions lose of each layer's output, first run.
figure::Figure pictureErrorsFigure(const PictureRuns& runs, const PictureState& state);
// The likeliest classes of the shown picture; no series where the model has no head.
figure::Figure pictureAnswersFigure(const PictureRuns& runs, const PictureState& state);

} // namespace vitrine::attention_plugin
