#pragma once

#include "core/learning/nets/vision/garment_source.h"
#include "core/learning/nets/vision/labelled.h"

#include <cstdint>
#include <memory>
#include <string>

namespace vitrine::learning
{

// Scenes whose class is that of their garment. Garments and photographs are both held out: training
// backgrounds are pictures for "train", those of the selection scenes for "codec", those of the
// test scenes for "vt10" (pictures.h). Held-out scene i is drawn from a fixed seed and i alone.
std::unique_ptr<LabelledSource> sceneSource(GarmentParts parts, const std::string& pictureFolder,
                                            int64_t side, double ease, uint64_t seed);

} // namespace vitrine::learning
