#include "core/learning/nets/vision/taylor_deit.h"

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

ClassifierParts taylorDeitParts(const DeitConfig& config, uint64_t seed, const SparsePart& part)
{
    Deit net(config, seed);
    SparsePart own = part;
    own.range = FewBitRange::picture;
    const auto evaluated = [net, own](DeitAttention attention) {
        return [net, own, attention](const Tensor& pictures) {
            return taylorLogits(net, attention, own, pictures);
        };
    };
    ClassifierParts parts;
    parts.network = net.ptr();
    parts.logits = [net, part](const Tensor& pictures, Chance* chance) {
        return taylorLogits(net, chance ? DeitAttention::unified : DeitAttention::lowRank, part,
                            pictures, chance);
    };
    parts.mean = config.mean;
    parts.deviation = config.deviation;
    parts.others = {{"with its sparse part", evaluated(DeitAttention::unified)},
                    {"with softmax in place of both", evaluated(DeitAttention::softmax)}};
    return parts;
}

} // namespace vitrine::learning
