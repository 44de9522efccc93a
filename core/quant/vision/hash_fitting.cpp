#include "core/quant/vision/hash_fitting.h"

#include "core/base/parallel.h"
#include "core/model/vision/vision_model.h"

#include <algorithm>
#include <fmt/format.h>

namespace vitrine::quant
{
namespace
{

using BlockHashes = std::vector<model::TokenHash>; // of each head

// Of a size, before they are found: every bit is 0.
BlockHashes emptyHashes(const model::LayerShape& attention, const KshOptions& options)
{
    const std::int64_t channels = attention.k, anchors = options.anchors, bits = options.bits;
    const auto zeros = [](std::int64_t count) {
        return std::vector<float>(static_cast<std::size_t>(count));
    };
    const model::TokenHash hash{
        channels, anchors, bits, zeros(anchors * channels), zeros(anchors), zeros(bits * anchors)};
    return BlockHashes(static_cast<std::size_t>(attention.batch), hash);
}

HeadRows headColumns(const model::LayerOutput& projected, std::int64_t head, std::int64_t channels)
{
    using Floats =
        Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
    return Floats(projected.values.data(), projected.rows, projected.columns)
        .middleCols(head * channels, channels)
        .cast<double>();
}

// What the hash functions of a block read: [head][picture].
Result<std::vector<std::vector<HeadRows>>> tokensOf(const model::VisionModel& changed,
                                                    std::size_t block,
                                                    std::span<const std::vector<float>> pictures)
{
    const auto& layers = changed.network().layers;
    const auto codes =
        std::ranges::find(layers, fmt::format("blocks.{}.attn.codes", block),
                          [](const model::NetworkLayer& layer) { return layer.shape.name; });
    const std::size_t projection = codes->inputs[0];
    const std::int64_t channels = codes->tensors.front().shape[2];
    std::vector<std::vector<HeadRows>> tokens(static_cast<std::size_t>(codes->side));
    const auto look = [&](const model::LayerOutput& output) {
        if (output.layer != projection)
            return;
        for (std::size_t head = 0; head < tokens.size(); ++head)
            tokens[head].push_back(headColumns(output, static_cast<std::int64_t>(head), channels));
    };
    for (const std::vector<float>& picture : pictures)
        VITRINE_CHECK(changed.run(picture, {.observe = look}));
    return tokens;
}

Result<BlockHashes> blockHashes(const std::vector<std::vector<HeadRows>>& tokens,
                                const KshOptions& options)
{
    std::vector<Result<KshHasher>> hashers(tokens.size(), failure("not fitted"));
    parallelFor(tokens.size(), [&](std::size_t head) {
        KshOptions own = options;
        own.seed += head;
        hashers[head] = KshHasher::fit(tokens[head], own);
    });
    BlockHashes hashes;
    for (const Result<KshHasher>& hasher : hashers) {
        VITRINE_CHECK(hasher);
        hashes.push_back(hasher->hash());
    }
    return hashes;
}

} // namespace

Result<std::vector<BlockHashes>>
fittedHashes(const std::shared_ptr<const model::VisionCheckpoint>& checkpoint,
             model::ShiftAddForm form, std::span<const std::vector<float>> pictures,
             const KshOptions& options)
{
    VITRINE_TRY(const std::int64_t blocks, model::binaryBlocksOf(checkpoint->network()));
    const auto scores =
        std::ranges::find(checkpoint->network().layers, model::LayerKind::scores,
                          [](const model::NetworkLayer& layer) { return layer.shape.kind; });
    form.hashes.assign(static_cast<std::size_t>(blocks), emptyHashes(scores->shape, options));
    for (std::size_t block = 0; block < form.hashes.size(); ++block) {
        VITRINE_TRY(auto swapped, model::swapShiftAdd(checkpoint, form));
        VITRINE_TRY(const auto changed, model::VisionModel::open(std::move(swapped)));
        VITRINE_TRY(const auto tokens, tokensOf(changed, block, pictures));
        VITRINE_TRY(form.hashes[block], blockHashes(tokens, options));
    }
    return std::move(form.hashes);
}

} // namespace vitrine::quant
