#pragma once

#include "core/model/llm/llm_checkpoint.h"
#include "core/model/network/llm_network.h"
#include "core/tensor/kernels/binary_codes.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vitrine::tests
{

// Whole numbers of `bits` bits, centred, a step for each row and 32 columns: the largest weight of
// a group is worth the largest number.
inline kernels::BinaryCodes roundedCodes(const TensorView& matrix, int bits)
{
    constexpr std::int64_t kGroup = 32;
    kernels::BinaryCodes codes;
    codes.outputs = matrix.shape[0], codes.inputs = matrix.shape[1], codes.planes = bits;
    codes.groupRows = 1, codes.groupColumns = kGroup;
    codes.form = kernels::ScaleForm::grid;
    auto& bytes = *kernels::makeCodes(codes);
    const std::vector<float> weights = toFloat(matrix);
    const int zero = 1 << (bits - 1);
    std::vector<float> steps;
    for (std::int64_t n = 0; n < codes.outputs; ++n)
        for (std::int64_t begin = 0; begin < codes.inputs; begin += kGroup) {
            const float* row = weights.data() + n * codes.inputs;
            const std::int64_t end = std::min(begin + kGroup, codes.inputs);
            float most = 0;
            for (std::int64_t k = begin; k < end; ++k)
                most = std::max(most, std::abs(row[k]));
            steps.push_back(fromHalf(toHalf(most / static_cast<float>(zero - 1))));
            for (std::int64_t k = begin; k < end && steps.back() > 0; ++k) {
                const int number = std::clamp(
                    static_cast<int>(std::lround(row[k] / steps.back())) + zero, 0, 2 * zero - 1);
                for (int plane = 0; plane < bits; ++plane)
                    if (number >> (bits - 1 - plane) & 1)
                        bytes[static_cast<std::size_t>(
                            (plane * codes.outputs + n) * codes.codeBytes() + k / 8)] |=
                            static_cast<std::uint8_t>(1 << k % 8);
            }
        }
    kernels::scalesFromSteps(codes, steps);
    return codes;
}

// A language model whose linear layers of the blocks are packed, each as `pack` says.
class PackedCheckpoint : public model::LlmCheckpoint
{
public:
    template <typename Pack>
    PackedCheckpoint(std::shared_ptr<const model::LlmCheckpoint> dense, Pack pack)
        : dense_(std::move(dense))
    {
        const model::LlmNetwork llm = model::llmNetwork(dense_->config());
        for (const model::LlmBlock& block : llm.blocks)
            for (const std::size_t layer :
                 {block.q, block.k, block.v, block.o, block.gate, block.up, block.down}) {
                const std::string& name = llm.network.layers[layer].tensors.front().name;
                codes_.emplace(name, pack(dense_->tensor(name).value()));
            }
    }

    const model::LlmConfig& config() const override { return dense_->config(); }
    std::vector<std::string> tensorNames() const override { return dense_->tensorNames(); }
    bool has(const std::string& name) const override { return dense_->has(name); }
    Result<TensorView> tensor(const std::string& name) const override
    {
        if (codes_.contains(name))
            return inputError("\"{}\" is stored as codes", name);
        return dense_->tensor(name);
    }
    const kernels::BinaryCodes* codes(const std::string& name) const override
    {
        const auto found = codes_.find(name);
        return found == codes_.end() ? nullptr : &found->second;
    }
    std::vector<std::filesystem::path> files() const override { return {}; }
    std::vector<std::string> notes() const override { return {}; }

private:
    std::shared_ptr<const model::LlmCheckpoint> dense_;
    std::map<std::string, kernels::BinaryCodes> codes_;
};

inline std::shared_ptr<const model::LlmCheckpoint>
roundedCheckpoint(std::shared_ptr<const model::LlmCheckpoint> dense, int bits)
{
    return std::make_shared<PackedCheckpoint>(
        std::move(dense), [bits](const TensorView& matrix) { return roundedCodes(matrix, bits); });
}

} // namespace vitrine::tests
