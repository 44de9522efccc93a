#pragma once

#include "core/learning/nets/codec/intra.h"
#include "core/learning/nets/codec/scenes.h"
#include "core/learning/nets/training/pictures.h"

#include <torch/torch.h>

#include <memory>
#include <string>
#include <vector>

namespace vitrine::learning::codec
{

// Short films to train on: scenes made from photographs and, in a share of the cases and where
// there are any, parts of packaged clips (every frame or every second, forwards or backwards,
// mirrored or not).
class Films
{
public:
    Films(const Scenes& scenes, const ClipStore* clips, double clipShare);

    // frames x 3 x size x size, F32 in 0..1.
    torch::Tensor draw(Chance& chance, int64_t frames, int64_t size) const;

private:
    torch::Tensor drawClip(Chance& chance, int64_t frames, int64_t size) const;

    const Scenes& scenes_;
    const ClipStore* clips_;
    double clipShare_;
};

// The first frames of the held-out clips, cut to their middle, and of two scenes made from held-out
// photographs.
struct FilmSizes {
    int64_t frames;
    int64_t clipSide; // at most
    int64_t sceneSide;
};
struct HeldOutFilm {
    std::string name;
    torch::Tensor frames; // frames x 3 x H x W
};
std::vector<HeldOutFilm> heldOutFilms(const std::string& data, const FilmSizes& sizes);

// What an I frame leaves of pictures where no trained one is at hand: a little blur and noise, less
// at higher quality, on the grid of 8 bits.
torch::Tensor likeIntra(const torch::Tensor& pictures, double quality, Chance& chance);

} // namespace vitrine::learning::codec
