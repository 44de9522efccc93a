#pragma once

#include "core/model/llm.h"
#include "core/tensor/kernels/attention.h"

#include <span>
#include <vector>

namespace vitrine::model
{

// Turns what a request asks of each layer into taps of the attention kernel, and what came of them
// into the result.
class Taps
{
public:
    Taps(const LlmConfig& config, const ForwardRequest& request, ForwardResult& result);

    // One tap per query head, or none where the layer is not looked at.
    std::span<kernels::HeadTap> begin(int layer);
    // queries: [T, heads * headSize], keys: [T, kvHeads * headSize], both after rotary embedding.
    void end(int layer, const std::vector<float>& queries, const std::vector<float>& keys);

private:
    void keep(int layer, const std::vector<float>& queries, const std::vector<float>& keys);

    const LlmConfig& config_;
    const ForwardRequest& request_;
    ForwardResult& result_;
    std::vector<std::int32_t> columnRows_;
    std::vector<kernels::HeadTap> taps_;
};

} // namespace vitrine::model
