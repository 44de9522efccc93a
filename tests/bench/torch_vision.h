#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace vitrine::bench
{

struct VisionTensor {
    std::vector<std::int64_t> shape;
    std::vector<float> values;
};
// Of the layers by their names ("blocks.0.attn.qkv.weight"), batch normalisations folded in
// already: that is how libtorch is fastest.
using VisionTensors = std::map<std::string, VisionTensor>;

// DeiT and EfficientViT in libtorch, as one writes them for inference: inference mode, its own
// convolutions and BLAS, activations in place.
class TorchVision
{
public:
    virtual ~TorchVision() = default;
    // picture: [side * side, 3]; logits until the next call.
    virtual std::span<const float> run(std::span<const float> picture) = 0;
};

// Lives in a module of its own (torch_llama.h says why). `depths` are the blocks of a DeiT, or of
// EfficientViT's stem and stages; `heads` of a DeiT, or the channels of a head.
using MakeTorchVision = TorchVision* (*)(const VisionTensors& tensors, bool efficientVit,
                                         const std::vector<std::int64_t>& depths,
                                         std::int64_t heads, int threads);
inline constexpr const char* kMakeTorchVision = "vitrineMakeTorchVision";

} // namespace vitrine::bench
