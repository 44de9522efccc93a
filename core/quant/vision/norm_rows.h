#pragma once

#include "core/quant/vision/integer_layer_norm.h"
#include "core/tensor/kernels/code_norm.h"

#include <cstdint>
#include <optional>

namespace vitrine::quant
{

// An integer LayerNorm over many rows: IntegerLayerNorm::row of each, many channels at once where
// numbers of 32 bits suffice. Any thread, several at once.
class NormRows
{
public:
    explicit NormRows(IntegerLayerNorm norm);

    // codes and out: [rows, channels]; out may be the same memory. Parallel.
    void run(const std::int8_t* codes, std::int64_t rows, std::int8_t* out) const;

    bool isNarrow() const { return narrow_.has_value(); }

private:
    IntegerLayerNorm norm_;
    std::optional<kernels::CodeNorm> narrow_;
};

} // namespace vitrine::quant
