#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

// Products that only add and only shift beside the multiplications that they replace (ShiftAddViT,
// arXiv 2306.06446, section 5; sizes of the released benchmarks): what is timed by a benchmark and
// by quantization.primitives.
namespace vitrine::quant
{

// adds: b_k^T v of all heads, [code, tokens] of ones and zeros times [tokens, inputs], a head at a
// time; shifts: [tokens, inputs] times [inputs, outputs] of signed powers of two.
struct RacedProduct {
    bool adds = true;
    std::int64_t heads = 1; // of what adds
    std::int64_t tokens = 0, inputs = 0;
    std::int64_t outputs = 0; // of what adds: bits of a code

    std::string name() const; // "add (1, 3136, 32, 16)", "shift (1, 784, 128, 1024)"
};
// Those that the released code measures: three that add, four that shift.
std::vector<RacedProduct> publishedRaces();

// One way to compute a product. Numbers are drawn at random; weights are laid out and codes packed
// before. `work` may use several threads (parallelFor); call it on one thread at a time.
struct Racer {
    std::string name;           // "multiply, fp32", "add, fp32", "shift, int32"
    std::function<void()> work; // computes the product once
    double error = 0; // largest, of an output, against the exact product of the same weights, over
                      // the largest output
};
// The first is the one that multiplies. Argument error for sizes below 1 or a product of sizes
// beyond memory.
Result<std::vector<Racer>> racersOf(const RacedProduct& product);

// Seconds that `work` takes once: on one thread its processor time, which other programs do not
// change much, else by the clock. Short work is repeated for two milliseconds.
double racedSeconds(const std::function<void()>& work, int threads);

} // namespace vitrine::quant
