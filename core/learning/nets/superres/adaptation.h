#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace vitrine::learning
{

// Pixels of a picture, red, green and blue side by side, 0..1; seen and not owned.
struct PictureValues {
    int64_t width = 0, height = 0;
    const float* values = nullptr;
};

// A network of super-resolution fitted to one picture (the second stage of S2R, She et al., ICANN
// 2023, section 3): the picture itself is the large one, what its blur and reduction make of it the
// small one. By Adam on the mean absolute difference, normalisations with their stored statistics.
struct AdaptationTask {
    std::string model; // folder of an S2R: config.json and model.safetensors
    std::string out;   // folder for the adapted one
    std::string name;  // "s2r-fast"
    int64_t scale = 2;
    PictureValues small, large; // large is exactly scale times as large
    int64_t updates = 10;
    int64_t crop = 48, batch = 8; // squares of the small picture, seen in one update
    double learningRate = 1e-3;
    uint64_t seed = 1;
};

// Loss of squares that are the same each time, spread over the picture; before any update (0) and
// after each. False stops.
using OnUpdate = std::function<bool(int64_t update, double loss, double seconds)>;

struct Adaptation {
    int64_t kept = 0; // the update after which that loss was lowest; 0: none was better
    bool stopped = false;
};

// Writes the weights after update `kept` and the model's config.json into `out`. Single precision.
// Equal for equal tasks and threads. Throws std::runtime_error for files and sizes that do not fit.
Adaptation adapt(const AdaptationTask& task, const OnUpdate& onUpdate);

} // namespace vitrine::learning
