#pragma once

#include "core/picture/labelled_pictures.h"

namespace vitrine
{

// A photograph that is held out for tests, and where the part of it that is kept begins
// (kHeldOutSide, raster.h), in pixels of the prepared photograph.
struct HeldOutPhotograph {
    std::filesystem::path path;
    int x = 0, y = 0;
};

// Scenes of vitrine-deit-scenes: the garments of an opened Fashion-MNIST, each over a part of these
// photographs (core/picture/scenes.h), drawn from `seed`. With the test garments, kTestSceneSeed,
// and the trainer's photographs in its order they are the very values that the trainer scores on.
// picture() rounds them to bytes. Input error naming the file for a photograph that cannot be read
// or is too small, and for other pictures than 28 x 28 grey ones.
Result<std::shared_ptr<const LabelledPictures>>
openScenes(std::shared_ptr<const LabelledPictures> garments,
           const std::vector<HeldOutPhotograph>& photographs, std::uint64_t seed);

} // namespace vitrine
