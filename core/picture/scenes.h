#pragma once

#include "core/picture/draws.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

// Garments in photographs, drawn: what vitrine-deit-scenes is trained and tested on. Free of all
// but the standard library: core/learning, which is also built alone, draws its scenes here.
namespace vitrine
{

// 8-bit RGB, row after row, seen and not owned.
struct Photograph {
    std::int64_t width = 0, height = 0;
    const std::uint8_t* rgb = nullptr;
};

// A part of a photograph: which one, and its upper left corner.
struct PhotographPart {
    std::size_t photograph = 0;
    std::int64_t x = 0, y = 0;
};

// A part of this size at a random place; photographs are drawn by the number of their pixels. Only
// of those that are large enough; throws std::runtime_error where none is.
PhotographPart drawPart(std::span<const Photograph> photographs, Draws& draws, std::int64_t width,
                        std::int64_t height);

constexpr std::int64_t kGarmentPixels = 28; // a side of a garment of Fashion-MNIST

// One garment over a photograph, so that attention has a place to find.
struct SceneOptions {
    std::int64_t side = 96;                   // pixels of the scene
    std::int64_t smallest = 28, largest = 64; // side of the square that holds the garment
    double clutter = 1.0;                     // of the photograph's contrast; 0: one colour
};

// The same as they are on the way from easy (0: large garments on one colour) to full (1). A
// transformer that meets full scenes at once stays at chance for a long time.
SceneOptions easedScenes(const SceneOptions& full, double share);

// What the background may be: a square of `side` or, where a photograph is large enough, of twice
// that, halved; turned left to right half the time, contrast and brightness changed. `scene`: 3 x
// side x side, 0..1.
void drawBackground(std::span<const Photograph> photographs, const SceneOptions& options,
                    Draws& draws, float* scene);

// Where a garment lies and how its grey becomes colour: light + contrast * grey, times tint.
struct GarmentLook {
    std::int64_t x, y, side; // of its square in the scene
    bool flipped;
    float light, contrast, tint[3];
};
GarmentLook drawLook(const SceneOptions& options, Draws& draws);

// Lays the garment (28 x 28 grey values) over the scene (3 x side x side), bilinear. Opacity comes
// from the garment's own grey: none where it is 0, so its square leaves no border.
void layGarment(const std::uint8_t* garment, const GarmentLook& look, float* scene,
                std::int64_t side);

// Background, then garment.
void drawScene(std::span<const Photograph> photographs, const std::uint8_t* garment,
               const SceneOptions& options, Draws& draws, float* scene);

// Test scene i is drawn from this and i, selection scene i likewise; so are those that methods
// choose numbers on and the trainer does not know.
constexpr std::uint64_t kSelectionSceneSeed = 0x5ce7e5e1ull, kTestSceneSeed = 0x5ce7e7e5ull,
                        kCalibrationSceneSeed = 0x5ce7eca1ull;

} // namespace vitrine
