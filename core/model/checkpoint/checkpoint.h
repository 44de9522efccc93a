#pragma once

#include "core/model/checkpoint/llm_config.h"
#include "core/model/tokenizer/tokenizer.h"
#include "core/tensor/tensor_view.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace vitrine::model
{

// Weights and shape of a language model on disk, mapped, nothing copied. Tensors carry the Hugging
// Face names of the Llama family whatever the file format: "model.layers.3.self_attn.q_proj.weight"
// [out, in]. Immutable; any thread.
class Checkpoint
{
public:
    virtual ~Checkpoint() = default;

    virtual const LlmConfig& config() const = 0;
    virtual std::vector<std::string> tensorNames() const = 0;
    virtual bool has(const std::string& name) const = 0;
    // Input error naming tensor and file where it is missing.
    virtual Result<TensorView> tensor(const std::string& name) const = 0;
    // Files read, for hashes and "Where from?".
    virtual std::vector<std::filesystem::path> files() const = 0;
    // Sentences worth showing: unexpected tensors, a head that had to be tied, ignored rotary
    // buffers.
    virtual std::vector<std::string> notes() const = 0;
};

// A Hugging Face folder (config.json with model.safetensors or shards), or a llama2.c v0 file
// (.bin). Checks presence and shape of every tensor the family needs. Pickle files (.bin of torch,
// .pt) are refused with a line that says what to convert to.
Result<std::shared_ptr<const Checkpoint>> openCheckpoint(const std::filesystem::path& path);

// The tokenizer that belongs to it: of the folder; for a llama2.c file `tok<V>.bin` or
// `tokenizer.bin` beside it. nullptr: none.
Result<std::shared_ptr<const Tokenizer>> openTokenizerOf(const std::filesystem::path& checkpoint);

// Writes a checkpoint as a Hugging Face folder (config.json, model.safetensors); storage types are
// kept.
Result<void> exportHuggingFace(const Checkpoint& checkpoint, const std::filesystem::path& folder);

} // namespace vitrine::model
