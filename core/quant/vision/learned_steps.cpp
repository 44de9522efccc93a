#include "core/quant/vision/learned_steps.h"

#include "core/base/parallel.h"
#include "core/quant/vision/in_layer.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace vitrine::quant
{
namespace
{

constexpr std::int64_t kMostRows = 2048;
constexpr double kRowsShare = 0.2; // of the progress

// Of each place some rows of every picture, evenly spread, less the centres.
Result<std::vector<Matrix>> rowsOfPlaces(const CalibrationPasses& passes,
                                         const std::vector<StepPlace>& places,
                                         const std::function<bool(double)>& progress)
{
    const auto pictures = static_cast<std::int64_t>(passes.pictures().size());
    const std::int64_t most = std::max<std::int64_t>(1, kMostRows / pictures);
    std::map<std::size_t, std::size_t> placeOf;
    for (std::size_t i = 0; i < places.size(); ++i)
        placeOf[places[i].from] = i;
    std::vector<std::vector<double>> values(places.size());
    VITRINE_CHECK(passes.run(
        [&](const model::LayerOutput& output) {
            const auto found = placeOf.find(output.layer);
            if (found == placeOf.end())
                return;
            const std::vector<double>& centres = places[found->second].centres;
            const std::int64_t rows = std::min(most, output.rows);
            for (std::int64_t i = 0; i < rows; ++i)
                for (std::int64_t c = 0; c < output.columns; ++c)
                    values[found->second].push_back(
                        static_cast<double>(output.values[static_cast<std::size_t>(
                            i * output.rows / rows * output.columns + c)]) -
                        (centres.empty() ? 0 : centres[static_cast<std::size_t>(c)]));
        },
        progress));
    std::vector<Matrix> all;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const Eigen::Index columns = places[i].weights.cols();
        all.emplace_back(Eigen::Map<const Matrix>(
            values[i].data(), static_cast<Eigen::Index>(values[i].size()) / columns, columns));
    }
    return all;
}

// W (x + c) - W^ c: what W^ x^ should be where the bias takes W^ c in.
Matrix answersWanted(const StepPlace& place, const Matrix& x)
{
    Matrix wanted = Matrix::Zero(x.rows(), place.weights.rows());
    addProduct(wanted, x, place.weights.transpose());
    if (!place.centres.empty()) {
        const Eigen::Map<const Eigen::VectorXd> centres(
            place.centres.data(), static_cast<Eigen::Index>(place.centres.size()));
        wanted.rowwise() += ((place.weights - place.decoded) * centres).transpose();
    }
    return wanted;
}

} // namespace

Result<std::vector<LearnedStep>> learnSteps(const CalibrationPasses& passes,
                                            const std::vector<StepPlace>& places,
                                            const StepLearningSettings& settings,
                                            const std::function<bool(double share)>& progress)
{
    const auto ofRows = [&](double share) { return !progress || progress(kRowsShare * share); };
    VITRINE_TRY(const auto rows, rowsOfPlaces(passes, places, ofRows));
    if (progress && !progress(kRowsShare))
        return cancelled();
    std::vector<Result<LearnedStep>> found(places.size());
    parallelFor(places.size(), [&](std::size_t i) {
        found[i] = inLayer(passes.network().layers[places[i].from].shape.name,
                           learnStep(places[i].decoded, rows[i], answersWanted(places[i], rows[i]),
                                     places[i].grid, settings));
    });
    std::vector<LearnedStep> learned;
    for (const Result<LearnedStep>& one : found) {
        VITRINE_TRY(const LearnedStep& step, one);
        learned.push_back(step);
    }
    return learned;
}

std::string stepWords(const std::vector<LearnedStep>& learned, const StepLearningSettings& settings)
{
    double share = 0;
    for (const LearnedStep& step : learned)
        share += step.errorBefore > 0 ? step.errorAfter / step.errorBefore : 1;
    const auto better = std::ranges::count_if(
        learned, [](const LearnedStep& step) { return step.errorAfter < step.errorBefore; });
    return fmt::format("Learned steps: those of what {} pointwise convolutions and linear layers "
                       "alone read were learned in {} steps each [published: {} for all "
                       "activations]; {} changed for the better, and losses became {:.0f} % of "
                       "what they were on average.",
                       learned.size(), settings.iterations, StepLearningSettings().iterations,
                       better,
                       learned.empty() ? 100 : 100 * share / static_cast<double>(learned.size()));
}

} // namespace vitrine::quant
