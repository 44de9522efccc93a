#pragma once

#include <cstdint>

namespace vitrine::kernels
{

// out[i] = weight[i] * x[i] / sqrt(mean(x^2) + epsilon), fp32 as Llama's RMSNorm. out may be x.
void rmsNorm(const float* x, const float* weight, std::int64_t size, float epsilon, float* out);

// gate[i] = silu(gate[i]) * up[i], silu(x) = x / (1 + exp(-x)).
void swiGlu(float* gate, const float* up, std::int64_t size);

void silu(float* x, std::int64_t size); // x / (1 + exp(-x)), in place

// Rotates one head's vector in place, halves as pairs: (x1, x2) -> (x1 cos - x2 sin, x2 cos + x1
// sin); cosine, sine: [size / 2].
void rotate(float* x, const float* cosine, const float* sine, std::int64_t size);

// exp of `count` values at most 0, in place; values below -87 count as -87.
void expNegative(float* x, std::int64_t count);

} // namespace vitrine::kernels
