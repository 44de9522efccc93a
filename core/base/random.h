#pragma once

#include <cstdint>

namespace vitrine
{

// xoshiro256** seeded by splitmix64: the same numbers on every machine, unlike the standard
// library's distributions.
class Random
{
public:
    explicit Random(std::uint64_t seed);

    std::uint64_t bits();
    double uniform();                         // [0, 1)
    std::uint64_t below(std::uint64_t bound); // 0 .. bound-1, unbiased; bound >= 1
    double normal();                          // mean 0, variance 1 (Box-Muller)

private:
    std::uint64_t state_[4];
};

} // namespace vitrine
