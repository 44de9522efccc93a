#pragma once

#include "core/quant/vision/log2_divisor.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace vitrine::quant
{

// A head of EfficientViT's ReLU linear attention: `tokens` rows of `dim` numbers.
struct HeadSize {
    std::size_t tokens = 0, dim = 0;
};

// All that a head computes on its way, for the collectors of ranges; of real numbers, or codes
// (each of Number) in the quantized heads.
template <typename Number>
struct HeadValues {
    std::vector<Number> context;   // relu(K)^T V [dim, dim]
    std::vector<Number> keySums;   // relu(K) summed over tokens [dim]
    std::vector<Number> divisors;  // relu(q) . keySums [tokens]
    std::vector<Number> dividends; // relu(q) context [tokens, dim]
    std::vector<Number> outputs;   // dividends / divisors [tokens, dim]

    friend bool operator==(const HeadValues&, const HeadValues&) = default;
};

// In double precision, without quantization; q, k, v [tokens, dim]. `epsilon` is added to divisors
// (1e-15 in the float network, 1e-5 in Trio-ViT's quantized path), outputs are 0 where a divisor
// still is 0. With a rule, divisors are powers of two (section 5).
HeadValues<double> linearAttention(HeadSize size, std::span<const double> q,
                                   std::span<const double> k, std::span<const double> v,
                                   double epsilon, std::optional<Log2Rule> rule = {});

} // namespace vitrine::quant
