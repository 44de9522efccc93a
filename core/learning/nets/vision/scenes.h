#pragma once

#include "core/learning/nets/training/chance.h"
#include "core/learning/nets/training/pictures.h"

#include <torch/torch.h>

#include <cstdint>

namespace vitrine::learning
{

// One garment over a photograph, so that attention has a place to find.
struct SceneOptions {
    int64_t side = 96;                   // pixels of the scene
    int64_t smallest = 28, largest = 64; // side of the square that holds the garment
    double clutter = 1.0;                // of the photograph's contrast; 0: one colour
};

// The same as they are on the way from easy (0: large garments on one colour) to full (1). A
// transformer that meets full scenes at once stays at chance for a long time.
SceneOptions easedScenes(const SceneOptions& full, double share);

// What the background may be: a square of `side` or, where a photograph is large enough, of twice
// that, halved; turned left to right half the time, contrast and brightness changed. 3 x side x
// side, F32, 0..1.
torch::Tensor drawBackground(const PictureStore& pictures, const SceneOptions& options,
                             Chance& chance);

// Where a garment lies and how its grey becomes colour: light + contrast * grey, times tint.
struct GarmentLook {
    int64_t x, y, side; // of its square in the scene
    bool flipped;
    float light, contrast, tint[3];
};
GarmentLook drawLook(const SceneOptions& options, Chance& chance);

// Lays the garment (28 x 28 grey values) over the picture (3 x side x side), bilinear. Opacity
// comes from the garment's own grey: none where it is 0, so its square leaves no border.
void layGarment(const uint8_t* garment, const GarmentLook& look, torch::Tensor& picture);

} // namespace vitrine::learning
