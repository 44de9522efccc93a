#include "core/quant/vision/step_learning.h"

#include "core/base/random.h"
#include "core/quant/vision/adam.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace vitrine::quant
{
namespace
{

Matrix onStepGrid(const ConstRows& x, const CodeGrid& grid)
{
    return x.unaryExpr([&](double value) { return grid.nearest(value, Rounding::halfUp); });
}

// W x^ - y of each row.
Matrix outputErrors(const Matrix& weights, const Matrix& x, const ConstRows& y)
{
    Matrix errors = -y;
    addProduct(errors, x, weights.transpose());
    return errors;
}

double meanPower(const Matrix& errors, double power)
{
    return errors.cwiseAbs().array().pow(power).sum() / static_cast<double>(errors.rows());
}

// d x^ / d step: the code where x lies beyond the ends, else what rounding moves it by, in steps.
double stepSlope(double x, const CodeGrid& grid)
{
    const double place = x / grid.scale;
    const double code = std::floor(place + 0.5), low = static_cast<double>(grid.low() - grid.zero),
                 high = static_cast<double>(grid.high() - grid.zero);
    return code < low ? low : code > high ? high : code - place;
}

// Of meanPower, by the step.
double stepGradient(const Matrix& weights, const Matrix& x, const Matrix& y, const CodeGrid& grid,
                    double power)
{
    const Matrix errors = outputErrors(weights, onStepGrid(x, grid), y);
    const Matrix pulls = errors.unaryExpr([&](double e) {
        return power * std::copysign(std::pow(std::abs(e), power - 1), e);
    }) / static_cast<double>(x.rows());
    Matrix inputPulls = Matrix::Zero(x.rows(), x.cols());
    addProduct(inputPulls, pulls, weights);
    return inputPulls.cwiseProduct(x.unaryExpr([&](double v) { return stepSlope(v, grid); })).sum();
}

} // namespace

Result<LearnedStep> learnStep(const Matrix& weights, const ConstRows& x, const ConstRows& y,
                              const CodeGrid& start, const StepLearningSettings& settings,
                              const std::function<bool(double)>& progress)
{
    assert(x.rows() == y.rows() && x.rows() > 0 && start.shifts.empty());
    assert(weights.cols() == x.cols() && weights.rows() == y.cols());
    if (!weights.allFinite() || !x.allFinite() || !y.allFinite())
        return inputError("a step cannot be learned: NaN or infinity among weights or samples");
    Random random(settings.seed);
    Adam adam(1, 1);
    Matrix step = Matrix::Constant(1, 1, start.scale), gradient(1, 1);
    Matrix someX(settings.batch, x.cols()), someY(settings.batch, y.cols());
    CodeGrid grid = start;
    for (int i = 0; i < settings.iterations; ++i) {
        const double share = static_cast<double>(i) / settings.iterations;
        if (progress && i % 50 == 0 && !progress(share))
            return cancelled();
        for (Eigen::Index row = 0; row < settings.batch; ++row) {
            const auto drawn =
                static_cast<Eigen::Index>(random.below(static_cast<std::uint64_t>(x.rows())));
            someX.row(row) = x.row(drawn);
            someY.row(row) = y.row(drawn);
        }
        gradient(0, 0) = stepGradient(weights, someX, someY, grid, settings.power);
        adam.step(step, gradient, settings.rate * (1 + std::cos(std::numbers::pi * share)) / 2);
        step(0, 0) = std::max(step(0, 0), start.scale / 100);
        grid.scale = step(0, 0);
    }
    const auto errorOf = [&](const CodeGrid& on) {
        return meanPower(outputErrors(weights, onStepGrid(x, on), y), settings.power);
    };
    LearnedStep learned{.grid = start, .errorBefore = errorOf(start)};
    learned.errorAfter = errorOf(grid);
    if (learned.errorAfter < learned.errorBefore)
        learned.grid = grid;
    else
        learned.errorAfter = learned.errorBefore;
    return learned;
}

} // namespace vitrine::quant
