#include "core/quant/vision/trio_codes.h"

// The methods for EfficientViT: one scheme each.
namespace vitrine::quant
{
namespace
{

constexpr int kMostActivationBits = 16;

Result<CodedVision> uniform(const VisionQuantTask& task)
{
    return codeEfficientVit({}, task);
}

Result<CodedVision> trioVit(const VisionQuantTask& task)
{
    const auto& on = task.settings.tricks;
    return codeEfficientVit(
        {.activations = on.contains("affine") ? GridKind::affine : GridKind::symmetric,
         .searches = on.contains("search"),
         .migration = on.contains("migration"),
         .shifting = on.contains("shift"),
         .attention = on.contains("attention"),
         .division = on.contains("log2") ? HeadDivision::log2Arithmetic : HeadDivision::integer},
        task);
}

const Registry<VisionMethod>::Adds kAddsUniform(5, [] {
    return VisionMethod{.name = "uniform",
                        .title = "Uniform, symmetric",
                        .paper = "",
                        .tricks = {},
                        .fits = checkIsEfficientVit,
                        .quantize = uniform,
                        .mostActivationBits = kMostActivationBits};
});
const Registry<VisionMethod>::Adds kAddsTrioVit(40, [] {
    return VisionMethod{
        .name = "trio-vit",
        .title = "Trio-ViT",
        .paper = "arXiv 2405.03882",
        .tricks = {{"affine", "Zero points",
                    "Activations have all codes between their smallest and largest value, not as "
                    "many below 0 as above"},
                   {"search", "Searched ranges",
                    "Ranges of weights and activations are shrunk to what loses least"},
                   {"migration", "Channel-wise migration",
                    "Channels that a depthwise convolution reads are divided by factors, which its "
                    "filters take in"},
                   {"shift", "Filter-wise shifting",
                    "Channels that the second pointwise convolution reads are centred, which its "
                    "bias takes in"},
                   {"attention", "Linear attention in codes",
                    "Without it the products and divisions of linear attention stay in floating "
                    "point"},
                   {"log2", "Logarithmic divisors",
                    "Divisors of linear attention are powers of two, 4 bits; without it they are "
                    "codes of 8 bits"}},
        .fits = checkIsEfficientVit,
        .quantize = trioVit,
        .mostActivationBits = kMostActivationBits};
});

} // namespace
} // namespace vitrine::quant
