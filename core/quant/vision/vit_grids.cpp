#include "core/quant/vision/vit_grids.h"

#include "core/model/vision/folded_weights.h"
#include "core/quant/vision/channel_factors.h"
#include "core/quant/vision/grid_losses.h"
#include "core/quant/vision/smoothing.h"
#include "core/quant/vision/vit_places.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace vitrine::quant
{
namespace
{

using model::LayerKind;
using model::NetworkLayer;

constexpr int kTensorBits = 8; // of residuals, norms and embeddings, whatever the activations have

// One network on its way to its grids.
class VitChooser
{
public:
    VitChooser(const VitScheme& scheme, const VisionQuantTask& task,
               const CalibrationPasses& passes)
        : scheme_(scheme), task_(task), passes_(passes), network_(passes.network())
    {
    }

    Result<VitGrids> choose()
    {
        VITRINE_CHECK(readWeights());
        VITRINE_TRY(seen_, seeNetwork(passes_, part(0)));
        smooth();
        chooseWeights();
        chosen_.outputs.resize(network_.layers.size());
        VITRINE_CHECK(chooseGrids());
        chosen_.picture = gridOfPictures();
        chosen_.placed = gridOfPositions();
        return std::move(chosen_);
    }

private:
    // The share of the whole work that pass `pass` of two is.
    std::function<bool(double)> part(int pass) const
    {
        if (!task_.progress)
            return {};
        return [this, pass](double share) { return task_.progress((pass + share) / 2); };
    }
    Result<void> readWeights();
    void smooth();
    void chooseWeights();
    Result<void> chooseGrids();
    Range rangeOfLayer(std::size_t layer) const; // smoothed
    CodeGrid gridOfPictures() const;
    CodeGrid gridOfPositions() const;
    CodeGrid chosenGrid(const CodeGrid& raw, const GridLosses* losses) const;
    std::vector<float> smoothed(std::size_t layer, std::span<const float> values) const;
    Matrix smoothedSquare(std::size_t layer) const; // of what a product reads

    const VitScheme& scheme_;
    const VisionQuantTask& task_;
    const CalibrationPasses& passes_;
    const model::Network& network_;
    SeenNetwork seen_;
    VitGrids chosen_;
};

Result<void> VitChooser::readWeights()
{
    chosen_.weights.resize(network_.layers.size());
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
        const NetworkLayer& layer = network_.layers[i];
        if (layer.shape.kind == LayerKind::tokens)
            for (const model::NetworkTensor& tensor : layer.tensors) {
                VITRINE_TRY(const auto values, model::finiteTensor(tensor.name, *task_.checkpoint));
                auto& to = tensor.name == "pos_embed" ? chosen_.positions : chosen_.firstTokens;
                to.insert(to.end(), values.begin(), values.end());
            }
        if (!isVitProduct(layer.shape.kind))
            continue;
        VITRINE_TRY(auto folded, model::foldedWeights(layer, *task_.checkpoint));
        chosen_.weights[i].values =
            Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
                folded.weights.data(), layer.shape.n, layer.shape.k)
                .cast<double>();
        chosen_.weights[i].bias = std::move(folded.bias);
        chosen_.weights[i].bias.resize(static_cast<std::size_t>(layer.shape.n));
    }
    return {};
}

void VitChooser::smooth()
{
    chosen_.smoothing.resize(network_.layers.size());
    for (std::size_t i = 0; scheme_.smoothing && i < network_.layers.size(); ++i) {
        const auto reader = smoothedReader(network_, i);
        if (!reader)
            continue;
        Matrix& weights = chosen_.weights[*reader].values;
        chosen_.smoothing[i] = smoothColumns(
            weights, smoothingExponents(seen_.layers[i].channelMost, columnMaxima(weights),
                                        smoothingAlpha(network_, *reader)));
    }
}

void VitChooser::chooseWeights()
{
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
        if (!isVitProduct(network_.layers[i].shape.kind))
            continue;
        const Matrix square = smoothedSquare(i);
        const int bits = task_.settings.weightBitsOf(network_.layers[i]);
        chosen_.weights[i].scales =
            chooseWeightScales(chosen_.weights[i].values, lossesFromMeanSquare(square),
                               {.bits = bits,
                                .isPerOutput = scheme_.fewBitsPerOutput && bits < kTensorBits,
                                .power = scheme_.power,
                                .rounding = Rounding::halfUp})
                .scales;
    }
}

Matrix VitChooser::smoothedSquare(std::size_t layer) const
{
    Matrix square = seen_.layers[layer].meanSquare;
    if (network_.layers[layer].inputs.empty() ||
        chosen_.smoothing[network_.layers[layer].inputs[0]].empty())
        return square;
    const std::vector<double>& by = chosen_.smoothing[network_.layers[layer].inputs[0]];
    const Eigen::Map<const Eigen::VectorXd> factors(by.data(),
                                                    static_cast<Eigen::Index>(by.size()));
    return factors.asDiagonal() * square * factors.asDiagonal();
}

std::vector<float> VitChooser::smoothed(std::size_t layer, std::span<const float> values) const
{
    std::vector<float> result(values.begin(), values.end());
    const std::vector<double>& by = chosen_.smoothing[layer];
    for (std::size_t i = 0; !by.empty() && i < result.size(); ++i)
        result[i] = static_cast<float>(static_cast<double>(result[i]) * by[i % by.size()]);
    return result;
}

CodeGrid VitChooser::chosenGrid(const CodeGrid& raw, const GridLosses* losses) const
{
    CodeGrid grid = raw;
    grid.scale =
        choosePower(raw.scale, scheme_.power, {}, losses ? losses->means() : std::vector<double>())
            .scale;
    return grid;
}

Range VitChooser::rangeOfLayer(std::size_t layer) const
{
    ValueRange seen = seen_.layers[layer].range;
    if (network_.layers[layer].inputs.empty()) // class tokens stand beside the patches
        seen.include(chosen_.firstTokens);
    if (chosen_.smoothing[layer].empty())
        return {seen.low, seen.high};
    double most = 0;
    for (std::size_t c = 0; c < chosen_.smoothing[layer].size(); ++c)
        most = std::max(most, seen_.layers[layer].channelMost[c] * chosen_.smoothing[layer][c]);
    return {-most, most};
}

Result<void> VitChooser::chooseGrids()
{
    const bool isAdaptive = scheme_.power == PowerRounding::adaptive;
    const std::size_t count = network_.layers.size();
    std::vector<CodeGrid> raw(count);
    std::vector<std::optional<GridLosses>> losses(count);
    std::vector<std::optional<ChannelFactorSearch>> factors(count);
    for (std::size_t i = 0; i < count; ++i) {
        if (network_.layers[i].shape.kind == LayerKind::softmax)
            continue;
        raw[i] = symmetricGrid(rangeOfLayer(i), activationBits(network_, i, task_.settings));
        if (scheme_.channelFactors && isResidual(network_, i))
            factors[i].emplace(
                static_cast<std::size_t>(network_.layers[i].shape.n), raw[i],
                ChannelFactorSettings{.isGlobalPowerOfTwo = scheme_.power != PowerRounding::none,
                                      .rounding = Rounding::halfUp});
        else if (isAdaptive)
            losses[i].emplace(candidateGrids(raw[i]), Rounding::halfUp);
    }
    if (losses.front())
        losses.front()->add(std::span<const float>(chosen_.firstTokens));
    const auto isOpen = [](const auto& one) { return one.has_value(); };
    if (std::ranges::any_of(losses, isOpen) || std::ranges::any_of(factors, isOpen))
        VITRINE_CHECK(passes_.run(
            [&](const model::LayerOutput& output) {
                if (losses[output.layer])
                    losses[output.layer]->add(
                        std::span<const float>(smoothed(output.layer, output.values)));
                if (factors[output.layer])
                    factors[output.layer]->add(output.values);
            },
            part(1)));
    for (std::size_t i = 0; i < count; ++i) {
        if (network_.layers[i].shape.kind == LayerKind::softmax)
            continue; // its weights lie in 0 .. 1
        chosen_.outputs[i] = factors[i] ? factors[i]->choose().grid
                                        : chosenGrid(raw[i], losses[i] ? &*losses[i] : nullptr);
    }
    return {};
}

CodeGrid VitChooser::gridOfPictures() const
{
    const CodeGrid raw = symmetricGrid({seen_.picture.low, seen_.picture.high}, kTensorBits);
    GridLosses losses(candidateGrids(raw), Rounding::halfUp);
    for (const std::vector<float>& picture : passes_.pictures())
        losses.add(std::span<const float>(picture));
    return chosenGrid(raw, &losses);
}

CodeGrid VitChooser::gridOfPositions() const
{
    const ValueRange range = rangeOf(chosen_.positions);
    const CodeGrid raw = symmetricGrid({range.low, range.high}, kTensorBits);
    GridLosses losses(candidateGrids(raw), Rounding::halfUp);
    losses.add(std::span<const float>(chosen_.positions));
    return chosenGrid(raw, &losses);
}

} // namespace

bool isVitProduct(LayerKind kind)
{
    return kind == LayerKind::conv || kind == LayerKind::linear;
}

int activationBits(const model::Network& network, std::size_t layer,
                   const VisionQuantSettings& settings)
{
    return isResidual(network, layer) ? kTensorBits : settings.activationBits;
}

Result<VitGrids> chooseVitGrids(const VitScheme& scheme, const VisionQuantTask& task,
                                const CalibrationPasses& passes)
{
    return VitChooser(scheme, task, passes).choose();
}

} // namespace vitrine::quant
