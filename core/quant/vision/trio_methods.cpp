#include "core/quant/vision/trio_codes.h"

#include <algorithm>
#include <iterator>

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

// Steps that change what another does.
Result<void> checkNeeded(const std::set<std::string>& on)
{
    for (const auto& [step, needed] :
         {std::pair{"power_factors", "migration"}, std::pair{"geometric", "log2"}})
        if (on.contains(step) && !on.contains(needed))
            return argumentError("steps: \"{}\" changes what \"{}\" does, which is off", step,
                                 needed);
    return {};
}

HeadDivision divisionBy(const std::set<std::string>& on)
{
    if (!on.contains("log2"))
        return HeadDivision::integer;
    return on.contains("geometric") ? HeadDivision::log2Geometric : HeadDivision::log2Arithmetic;
}

std::vector<std::string> trioNotes(const std::set<std::string>& on)
{
    std::vector<std::string> notes;
    if (on.contains("power_factors"))
        notes.push_back("Factors of migration are powers of two, 1 to 32 [code, an option]: a "
                        "shifter divides by them.");
    if (on.contains("geometric"))
        notes.push_back("Divisors are rounded as the released code does, up from the root of 2 "
                        "[code]; the hardware's rule goes up from 1.5.");
    return notes;
}

Result<CodedVision> trioVit(const VisionQuantTask& task)
{
    const auto& on = task.settings.tricks;
    VITRINE_CHECK(checkNeeded(on));
    auto coded = codeEfficientVit(
        {.activations = on.contains("affine") ? GridKind::affine : GridKind::symmetric,
         .searches = on.contains("search"),
         .migration = on.contains("migration"),
         .shifting = on.contains("shift"),
         .attention = on.contains("attention"),
         .division = divisionBy(on),
         .powerFactors = on.contains("power_factors"),
         .learnsSteps = on.contains("learned_steps"),
         .learnsRounding = on.contains("ada_round")},
        task);
    if (coded)
        std::ranges::move(trioNotes(on), std::back_inserter(coded->notes));
    return coded;
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
                    "codes of 8 bits"},
                   {"power_factors", "Factors that are powers of two",
                    "Migration divides by 1, 2, 4 .. 32 alone, which is a shift", true},
                   {"geometric", "Divisors by the released rule",
                    "Divisors go up to the next power of two from the root of 2 on, as the "
                    "released code has it; the hardware's rule begins at 1.5",
                    true},
                   {"learned_steps", "Learned steps",
                    "The step of what a pointwise convolution or linear layer alone reads is "
                    "learned, so that its outputs change least",
                    true},
                   {"ada_round", "Learned rounding",
                    "Whether each weight goes up or down is learned, so that the layer's outputs "
                    "change least (AdaRound)",
                    true}},
        .fits = checkIsEfficientVit,
        .quantize = trioVit,
        .mostActivationBits = kMostActivationBits};
});

} // namespace
} // namespace vitrine::quant
