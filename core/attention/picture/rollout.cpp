#include "core/attention/picture/rollout.h"

#include "core/base/parallel.h"

#include <algorithm>

namespace vitrine::attention
{
namespace
{

float fused(float so, float weight, HeadFusion fusion)
{
    switch (fusion) {
    case HeadFusion::maximum:
        return std::max(so, weight);
    case HeadFusion::minimum:
        return std::min(so, weight);
    case HeadFusion::mean:
        break;
    }
    return so + weight;
}

// part += from[first, first + rows) times (A + I) / 2 of these rows.
class LayerFlow
{
public:
    LayerFlow(const PictureCapture& capture, std::size_t layer, HeadFusion fusion) : fusion_(fusion)
    {
        for (std::int64_t head = 0; head < capture.layers()[layer].heads; ++head)
            heads_.push_back(capture.map(layer, head, ownAttending(capture.layers()[layer])));
    }

    // What flows back from `after` to the tokens before the layer.
    std::vector<double> back(const std::vector<double>& after) const
    {
        const std::int64_t tokens = heads_[0].keys();
        const auto blocks = static_cast<std::size_t>((tokens + kRowsTogether - 1) / kRowsTogether);
        std::vector<std::vector<double>> parts(blocks);
        parallelFor(blocks, [&](std::size_t block) {
            parts[block] = blockBack(static_cast<std::int64_t>(block) * kRowsTogether, after);
        });
        std::vector<double> before(after.size());
        for (const auto& part : parts)
            for (std::size_t i = 0; i < before.size(); ++i)
                before[i] += part[i];
        return before;
    }

private:
    std::vector<double> blockBack(std::int64_t first, const std::vector<double>& after) const
    {
        const std::size_t tokens = after.size();
        const auto count = std::min<std::int64_t>(kRowsTogether, heads_[0].queries() - first);
        std::vector<float> all(static_cast<std::size_t>(count) * tokens), one(all.size());
        heads_[0].rows(first, all);
        for (std::size_t head = 1; head < heads_.size(); ++head) {
            heads_[head].rows(first, one);
            for (std::size_t i = 0; i < all.size(); ++i)
                all[i] = fused(all[i], one[i], fusion_);
        }
        std::vector<double> before(tokens);
        for (std::size_t row = 0; row < static_cast<std::size_t>(count); ++row) {
            const std::size_t token = static_cast<std::size_t>(first) + row;
            const auto weights = std::span(all).subspan(row * tokens, tokens);
            double sum = 0;
            for (const float weight : weights)
                sum += static_cast<double>(weight);
            // The mean of the heads adds up to 1 and the token itself to 1 as well.
            const double scale =
                fusion_ == HeadFusion::mean ? 1.0 / static_cast<double>(heads_.size()) : 1;
            const double share = after[token] / (sum * scale + 1);
            for (std::size_t key = 0; key < tokens; ++key)
                before[key] += share * scale * static_cast<double>(weights[key]);
            before[token] += share;
        }
        return before;
    }

    HeadFusion fusion_;
    std::vector<HeadMap> heads_;
};

} // namespace

std::string whyNoRollout(const PictureCapture& capture)
{
    const auto& layers = capture.layers();
    if (std::ranges::any_of(
            layers, [](const PictureLayer& layer) { return layer.kind == AttentionKind::taylor; }))
        return "No rollout: weights of Taylor attention may lie below 0, and what flows cannot.";
    const bool same = std::ranges::all_of(layers, [&](const PictureLayer& layer) {
        return layer.kind == AttentionKind::softmax && layer.queries == layers.front().queries &&
               layer.keys == layer.queries;
    });
    return same ? std::string()
                : "No rollout: the layers of this model do not all look at the same tokens.";
}

Result<std::vector<float>> rollout(const PictureCapture& capture, std::size_t last,
                                   std::int64_t query, HeadFusion fusion)
{
    if (const std::string why = whyNoRollout(capture); !why.empty())
        return inputError("{}", why);
    const auto tokens = static_cast<std::size_t>(capture.layers().front().queries.tokens());
    std::vector<double> flow(tokens);
    flow.at(static_cast<std::size_t>(query)) = 1;
    for (std::size_t layer = last + 1; layer-- > 0;)
        flow = LayerFlow(capture, layer, fusion).back(flow);
    return std::vector<float>(flow.begin(), flow.end());
}

} // namespace vitrine::attention
