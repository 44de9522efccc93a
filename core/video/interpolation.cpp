#include "core/video/interpolation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace vitrine::video
{
namespace
{

using Values = std::vector<double>;

// Least squares by modified Gram-Schmidt on centred, scaled x: normal equations would lose half the
// digits.
std::array<double, 4> cubicFit(std::span<const double> x, std::span<const double> y, double centre,
                               double scale)
{
    const std::size_t n = x.size();
    std::array<Values, 4> q;
    std::array<std::array<double, 4>, 4> r{};
    for (std::size_t k = 0; k < 4; ++k) {
        q[k].resize(n);
        for (std::size_t i = 0; i < n; ++i)
            q[k][i] = std::pow((x[i] - centre) / scale, static_cast<double>(k));
    }
    const auto dot = [n](const Values& a, const Values& b) {
        double sum = 0;
        for (std::size_t i = 0; i < n; ++i)
            sum += a[i] * b[i];
        return sum;
    };
    for (std::size_t k = 0; k < 4; ++k) {
        for (int pass = 0; pass < 2; ++pass) // the second restores orthogonality
            for (std::size_t j = 0; j < k; ++j) {
                const double share = dot(q[j], q[k]);
                r[j][k] += share;
                for (std::size_t i = 0; i < n; ++i)
                    q[k][i] -= share * q[j][i];
            }
        r[k][k] = std::sqrt(dot(q[k], q[k]));
        for (double& value : q[k])
            value /= r[k][k];
    }
    std::array<double, 4> c{};
    const Values right(y.begin(), y.end());
    for (std::size_t k = 4; k-- > 0;) {
        c[k] = dot(q[k], right);
        for (std::size_t j = k + 1; j < 4; ++j)
            c[k] -= r[k][j] * c[j];
        c[k] /= r[k][k];
    }
    for (std::size_t k = 0; k < 4; ++k)
        c[k] /= std::pow(scale, static_cast<double>(k));
    return c;
}

int sign(double value)
{
    return value > 0 ? 1 : (value < 0 ? -1 : 0);
}

// Three-point slope at an end, kept from overshooting.
double endSlope(double h0, double h1, double m0, double m1)
{
    const double slope = ((2 * h0 + h1) * m0 - h0 * m1) / (h0 + h1);
    if (sign(slope) != sign(m0))
        return 0;
    if (sign(m0) != sign(m1) && std::abs(slope) > 3 * std::abs(m0))
        return 3 * m0;
    return slope;
}

// Fritsch & Butland 1984: weighted harmonic mean, 0 where the direction changes.
Values pchipSlopes(const Values& h, const Values& m)
{
    const std::size_t n = m.size() + 1;
    Values slopes(n);
    for (std::size_t i = 1; i + 1 < n; ++i) {
        if (m[i - 1] * m[i] <= 0)
            continue;
        const double w1 = 2 * h[i] + h[i - 1], w2 = h[i] + 2 * h[i - 1];
        slopes[i] = (w1 + w2) / (w1 / m[i - 1] + w2 / m[i]);
    }
    slopes[0] = endSlope(h[0], h[1], m[0], m[1]);
    slopes[n - 1] = endSlope(h[n - 2], h[n - 3], m[n - 2], m[n - 3]);
    return slopes;
}

// Akima 1970: neighbours' slopes weighted by how much those beyond them bend.
Values akimaSlopes(const Values& m)
{
    const std::size_t segments = m.size();
    Values all(segments + 4);
    std::ranges::copy(m, all.begin() + 2);
    all[1] = 2 * all[2] - all[3];
    all[0] = 2 * all[1] - all[2];
    all[segments + 2] = 2 * all[segments + 1] - all[segments];
    all[segments + 3] = 2 * all[segments + 2] - all[segments + 1];
    Values before(segments + 1), after(segments + 1);
    double largest = 0;
    for (std::size_t i = 0; i <= segments; ++i) {
        before[i] = std::abs(all[i + 1] - all[i]);
        after[i] = std::abs(all[i + 3] - all[i + 2]);
        largest = std::max(largest, before[i] + after[i]);
    }
    Values slopes(segments + 1);
    for (std::size_t i = 0; i <= segments; ++i) {
        const double sum = before[i] + after[i];
        slopes[i] = sum > 1e-9 * largest ? (after[i] * all[i + 1] + before[i] * all[i + 2]) / sum
                                         : (all[i] + all[i + 3]) / 2;
    }
    return slopes;
}

} // namespace

std::string_view curveMethodName(CurveMethod method)
{
    static constexpr std::string_view kNames[] = {"cubic", "pchip", "akima"};
    return kNames[static_cast<int>(method)];
}

Result<CurveMethod> parseCurveMethod(std::string_view name)
{
    for (const CurveMethod method : {CurveMethod::cubic, CurveMethod::pchip, CurveMethod::akima})
        if (curveMethodName(method) == name)
            return method;
    return argumentError("method \"{}\" is unknown: cubic, pchip and akima are known",
                         name.substr(0, 20));
}

Result<Curve> Curve::through(std::span<const double> x, std::span<const double> y,
                             CurveMethod method)
{
    if (x.size() < 4 || x.size() != y.size())
        return inputError("a curve of {} points: at least 4 are needed", x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (!std::isfinite(x[i]) || !std::isfinite(y[i]))
            return inputError("a point of the curve is not a finite number");
        if (i > 0 && x[i] <= x[i - 1])
            return inputError("the curve does not rise strictly: {} is followed by {}", x[i - 1],
                              x[i]);
    }
    Curve curve;
    if (method == CurveMethod::cubic) {
        const double centre = (x.front() + x.back()) / 2;
        const auto c = cubicFit(x, y, centre, (x.back() - x.front()) / 2);
        curve.pieces_.push_back({centre, {c[0], c[1], c[2], c[3]}});
        return curve;
    }
    Values h(x.size() - 1), m(x.size() - 1);
    for (std::size_t i = 0; i < h.size(); ++i) {
        h[i] = x[i + 1] - x[i];
        m[i] = (y[i + 1] - y[i]) / h[i];
    }
    const Values slopes = method == CurveMethod::pchip ? pchipSlopes(h, m) : akimaSlopes(m);
    for (std::size_t i = 0; i < h.size(); ++i)
        curve.pieces_.push_back(
            {x[i],
             {y[i], slopes[i], (3 * m[i] - 2 * slopes[i] - slopes[i + 1]) / h[i],
              (slopes[i] + slopes[i + 1] - 2 * m[i]) / (h[i] * h[i])}});
    return curve;
}

const Curve::Piece& Curve::pieceOf(double x) const
{
    const auto next = std::ranges::upper_bound(pieces_, x, {}, &Piece::start);
    return next == pieces_.begin() ? pieces_.front() : *std::prev(next);
}

double Curve::at(double x) const
{
    const Piece& piece = pieceOf(x);
    const double t = x - piece.start;
    return piece.c[0] + t * (piece.c[1] + t * (piece.c[2] + t * piece.c[3]));
}

double Curve::integral(double from, double to) const
{
    const auto primitive = [](const Piece& piece, double x) {
        const double t = x - piece.start;
        return t * (piece.c[0] + t * (piece.c[1] / 2 + t * (piece.c[2] / 3 + t * piece.c[3] / 4)));
    };
    double sum = 0;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
        const double infinity = std::numeric_limits<double>::infinity();
        const double low = std::max(from, i == 0 ? -infinity : pieces_[i].start);
        const double high = std::min(to, i + 1 == pieces_.size() ? infinity : pieces_[i + 1].start);
        if (low < high)
            sum += primitive(pieces_[i], high) - primitive(pieces_[i], low);
    }
    return sum;
}

} // namespace vitrine::video
