#pragma once

#include "core/quant/matrix.h"
#include "core/quant/vision/power_scale.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace vitrine::quant
{

// What changed weights cost: `difference` [outputs, inputs] is what the weights lost, and the
// result holds for each output the mean over all rows x of (difference x)^2. The bias plays no
// part.
using OutputLosses = std::function<std::vector<double>(const Matrix& difference)>;

// From the mean of x x^T over all rows [inputs, inputs], so that no row has to be kept:
//   ||X D^T||^2 = tr(D X^T X D^T).
// HessianSum::mean() divided by the rows of one sequence is that mean. The matrix must outlive the
// result.
OutputLosses lossesFromMeanSquare(const Matrix& meanSquare);
// From the rows themselves, [rows, inputs]: what the other is judged by.
OutputLosses lossesFromRows(const Matrix& rows);

// Of symmetric signed codes.
struct WeightScales {
    int bits = 8;
    std::vector<double> scales; // one for the tensor, or one for each output

    double of(std::size_t output) const { return scales.size() == 1 ? scales[0] : scales[output]; }
};
std::vector<std::int32_t> weightCodes(const Matrix& weights, const WeightScales& scales,
                                      Rounding rounding = Rounding::halfEven);
// What the codes stand for.
Matrix quantizedWeights(const Matrix& weights, const WeightScales& scales,
                        Rounding rounding = Rounding::halfEven);

// P²-ViT has one scale for a tensor of 8 bits and one for each output of 4 bits.
struct WeightScaleSettings {
    int bits = 8;
    bool isPerOutput = false;
    PowerRounding power = PowerRounding::adaptive;
    ExponentWindow window = {};
    Rounding rounding = Rounding::halfEven;
};

struct WeightChoice {
    WeightScales scales;
    std::vector<PowerChoice> choices; // of each scale, with the losses of all candidates
};
// Weights [outputs, inputs]. Each output's scale is searched alone where there is one for each.
WeightChoice chooseWeightScales(const Matrix& weights, const OutputLosses& losses,
                                const WeightScaleSettings& settings);

} // namespace vitrine::quant
