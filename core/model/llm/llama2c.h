#pragma once

#include "core/model/llm/llm_checkpoint.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace vitrine::model
{

// A llama2.c version 0 file: seven int32 (dim, hidden_dim, n_layers, n_heads, n_kv_heads,
// vocab_size, seq_len; a negative vocab_size says that the head is not tied), then F32 weights,
// layer by layer within each kind (karpathy/llama2.c, run.c).
Result<std::shared_ptr<const LlmCheckpoint>>
openLlama2cCheckpoint(const std::filesystem::path& path);

// Shape out of the file's first bytes, checked against its size.
Result<LlmConfig> parseLlama2cHeader(std::span<const std::byte> start, std::uint64_t fileSize,
                                     std::string_view name);

} // namespace vitrine::model
