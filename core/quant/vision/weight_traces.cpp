#include "core/quant/vision/weight_traces.h"

#include "core/base/parallel.h"
#include "core/model/vision/folded_weights.h"
#include "core/model/vision/vision_model.h"
#include "core/model/vision/wrapped_checkpoint.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine::quant
{
namespace
{

using model::NetworkLayer;
using Logits = std::vector<std::vector<float>>; // of each picture

// The same checkpoint but for the numbers of one tensor.
class ChangedTensor final : public model::WrappedCheckpoint
{
public:
    ChangedTensor(std::shared_ptr<const model::VisionCheckpoint> original, std::string name,
                  std::vector<std::int64_t> shape, std::vector<float> values)
        : WrappedCheckpoint(std::move(original)),
          name_(std::move(name)),
          shape_(std::move(shape)),
          values_(std::move(values))
    {
    }
    Result<TensorView> tensor(const std::string& name) const override
    {
        if (name != name_)
            return WrappedCheckpoint::tensor(name);
        return TensorView{DType::f32, shape_, std::as_bytes(std::span(values_))};
    }

private:
    std::string name_;
    std::vector<std::int64_t> shape_;
    std::vector<float> values_;
};

// KL(p || q) of the softmax of both: log of the mean of exp(z_q - z_p) under p, less the mean of
// z_q - z_p, which loses no digits where they are near.
double divergenceOf(std::span<const float> p, std::span<const float> q)
{
    const auto largest = static_cast<double>(*std::ranges::max_element(p));
    double weights = 0, mean = 0, grown = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
        const auto one = static_cast<double>(p[i]), moved = static_cast<double>(q[i]) - one;
        const double weight = std::exp(one - largest);
        weights += weight;
        mean += weight * moved;
        grown += weight * std::expm1(moved);
    }
    return std::log1p(grown / weights) - mean / weights;
}

// The weights of one layer, to be moved.
struct MovedLayer {
    std::string tensor;
    std::vector<std::int64_t> shape;
    std::vector<float> values;
    std::vector<float> factor; // of each output, that multiplies them; empty: none
    double step = 0;

    // values + step v, where the factor multiplies the move in again.
    std::vector<float> moved(std::span<const float> v) const
    {
        std::vector<float> result = values;
        const std::size_t each = factor.empty() ? values.size() : values.size() / factor.size();
        for (std::size_t i = 0; i < result.size(); ++i) {
            const double by = factor.empty() ? 1 : static_cast<double>(factor[i / each]);
            if (by != 0)
                result[i] += static_cast<float>(step * static_cast<double>(v[i]) / by);
        }
        return result;
    }
};

class TraceRun
{
public:
    TraceRun(std::shared_ptr<const model::VisionCheckpoint> checkpoint,
             const std::vector<std::vector<float>>& pictures, Random& random,
             const WeightTraceSettings& settings)
        : checkpoint_(std::move(checkpoint)),
          pictures_(pictures),
          random_(random),
          settings_(settings)
    {
    }

    Result<std::vector<std::vector<double>>> run(const std::vector<std::string>& layers,
                                                 const std::function<bool(double)>& progress)
    {
        const std::size_t batches = std::min(settings_.batches, pictures_.size());
        std::vector<std::vector<double>> traces(batches);
        for (std::size_t batch = 0; batch < batches; ++batch) {
            const std::size_t first = pictures_.size() * batch / batches,
                              last = pictures_.size() * (batch + 1) / batches;
            batch_ = std::span(pictures_).subspan(first, last - first);
            VITRINE_TRY(original_, logitsFrom(checkpoint_));
            for (std::size_t i = 0; i < layers.size(); ++i) {
                // Told at each draw: one of a large network takes seconds.
                const double share = static_cast<double>(batch * layers.size() + i) /
                                     static_cast<double>(batches * layers.size());
                VITRINE_TRY(const double trace,
                            traceOf(layers[i], [&] { return !progress || progress(share); }));
                traces[batch].push_back(trace);
            }
        }
        return traces;
    }

private:
    Result<Logits> logitsFrom(std::shared_ptr<const model::VisionCheckpoint> checkpoint) const
    {
        VITRINE_TRY(const auto opened, model::VisionModel::open(std::move(checkpoint)));
        std::vector<Result<std::vector<float>>> results(batch_.size());
        parallelFor(batch_.size(), [&](std::size_t i) { results[i] = opened.run(batch_[i]); });
        Logits logits;
        for (auto& result : results) {
            VITRINE_TRY(auto one, std::move(result));
            logits.push_back(std::move(one));
        }
        return logits;
    }

    Result<MovedLayer> read(const std::string& name) const
    {
        const auto& layers = checkpoint_->network().layers;
        const auto layer =
            std::ranges::find(layers, name, [](const NetworkLayer& one) { return one.shape.name; });
        assert(layer != layers.end());
        MovedLayer moved{name + ".weight", {}, {}, {}, 0};
        VITRINE_TRY(moved.values, model::finiteTensor(moved.tensor, *checkpoint_));
        VITRINE_TRY(const TensorView view, checkpoint_->tensor(moved.tensor));
        moved.shape = view.shape;
        if (!layer->factor.empty()) {
            VITRINE_TRY(moved.factor, model::finiteTensor(layer->factor, *checkpoint_));
        }
        VITRINE_TRY(const auto folded, model::foldedWeights(*layer, *checkpoint_));
        double squares = 0;
        for (const float value : folded.weights)
            squares += static_cast<double>(value) * static_cast<double>(value);
        const double size = std::sqrt(squares / static_cast<double>(folded.weights.size()));
        moved.step = settings_.step * (size > 0 ? size : 1);
        return moved;
    }

    Result<double> traceOf(const std::string& name, const std::function<bool()>& goesOn)
    {
        VITRINE_TRY(const MovedLayer layer, read(name));
        const auto quadratic = [&](std::span<const float> v) -> Result<double> {
            if (!goesOn())
                return cancelled();
            VITRINE_TRY(const Logits logits,
                        logitsFrom(std::make_shared<ChangedTensor>(checkpoint_, layer.tensor,
                                                                   layer.shape, layer.moved(v))));
            double sum = 0;
            for (std::size_t i = 0; i < logits.size(); ++i)
                sum += divergenceOf(original_[i], logits[i]);
            return 2 * sum / static_cast<double>(logits.size()) / (layer.step * layer.step);
        };
        VITRINE_TRY(const TraceEstimate estimate,
                    estimateTrace(layer.values.size(), quadratic, random_, settings_.estimate));
        return estimate.mean;
    }

    std::shared_ptr<const model::VisionCheckpoint> checkpoint_;
    const std::vector<std::vector<float>>& pictures_;
    Random& random_;
    const WeightTraceSettings& settings_;
    std::span<const std::vector<float>> batch_;
    Logits original_;
};

} // namespace

Result<std::vector<std::vector<double>>>
weightTraces(std::shared_ptr<const model::VisionCheckpoint> checkpoint, const MixedNetwork& network,
             const std::vector<std::vector<float>>& pictures, Random& random,
             const WeightTraceSettings& settings, const std::function<bool(double share)>& progress)
{
    if (pictures.empty() || settings.batches == 0)
        return argumentError("sensitivities are measured on pictures, and there are none");
    std::vector<std::string> layers;
    for (const MixedLayer& layer : network.layers)
        if (!layer.isFixed)
            layers.push_back(layer.name);
    return TraceRun(std::move(checkpoint), pictures, random, settings).run(layers, progress);
}

} // namespace vitrine::quant
