#pragma once

#include "core/base/result.h"
#include "core/tensor/kernels/weights.h"

#include <cstddef>
#include <vector>

namespace vitrine::kernels
{

// GGUF's Q8_0: rows of blocks of 32 weights, each block a half-precision scale and 32 signed bytes
// (34 bytes, little-endian); weight = scale * byte. `inputs` is a multiple of 32. Products multiply
// the widened weights by x as it is: x is not quantized.
class Q8Weights final : public WeightMatrix
{
public:
    static constexpr std::int64_t kBlock = 32, kBlockBytes = 34;

    // Round to nearest of each block, scale = largest magnitude / 127, as GGUF's writers do. Input
    // error where `inputs` is no multiple of 32, or a weight is not finite or beyond what a
    // half-precision scale reaches (8.3e6).
    static Result<SharedWeights> quantize(const WeightMatrix& weights);

    std::string_view kind() const override { return "Q8_0"; }
    std::int64_t rowBytes() const override { return inputs() / kBlock * kBlockBytes; }
    void widen(std::int64_t begin, std::int64_t end, float* out) const override;
    void dotRows(std::int64_t begin, std::int64_t end, const float* x, const float* tables,
                 float* y) const override;

private:
    Q8Weights(std::int64_t outputs, std::int64_t inputs);

    std::vector<std::byte> blocks_;
};

} // namespace vitrine::kernels
