#include "core/quant/vision/ada_round.h"

#include "core/quant/vision/adam.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine::quant
{
namespace
{

constexpr double kZeta = 1.1, kGamma = -0.1; // the sigmoid is stretched and cut, to reach 0 and 1

// One layer's rounding while it is learned: code = floor(w / scale) + zero + h(v).
class SoftRounding
{
public:
    SoftRounding(const Matrix& weights, std::span<const CodeGrid> grids, const LayerSums& samples)
        : grids_(grids),
          samples_(samples),
          floor_(weights.rows(), weights.cols()),
          v_(weights.rows(), weights.cols()),
          adam_(weights.rows(), weights.cols())
    {
        for (Eigen::Index row = 0; row < weights.rows(); ++row)
            for (Eigen::Index column = 0; column < weights.cols(); ++column) {
                const CodeGrid& grid = gridOf(row);
                const double place = weights(row, column) / grid.scale;
                floor_(row, column) = std::floor(place) + static_cast<double>(grid.zero);
                // h(v) is the fraction that floor cuts off.
                const double rest = place - std::floor(place);
                v_(row, column) = -std::log((kZeta - kGamma) / (rest - kGamma) - 1);
            }
    }

    // One step of Adam; the regulariser is left out where its weight is 0.
    void step(double rate, double regulariser, double beta)
    {
        const Matrix shares = v_.unaryExpr([](double v) { return h(v); });
        Matrix error = -samples_.cross;
        addProduct(error, decoded(shares), samples_.inputs);
        Matrix gradient(v_.rows(), v_.cols());
        for (Eigen::Index row = 0; row < v_.rows(); ++row)
            for (Eigen::Index column = 0; column < v_.cols(); ++column) {
                const double share = shares(row, column);
                const double pull =
                    regulariser == 0 ? 0 : regulariser * regulariserSlope(share, beta);
                gradient(row, column) =
                    slope(share) * (codeSlope(row, column, share) * 2 * error(row, column) /
                                        static_cast<double>(samples_.samples) +
                                    pull);
            }
        adam_.step(v_, gradient, rate);
    }

    // Weights for the codes that lie so far above the lower ones, 0 .. 1.
    Matrix decoded(const Matrix& shares) const
    {
        Matrix weights(v_.rows(), v_.cols());
        for (Eigen::Index row = 0; row < v_.rows(); ++row)
            for (Eigen::Index column = 0; column < v_.cols(); ++column)
                weights(row, column) = (clamped(row, floor_(row, column) + shares(row, column)) -
                                        static_cast<double>(gridOf(row).zero)) *
                                       gridOf(row).scale;
        return weights;
    }
    Matrix decided() const
    {
        return decoded(v_.unaryExpr([](double v) { return v >= 0 ? 1.0 : 0.0; }));
    }

private:
    static double sigmoid(double v) { return 1 / (1 + std::exp(-v)); }
    static double h(double v)
    {
        return std::clamp(sigmoid(v) * (kZeta - kGamma) + kGamma, 0.0, 1.0);
    }
    // Of h, by its value: the sigmoid's is s (1 - s).
    static double slope(double share)
    {
        return share > 0 && share < 1 ? (share - kGamma) * (kZeta - share) / (kZeta - kGamma) : 0;
    }
    // Of 1 - |2 h - 1|^beta.
    static double regulariserSlope(double share, double beta)
    {
        const double x = 2 * share - 1;
        return -2 * beta * std::copysign(std::pow(std::abs(x), beta - 1), x);
    }

    const CodeGrid& gridOf(Eigen::Index row) const { return grids_[static_cast<std::size_t>(row)]; }
    double clamped(Eigen::Index row, double code) const
    {
        return std::clamp(code, static_cast<double>(gridOf(row).low()),
                          static_cast<double>(gridOf(row).high()));
    }
    double codeSlope(Eigen::Index row, Eigen::Index column, double share) const
    {
        const double code = floor_(row, column) + share;
        return clamped(row, code) == code ? gridOf(row).scale : 0;
    }

    const std::span<const CodeGrid> grids_;
    const LayerSums& samples_;
    Matrix floor_, v_;
    Adam adam_;
};

Matrix nearestWeights(const Matrix& weights, std::span<const CodeGrid> grids)
{
    Matrix nearest = weights;
    for (Eigen::Index row = 0; row < weights.rows(); ++row)
        for (double& w : nearest.row(row))
            w = grids[static_cast<std::size_t>(row)].nearest(w, Rounding::halfUp);
    return nearest;
}

std::vector<std::int32_t> codesOfWeights(const Matrix& decoded, std::span<const CodeGrid> grids)
{
    std::vector<std::int32_t> codes;
    for (Eigen::Index row = 0; row < decoded.rows(); ++row)
        for (const double w : decoded.row(row))
            codes.push_back(static_cast<std::int32_t>(
                grids[static_cast<std::size_t>(row)].code(w, Rounding::halfUp)));
    return codes;
}

} // namespace

AdaRoundSettings adaRoundIn(int iterations)
{
    AdaRoundSettings settings;
    settings.rate *= static_cast<double>(settings.iterations) / iterations;
    settings.iterations = iterations;
    return settings;
}

Result<RoundedWeights> adaRound(const Matrix& weights, std::span<const CodeGrid> grids,
                                const LayerSums& samples, const AdaRoundSettings& settings,
                                const std::function<bool(double)>& progress)
{
    assert(grids.size() == static_cast<std::size_t>(weights.rows()) && samples.samples > 0);
    if (!weights.allFinite() || !samples.inputs.allFinite() || !samples.cross.allFinite())
        return inputError("rounding cannot be learned: NaN or infinity among weights or samples");
    SoftRounding rounding(weights, grids, samples);
    const double warm = settings.warmUp * settings.iterations;
    for (int i = 0; i < settings.iterations; ++i) {
        if (progress && i % 50 == 0 && !progress(static_cast<double>(i) / settings.iterations))
            return cancelled();
        const double left = std::max(0.0, 1 - (i - warm) / (settings.iterations - warm));
        rounding.step(settings.rate, i < warm ? 0 : settings.regulariser,
                      settings.lastBeta + (settings.firstBeta - settings.lastBeta) * left);
    }
    RoundedWeights result{.codes = {}, .decoded = nearestWeights(weights, grids)};
    result.nearestError = result.error = samples.meanError(result.decoded);
    const Matrix learned = rounding.decided();
    if (const double error = samples.meanError(learned); error < result.nearestError) {
        result.decoded = learned;
        result.error = error;
    }
    result.codes = codesOfWeights(result.decoded, grids);
    return result;
}

} // namespace vitrine::quant
