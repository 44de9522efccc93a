#pragma once

#include "core/model/vision/vision_checkpoint.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace vitrine::model
{

// What a layer gave: rows by columns, row-major. Maps of pixels have a row for each pixel, tokens a
// row for each token, scores and softmax a row for each head and token: rows of head 0 first (Swin:
// window by window, the heads of one after the other).
struct LayerOutput {
    std::size_t layer = 0; // of the network
    std::int64_t rows = 0, columns = 0;
    std::span<const float> values; // until the observer returns
};

struct VisionPass {
    // Told of each layer's output as it is made, on the calling thread. Where an activation follows
    // a product, both are one step, told under the activation's place. Looking changes nothing, to
    // the last bit.
    std::function<void(const LayerOutput&)> observe;
};

struct VisionOptions {
    // Products and the activations behind them are two steps, each told of by itself.
    bool activationsApart = false;
};

// A vision transformer that runs, in fp32. Batch normalisations and layer scales are folded into
// the weights before them. Copies share all. Any thread, several at once.
class VisionModel
{
public:
    // Input error for what cannot be run: a tensor with numbers that are not finite, weights as
    // codes, maps that need more memory than `kMostMemory`.
    static Result<VisionModel> open(std::shared_ptr<const VisionCheckpoint> checkpoint,
                                    const VisionOptions& options = {});
    static constexpr std::int64_t kMostMemory = std::int64_t{4} << 30; // bytes, of one pass

    const VisionCheckpoint& checkpoint() const;
    std::shared_ptr<const VisionCheckpoint> sharedCheckpoint() const;
    const Network& network() const { return checkpoint().network(); }
    std::int64_t classes() const; // 0: it gives features

    // One picture, prepared (preprocessing.h): [side * side, channels]. Gives the logits, the mean
    // of both heads where there are two, or where there is no head the features of every token, row
    // by row. Bit-identical for every thread count. Argument error for a picture of another size,
    // input error where a number of the result is not finite.
    Result<std::vector<float>> run(std::span<const float> picture,
                                   const VisionPass& pass = {}) const;

private:
    struct Private;
    explicit VisionModel(std::shared_ptr<const Private> p) : p_(std::move(p)) {}
    std::shared_ptr<const Private> p_;
};

// exp(logit) over their sum.
std::vector<float> probabilities(std::span<const float> logits);

} // namespace vitrine::model
