#include "core/model/vision/folded_weights.h"

#include "core/tensor/printable.h"

#include <cmath>

namespace vitrine::model
{
namespace
{

// What each output is multiplied by, and what is added to it then.
struct OutputLine {
    std::vector<double> factor, offset;
};

Result<OutputLine> batchNormLine(const NetworkLayer& layer, const Checkpoint& checkpoint)
{
    const std::string& name = layer.batchNorm;
    VITRINE_TRY(const auto gamma, finiteTensor(name + ".weight", checkpoint));
    VITRINE_TRY(const auto beta, finiteTensor(name + ".bias", checkpoint));
    VITRINE_TRY(const auto mean, finiteTensor(name + ".running_mean", checkpoint));
    VITRINE_TRY(const auto variance, finiteTensor(name + ".running_var", checkpoint));
    OutputLine line;
    for (std::size_t i = 0; i < gamma.size(); ++i) {
        if (variance[i] < 0)
            return inputError("tensor \"{}.running_var\" holds {}, a variance below 0",
                              printable(name), variance[i]);
        line.factor.push_back(static_cast<double>(gamma[i]) /
                              std::sqrt(static_cast<double>(variance[i]) +
                                        static_cast<double>(layer.batchNormEpsilon)));
        line.offset.push_back(static_cast<double>(beta[i]) -
                              static_cast<double>(mean[i]) * line.factor.back());
    }
    return line;
}

void apply(const OutputLine& line, FoldedWeights& weights)
{
    const std::size_t outputs = line.factor.size(), each = weights.weights.size() / outputs;
    const bool hasOffset = !line.offset.empty();
    if (hasOffset && weights.bias.empty())
        weights.bias.resize(outputs);
    for (std::size_t o = 0; o < outputs; ++o) {
        for (std::size_t i = 0; i < each; ++i) {
            float& weight = weights.weights[o * each + i];
            weight = static_cast<float>(static_cast<double>(weight) * line.factor[o]);
        }
        if (!weights.bias.empty())
            weights.bias[o] =
                static_cast<float>(static_cast<double>(weights.bias[o]) * line.factor[o] +
                                   (hasOffset ? line.offset[o] : 0));
    }
}

} // namespace

Result<std::vector<float>> finiteTensor(const std::string& name, const Checkpoint& checkpoint)
{
    VITRINE_TRY(const TensorView view, checkpoint.tensor(name));
    std::vector<float> values = toFloat(view);
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!std::isfinite(values[i]))
            return inputError("tensor \"{}\" holds {} at place {}: numbers are expected",
                              printable(name), values[i], i);
    return values;
}

Result<FoldedWeights> foldedWeights(const NetworkLayer& layer, const Checkpoint& checkpoint)
{
    FoldedWeights weights;
    VITRINE_TRY(weights.weights, finiteTensor(layer.shape.name + ".weight", checkpoint));
    if (layer.shape.bias) {
        VITRINE_TRY(weights.bias, finiteTensor(layer.shape.name + ".bias", checkpoint));
    }
    if (!layer.batchNorm.empty()) {
        VITRINE_TRY(const OutputLine line, batchNormLine(layer, checkpoint));
        apply(line, weights);
    }
    if (!layer.factor.empty()) {
        VITRINE_TRY(const auto factor, finiteTensor(layer.factor, checkpoint));
        apply({{factor.begin(), factor.end()}, {}}, weights);
    }
    return weights;
}

} // namespace vitrine::model
