#include "core/base/random.h"

#include <bit>
#include <cassert>
#include <cmath>
#include <numbers>

namespace vitrine
{

// Blackman and Vigna, "Scrambled linear pseudorandom number generators" (2021): xoshiro256**,
// seeded by splitmix64.
Random::Random(std::uint64_t seed)
{
    for (auto& word : state_) {
        seed += 0x9e3779b97f4a7c15;
        std::uint64_t z = seed;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        word = z ^ (z >> 31);
    }
}

std::uint64_t Random::bits()
{
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

double Random::uniform()
{
    return static_cast<double>(bits() >> 11) * 0x1.0p-53;
}

std::uint64_t Random::below(std::uint64_t bound)
{
    assert(bound >= 1);
    const std::uint64_t reject = -bound % bound; // 2^64 mod bound: values below would be favoured
    for (;;) {
        const std::uint64_t value = bits();
        if (value >= reject)
            return value % bound;
    }
}

double Random::normal()
{
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

} // namespace vitrine
