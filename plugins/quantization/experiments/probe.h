#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

// What a run keeps of one short text (the first window of the text that judges), so that views and
// reports show it without the models: attention maps before and after, and of each linear layer a
// piece of its weights and all that a product with eight of its inputs is made of.
namespace vitrine::quantization_plugin
{

inline constexpr const char* kProbeName = "probe.safetensors"; // the artifact

// Maps of one layer, [tokens, tokens] each, 0 above the diagonal: the mean over the heads, and the
// head that moved most.
struct ProbeMaps {
    std::int64_t head = 0; // that moved most
    std::vector<float> meanOriginal = {}, meanQuantized = {}, headOriginal = {}, headQuantized = {};
};

struct ProbeLayer {
    std::string name = {}; // its tensor
    // A piece of the weights, row-major: outputs 0 .. rows - 1, inputs firstInput ...
    std::int64_t rows = 0, firstInput = 0, columns = 0;
    std::vector<float> original = {}, decoded = {};
    // A product of some outputs with the inputs of one look-up: chunk .. chunk + inputs - 1, within
    // the piece. `inputs`: what the original's layer reads at the last token of the text.
    std::int64_t chunk = 0;
    std::vector<float> inputs = {};         // 1 .. 8
    std::vector<std::int64_t> outputs = {}; // rows of the piece
    int planes = 0;                         // 0: the weights are no codes
    int terms = 0;                          // powers of two in a scale; 0: a number
    std::vector<std::uint8_t> bytes = {};   // [output][plane]: bit j is the code of input j
    std::vector<float> scales = {};         // [output][plane][input]
    std::vector<std::uint8_t> powers = {};  // [output][plane][input][term], kernels::PowerTerm
    std::vector<float> offsets = {};        // [output][input]; empty: all 0
    // Whether one scale belongs to all inputs of the chunk, so that it is applied to what was
    // looked up; otherwise scales act on the inputs, and each plane has a table of its own.
    bool isScaledAfter = true;
};

struct Probe {
    std::vector<std::string> tokens = {}; // as people see them
    std::vector<ProbeMaps> maps = {};     // by layer of the model
    std::vector<ProbeLayer> layers = {};  // linear layers, in order
};

Result<void> writeProbe(const std::filesystem::path& path, const Probe& probe);
// Untrusted. Input error that names the file and what in it is not as it must be.
Result<Probe> readProbe(const std::filesystem::path& path);

} // namespace vitrine::quantization_plugin
