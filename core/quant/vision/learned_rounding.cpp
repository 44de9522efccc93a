#include "core/quant/vision/learned_rounding.h"

#include "core/base/parallel.h"
#include "core/quant/vision/in_layer.h"
#include "core/quant/vision/simulated_run.h"

#include <algorithm>
#include <fmt/format.h>

namespace vitrine::quant
{
namespace
{

// What the channels of a layer's input have had subtracted, to stand for the original's values.
const std::vector<double>* centresOfInput(const CodedVision& coded, std::size_t layer)
{
    const auto& inputs = coded.network().layers[layer].inputs;
    if (inputs.empty() || inputs[0] == 0)
        return nullptr;
    const auto* product = std::get_if<CodedProduct>(&coded.layers[inputs[0] - 1].work);
    const bool isItsActivation =
        product && std::holds_alternative<std::monostate>(coded.layers[inputs[0]].work);
    return isItsActivation && !product->centres.empty() ? &product->centres : nullptr;
}

// What codes stand for where they are read, factors of channels still in them.
Matrix valuesRead(const SimulatedInput& input, const std::vector<double>* centres)
{
    Matrix values = *input.codes;
    for (Eigen::Index c = 0; c < values.cols(); ++c) {
        const auto channel = static_cast<std::size_t>(c);
        values.col(c) *= input.grid->scaleOf(channel);
        if (centres)
            values.col(c).array() += (*centres)[channel];
    }
    return values;
}

std::int64_t groupsOf(const model::LayerShape& shape)
{
    return shape.conv.inChannels > 0 ? shape.conv.groups : 1;
}

class NetworkRounding
{
public:
    NetworkRounding(const CodedVision& coded, const CalibrationPasses& passes,
                    const RoundingWork& work, const AdaRoundSettings& settings,
                    const std::function<bool(double)>& progress)
        : coded_(coded), passes_(passes), work_(work), settings_(settings), progress_(progress)
    {
        for (const std::vector<float>& picture : passes.pictures())
            runs_.emplace_back(coded, picture, pass_);
    }

    Result<std::vector<RoundedLayer>> run()
    {
        const auto plan = model::forwardPlan(coded_.network());
        for (std::size_t i = 0; i < plan.size(); ++i) {
            share_ = static_cast<double>(i) / static_cast<double>(plan.size());
            if (progress_ && !progress_(share_))
                return cancelled();
            if (std::holds_alternative<CodedProduct>(coded_.layers[plan[i].layer].work))
                VITRINE_CHECK(inLayer(coded_.network().layers[plan[i].layer].shape.name,
                                      roundLayer(plan[i].layer)));
            parallelFor(runs_.size(), [&](std::size_t run) { runs_[run].take(plan[i]); });
        }
        return std::move(rounded_);
    }

private:
    Result<void> roundLayer(std::size_t layer)
    {
        const WeightsToRound weights = work_.weights(layer);
        VITRINE_TRY(const std::vector<LayerSums> sums, sumsOf(layer, weights));
        const auto rows = weights.values.rows() / static_cast<Eigen::Index>(sums.size());
        std::vector<Result<RoundedWeights>> found(sums.size());
        parallelFor(sums.size(), [&](std::size_t group) {
            const auto first = static_cast<Eigen::Index>(group) * rows;
            found[group] = adaRound(
                weights.values.middleRows(first, rows),
                std::span(weights.grids)
                    .subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(rows)),
                sums[group], settings_, goesOn(sums.size()));
        });
        RoundedLayer layerFound{.name = coded_.network().layers[layer].shape.name};
        std::vector<std::int32_t> codes;
        for (const Result<RoundedWeights>& group : found) {
            if (!group)
                return tl::unexpected(group.error());
            codes.insert(codes.end(), group->codes.begin(), group->codes.end());
            layerFound.nearestError += group->nearestError;
            layerFound.error += group->error;
        }
        rounded_.push_back(std::move(layerFound));
        return work_.take(layer, codes);
    }

    // Of each group: what it reads in codes, and what the original answers.
    Result<std::vector<LayerSums>> sumsOf(std::size_t layer, const WeightsToRound& weights) const
    {
        const model::LayerShape& shape = coded_.network().layers[layer].shape;
        const std::int64_t groups = groupsOf(shape);
        const Eigen::Index rows = weights.values.rows() / groups;
        std::vector<LayerSums> sums(static_cast<std::size_t>(groups),
                                    LayerSums(rows, weights.values.cols()));
        const Eigen::Map<const Eigen::RowVectorXf> bias(
            weights.bias.data(), static_cast<Eigen::Index>(weights.bias.size()));
        std::size_t picture = 0;
        VITRINE_CHECK(passes_.run([&](const model::LayerOutput& output) {
            if (output.layer != layer)
                return;
            const Matrix read =
                valuesRead(runs_[picture++].inputOf(layer, 0), centresOfInput(coded_, layer));
            const Matrix answers =
                (Eigen::Map<
                     const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
                     output.values.data(), output.rows, output.columns)
                     .rowwise() -
                 bias)
                    .cast<double>();
            parallelFor(sums.size(), [&](std::size_t group) {
                const auto of = static_cast<Eigen::Index>(group);
                const Matrix wanted = answers.middleCols(of * rows, rows);
                if (shape.conv.inChannels > 0)
                    sums[group].add(convolutionRows(shape.conv, of, read), wanted);
                else
                    sums[group].add(read, wanted);
            });
        }));
        return sums;
    }

    // Asked on this thread: by layers of one group, which are the large ones.
    std::function<bool(double)> goesOn(std::size_t groups) const
    {
        if (!progress_ || groups > 1)
            return {};
        return [this](double) { return progress_(share_); };
    }

    const CodedVision& coded_;
    const CalibrationPasses& passes_;
    const RoundingWork& work_;
    const AdaRoundSettings& settings_;
    const std::function<bool(double)>& progress_;
    const SimulatedPass pass_;
    std::vector<SimulatedRun> runs_; // of each picture
    double share_ = 0;
    std::vector<RoundedLayer> rounded_;
};

} // namespace

Result<std::vector<RoundedLayer>>
learnRounding(const CodedVision& coded, const CalibrationPasses& passes, const RoundingWork& work,
              const AdaRoundSettings& settings, const std::function<bool(double share)>& progress)
{
    return NetworkRounding(coded, passes, work, settings, progress).run();
}

std::string roundingWords(const std::vector<RoundedLayer>& layers, const AdaRoundSettings& settings)
{
    double share = 0;
    std::size_t better = 0;
    for (const RoundedLayer& layer : layers) {
        better += layer.error < layer.nearestError;
        share += layer.nearestError > 0 ? layer.error / layer.nearestError : 1;
    }
    return fmt::format("AdaRound: rounding was learned in {} steps for each layer, layer by layer "
                       "on what the codes before it give [ours; published: 20,000 steps, block by "
                       "block]; it is better than to nearest in {} of {} layers, whose outputs "
                       "lose {:.0f} % of what they lost on average.",
                       settings.iterations, better, layers.size(),
                       100 * share / static_cast<double>(layers.size()));
}

} // namespace vitrine::quant
