#include "core/quant/vision/vit_codes.h"
#include "core/quant/vision/vit_places.h"

// The methods for ViT and DeiT: one scheme each.
namespace vitrine::quant
{
namespace
{

using model::LayerKind;

const VisionTrick kLearnedRounding{"ada_round", "Learned rounding",
                                   "Whether each weight goes up or down is learned, so that the "
                                   "layer's outputs change least (AdaRound; not P²-ViT's)",
                                   true};

Result<CodedVision> minMax(const VisionQuantTask& task)
{
    return codeVit({}, task);
}

Result<CodedVision> fqVit(const VisionQuantTask& task)
{
    const auto& on = task.settings.tricks;
    return codeVit({.channelFactors = on.contains("ptf"),
                    .smoothing = on.contains("smoothing"),
                    .logSoftmax = on.contains("log2"),
                    .fewBitsPerOutput = true},
                   task);
}

Result<CodedVision> p2vit(const VisionQuantTask& task)
{
    const auto& on = task.settings.tricks;
    return codeVit(
        {.power = on.contains("adaptive") ? PowerRounding::adaptive : PowerRounding::nearest,
         .channelFactors = on.contains("ptf"),
         .smoothing = on.contains("smoothing"),
         .logSoftmax = on.contains("log2"),
         .isWhole = on.contains("integer"),
         .fewBitsPerOutput = true,
         .learnsRounding = on.contains(kLearnedRounding.name)},
        task);
}

const VisionTrick kPtf{"ptf", "Factors of channels",
                       "What LayerNorms read has a factor of 1, 2, 4 or 8 for each channel"};
const VisionTrick kSmoothing{"smoothing", "Smoothing",
                             "Powers of two move large channels of a LayerNorm's output into the "
                             "weights behind it"};
const VisionTrick kLog2{"log2", "Logarithmic attention",
                        "Attention weights are powers of two, 4 bits"};

const Registry<VisionMethod>::Adds kAddsMinMax(10, [] {
    return VisionMethod{"minmax", "Min-max", "", {}, checkIsVit, minMax};
});
const Registry<VisionMethod>::Adds kAddsFqVit(20, [] {
    return VisionMethod{"fq-vit",           "FQ-ViT style, scales of floating point",
                        "arXiv 2111.13824", {kPtf, kSmoothing, kLog2},
                        checkIsVit,         fqVit};
});
const Registry<VisionMethod>::Adds kAddsP2Vit(30, [] {
    return VisionMethod{
        "p2vit",
        "P²-ViT",
        "arXiv 2405.19915",
        {{"adaptive", "Adaptive rounding",
          "Each scale is the power of two that loses least, not the nearest"},
         kPtf,
         kSmoothing,
         kLog2,
         {"integer", "Whole numbers",
          "LayerNorm, softmax and GELU in whole numbers, every requantization a shift"},
         kLearnedRounding},
        checkIsVit,
        p2vit};
});

} // namespace

Result<void> checkIsVit(const model::Network& network)
{
    for (const model::NetworkLayer& layer : network.layers) {
        const bool isKnown = [&] {
            switch (layer.shape.kind) {
            case LayerKind::conv:
                return layer.shape.part == model::Part::stem;
            case LayerKind::linear:
            case LayerKind::tokens:
            case LayerKind::norm:
            case LayerKind::softmax:
            case LayerKind::values:
            case LayerKind::add:
            case LayerKind::select:
                return true;
            case LayerKind::activation:
                return layer.function == model::Function::gelu;
            case LayerKind::scores: // queries, keys and values in one matrix, no windows
                return layer.inputs.size() == 2 && layer.inputs[0] == layer.inputs[1] &&
                       layer.side == 0;
            default:
                return false;
            }
        }();
        if (!isKnown)
            return inputError("{} is no ViT or DeiT: layer \"{}\" ({}) is not put into codes by "
                              "this method",
                              network.name, layer.shape.name, kindName(layer.shape.kind));
    }
    return {};
}

} // namespace vitrine::quant
