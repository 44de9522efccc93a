#pragma once

#include <cstdint>
#include <random>

// Free of all but the standard library: core/learning, which is also built alone, draws from it.
namespace vitrine
{

// Chances made from a seed and a number (of a step, of a picture) alone: whoever draws in the same
// order gets the same.
class Draws
{
public:
    Draws(std::uint64_t seed, std::int64_t number);

    double uniform(double from = 0.0, double to = 1.0); // [from, to)
    std::int64_t below(std::int64_t count);             // 0 .. count - 1; count at least 1
    bool coin(double probability = 0.5);
    double normal(); // mean 0, deviation 1

protected:
    // Of another generator with the same seed and number.
    static std::uint64_t otherSeed(std::uint64_t seed, std::int64_t number);

private:
    std::mt19937_64 numbers_;
};

} // namespace vitrine
