#include "core/picture/draws.h"

#include <cmath>

namespace vitrine
{
namespace
{

// splitmix64 (Steele et al. 2014): neighbouring numbers get unrelated seeds.
std::uint64_t scattered(std::uint64_t x)
{
    x += 0x9e3779b97f4a7c15ull;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return x ^ (x >> 31);
}

std::uint64_t seedOf(std::uint64_t seed, std::int64_t number)
{
    return scattered(scattered(seed) + static_cast<std::uint64_t>(number));
}

} // namespace

Draws::Draws(std::uint64_t seed, std::int64_t number) : numbers_(seedOf(seed, number)) {}

std::uint64_t Draws::otherSeed(std::uint64_t seed, std::int64_t number)
{
    return scattered(seedOf(seed, number));
}

double Draws::uniform(double from, double to)
{
    return from + (to - from) * static_cast<double>(numbers_() >> 11) * 0x1p-53;
}

std::int64_t Draws::below(std::int64_t count)
{
    return static_cast<std::int64_t>(uniform() * static_cast<double>(count));
}

bool Draws::coin(double probability)
{
    return uniform() < probability;
}

double Draws::normal()
{
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * 3.14159265358979323846 * uniform());
}

} // namespace vitrine
