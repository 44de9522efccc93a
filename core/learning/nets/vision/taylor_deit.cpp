#include "core/learning/nets/vision/taylor_deit.h"

#include <algorithm>
#include <memory>

namespace vitrine::learning
{

using torch::Tensor;

Tensor taylorLogits(Deit net, DeitAttention attention, const SparsePart& part,
                    const Tensor& pictures, Chance* chance)
{
    if (attention == DeitAttention::lowRank)
        net->hooks.attention = [](int64_t, const Tensor& q, const Tensor& k, const Tensor& v) {
            return taylorAttention(q, k, v);
        };
    if (attention == DeitAttention::unified)
        net->hooks.attention = [part](int64_t, const Tensor& q, const Tensor& k, const Tensor& v) {
            return unifiedAttention(q, k, v, part);
        };
    const Tensor logits = net->forward(pictures, chance);
    net->hooks.attention = {};
    return logits;
}

double thresholdAt(int64_t step, double threshold, int64_t until)
{
    if (until <= 0)
        return threshold;
    const double passed = std::min(1.0, static_cast<double>(step) / static_cast<double>(until));
    return threshold + (1.0 - threshold) * passed;
}

ClassifierParts taylorDeitParts(const DeitConfig& config, uint64_t seed, const SparsePart& part,
                                int64_t sparseUntil)
{
    Deit net(config, seed);
    const auto now = std::make_shared<SparsePart>(part); // of the step that is taken
    SparsePart own = part;
    own.range = FewBitRange::picture;
    const auto evaluated = [net, own](DeitAttention attention) {
        return [net, own, attention](const Tensor& pictures) {
            return taylorLogits(net, attention, own, pictures);
        };
    };
    ClassifierParts parts;
    parts.network = net.ptr();
    parts.logits = [net, now](const Tensor& pictures, Chance* chance) {
        const bool hasSparse = chance && now->threshold < 1.0;
        return taylorLogits(net, hasSparse ? DeitAttention::unified : DeitAttention::lowRank, *now,
                            pictures, chance);
    };
    parts.beforeStep = [now, start = part.threshold, sparseUntil](const Step& step) {
        now->threshold = thresholdAt(step.number, start, sparseUntil);
    };
    parts.mean = config.mean;
    parts.deviation = config.deviation;
    parts.others = {{"with its sparse part", evaluated(DeitAttention::unified)},
                    {"with softmax in place of both", evaluated(DeitAttention::softmax)}};
    return parts;
}

} // namespace vitrine::learning
