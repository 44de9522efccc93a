#pragma once

#include "core/base/result.h"
#include "core/model/llm/llm_checkpoint.h"
#include "core/model/tokenizer/tokenizer.h"
#include "core/quant/quantizer.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vitrine::quant
{

struct GgufExport {
    std::uint64_t bytes = 0;        // of the file
    std::vector<std::string> notes; // sentences: what llama.cpp does otherwise
};

// Writes a language model with its tokenizer as a GGUF file of the architecture "llama", which
// llama.cpp runs. No number changes: packed matrices of whole numbers without zero points
// (ScaleForm::grid) of 4 planes become Q4_0 and of 8 planes Q8_0, or F32 where their rows do not
// divide into blocks of 32; dense matrices keep their type (F64 becomes F32, as when a model runs),
// vectors become F32. Rows of query and key projections are put in the order of llama.cpp, which
// rotates the pairs (2d, 2d + 1) of a head.
//
// Input error naming what cannot be said: other packed forms, groups that cut blocks, a model
// without language head or with a window, a tokenizer that does not merge by score, or none.
//
// Refused before anything is quantized: what these settings make (argument error), and an original
// that no version of can be said (input error).
Result<void> checkGguf(const Quantizer& quantizer, const QuantSettings& settings);
Result<void> checkGguf(const model::LlmCheckpoint& original, const model::Tokenizer* tokenizer);
Result<GgufExport> exportGguf(const model::LlmCheckpoint& checkpoint,
                              const model::Tokenizer* tokenizer, const std::string& name,
                              const std::filesystem::path& file);

} // namespace vitrine::quant
