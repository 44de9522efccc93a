#pragma once

#include "plugins/common/experiment_input.h"

#include <cstdint>
#include <vector>

// Texts as windows of tokens: what a quantizer is calibrated on, and what its result is judged by.
namespace vitrine::quantization_plugin
{

inline constexpr const char* kGenerated = "generated";

enum class TextUse { calibration, evaluation };

struct TextWindows {
    std::vector<std::vector<std::int32_t>> windows; // each begins as the tokenizer begins a text
    std::vector<InputFile> inputs;
    std::vector<std::string> notes;

    std::int64_t tokens() const;
};

// The parameter `name` is a text (UTF-8), a file of texts (.jsonl, a {"text": ...} in each line),
// empty for the shipped texts of that use, or "generated": texts that the model itself writes, at
// temperature 1. Texts are cut into windows of at most `length` tokens; `most` of them are taken
// (0: all), for calibration drawn with the seed, for evaluation the first. Pieces under 16 tokens
// are left out. Input error where nothing is left.
Result<TextWindows> readTextWindows(const Params& params, const char* name, TextUse use,
                                    std::int64_t length, std::int64_t most, const OpenModel& opened,
                                    Progress& progress);

} // namespace vitrine::quantization_plugin
