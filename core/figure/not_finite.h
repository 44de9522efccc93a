#pragma once

#include <cmath>
#include <limits>

// Grids and maps have cells without a value, NaN (the causal future), and cells whose value is not
// finite: NaN or infinity came out of a model. The latter are written as this one, drawn hatched,
// and named in the legend; they win over every other value where cells are pooled.
namespace vitrine::figure
{

inline constexpr float kNotFinite = std::numeric_limits<float>::infinity();

inline bool isNotFinite(float value)
{
    return std::isinf(value);
}

// Of two cells: not finite where one of them is, NaN where one has no value.
inline float differenceOf(float second, float first)
{
    return isNotFinite(second) || isNotFinite(first) ? kNotFinite : second - first;
}

} // namespace vitrine::figure
