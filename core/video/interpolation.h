#pragma once

#include "core/base/result.h"

#include <functional>
#include <span>
#include <vector>

namespace vitrine::video
{

enum class CurveMethod { cubic, pchip, akima };
std::string_view curveMethodName(CurveMethod method);
Result<CurveMethod> parseCurveMethod(std::string_view name);

// A smooth curve y(x) through, or near, points: what Bjøntegaard deltas integrate.
class Curve
{
public:
    // x strictly rising, at least 4 points (2 would do for pchip, 3 for akima), equally many y, all
    // finite.
    //  cubic: one polynomial of degree 3, least squares (through the points only where there are
    //  four) pchip: piecewise cubic Hermite with the slopes of Fritsch and Butland (monotone where
    //  the points are) akima: Akima 1970, two ghost slopes at each end
    static Result<Curve> through(std::span<const double> x, std::span<const double> y,
                                 CurveMethod method);

    double at(double x) const;
    double integral(double from, double to) const; // exact for the pieces; inside the range of x

private:
    // y = sum of c[k] (x - start)^k for start <= x < the next start.
    struct Piece {
        double start;
        double c[4];
    };
    const Piece& pieceOf(double x) const;
    std::vector<Piece> pieces_;
};

} // namespace vitrine::video
