#include "core/quant/vision/vision_method.h"

#include <algorithm>
#include <fmt/ranges.h>

namespace vitrine::quant
{

std::vector<VisionMethod> visionMethods()
{
    return Registry<VisionMethod>::all();
}

Result<VisionMethod> findVisionMethod(std::string_view name)
{
    std::vector<std::string> names;
    for (VisionMethod& method : visionMethods()) {
        if (method.name == name)
            return method;
        names.push_back(method.name);
    }
    return argumentError("method \"{}\" is not known; there are {}", name, fmt::join(names, ", "));
}

Result<void> checkSettings(const VisionMethod& method, const model::Network& network,
                           const VisionQuantSettings& settings)
{
    const auto isWidth = [](int bits) { return bits >= 2 && bits <= 8; };
    if (!isWidth(settings.weightBits))
        return argumentError("weights of {} bits: 2 to 8 are possible", settings.weightBits);
    if (settings.activationBits < 2 || settings.activationBits > method.mostActivationBits)
        return argumentError("activations of {} bits: {} has 2 to {}", settings.activationBits,
                             method.title, method.mostActivationBits);
    for (const auto& [layer, bits] : settings.layerBits) {
        if (!isWidth(bits))
            return argumentError("{} bits for \"{}\": 2 to 8 are possible", bits, layer);
        if (std::ranges::none_of(network.layers, [&](const model::NetworkLayer& one) {
                return one.shape.name == layer && one.shape.weights;
            }))
            return argumentError("there is no layer \"{}\" with weights", layer);
    }
    for (const std::string& trick : settings.tricks)
        if (std::ranges::find(method.tricks, trick, &VisionTrick::name) == method.tricks.end()) {
            std::vector<std::string> names;
            for (const VisionTrick& one : method.tricks)
                names.push_back(one.name);
            return argumentError("{} has no step \"{}\"; it has {}", method.title, trick,
                                 names.empty() ? "none"
                                               : fmt::format("{}", fmt::join(names, ", ")));
        }
    return {};
}

} // namespace vitrine::quant
