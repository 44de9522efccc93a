#pragma once

#include "core/model/llm/llm.h"
#include "core/tensor/kernels/attention.h"

#include <span>
#include <vector>

namespace vitrine::model
{

// Taps that ask `decide` about the edited heads of one layer. `rows` are those of EditQuestion;
// both must outlive the taps.
void addEdits(std::span<const LayerHead> edited, const DecideEdit& decide, int layer,
              std::int64_t first, std::span<const std::int32_t> rows,
              std::span<kernels::HeadTap> taps);
// What came of them, behind those of the layers before.
void takeEdits(std::span<const LayerHead> edited, int layer, std::span<const kernels::HeadTap> taps,
               std::vector<EditedHead>& out);
// How many of the queries first .. first + queries - 1 see each key.
std::vector<std::int32_t> rowsPerColumn(std::int64_t first, std::int64_t queries,
                                        std::int64_t window);

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
