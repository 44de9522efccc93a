#pragma once

#include "core/model/llm/llm_checkpoint.h"
#include "core/model/llm/llm_rope.h"

#include <cstdint>
#include <span>

namespace vitrine::bench
{

// The same network in libtorch, as one writes it: fp32 weights, scaled-dot-product attention
// written out over all heads at once, the causal mask and the rotary tables made beforehand. No
// window.
class TorchLlama
{
public:
    virtual ~TorchLlama() = default;

    // Logits of every position, kept until the next call; size tokens * vocabulary.
    virtual std::span<const float> forward(std::span<const std::int32_t> ids) = 0;
};

// Lives in a module of its own, opened by dlopen with RTLD_DEEPBIND: libtorch's protobuf and the
// copy inside sentencepiece have the same symbols and crash each other where they are linked into
// one program. The caller owns the result.
using MakeTorchLlama = TorchLlama* (*)(const model::LlmCheckpoint& checkpoint,
                                       const model::RopeTable& rope, int threads);
inline constexpr const char* kMakeTorchLlama = "vitrineMakeTorchLlama";

} // namespace vitrine::bench
