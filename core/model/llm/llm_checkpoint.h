#pragma once

#include "core/model/checkpoint/checkpoint.h"
#include "core/model/network/llm_config.h"
#include "core/model/tokenizer/tokenizer.h"

namespace vitrine::model
{

// A language model on disk: its tensors and its shape. Tensors carry the Hugging Face names of the
// Llama family whatever the file format: "model.layers.3.self_attn.q_proj.weight" [out, in].
class LlmCheckpoint : public Checkpoint
{
public:
    virtual const LlmConfig& config() const = 0;
};

// A Hugging Face folder (config.json with model.safetensors or shards), or a llama2.c v0 file
// (.bin). Checks presence and shape of every tensor the family needs. Pickle files (.bin of torch,
// .pt) are refused with a line that says what to convert to.
Result<std::shared_ptr<const LlmCheckpoint>> openLlmCheckpoint(const std::filesystem::path& path);

// The tokenizer that belongs to it: of the folder (tokenizer.json, tokenizer.model, or
// llama2.c's tokenizer.bin); for a llama2.c file `tok<V>.bin` or `tokenizer.bin` beside it.
// nullptr: none.
Result<std::shared_ptr<const Tokenizer>> openTokenizerOf(const std::filesystem::path& checkpoint);

// Copies what openTokenizerOf reads, and what else says how a checkpoint's texts are tokenized,
// into a folder, so that it finds the same there.
Result<void> copyTokenizerOf(const std::filesystem::path& checkpoint,
                             const std::filesystem::path& folder);

// Writes a checkpoint as a Hugging Face folder (config.json, model.safetensors); storage types are
// kept.
Result<void> exportHuggingFace(const LlmCheckpoint& checkpoint,
                               const std::filesystem::path& folder);

} // namespace vitrine::model
