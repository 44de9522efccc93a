#include "core/model/vision/vision_family.h"

#include "core/tensor/printable.h"

#include <algorithm>
#include <fmt/ranges.h>

namespace vitrine::model
{

std::int64_t TensorShapes::count(std::string_view pattern) const
{
    const auto hole = pattern.find("{}");
    std::int64_t number = 0;
    while (has(fmt::format("{}{}{}", pattern.substr(0, hole), number, pattern.substr(hole + 2))))
        ++number;
    return number;
}

Result<void> sameSize(const char* what, std::optional<std::int64_t> config, std::int64_t tensors)
{
    if (config && *config > 0 && *config != tensors)
        return inputError("config.json says {} {}, the tensors have {}", *config, what, tensors);
    return {};
}

Result<void> sameSizes(const char* what, const std::vector<std::int64_t>& config,
                       const std::vector<std::int64_t>& tensors)
{
    if (config.empty() || config == tensors)
        return {};
    return inputError("config.json says {} {}, the tensors have {}", fmt::join(config, ", "), what,
                      fmt::join(tensors, ", "));
}

float normEpsilon(const VisionConfig& config, double usual, std::vector<std::string>& notes)
{
    const auto known = config.epsilon ? config.epsilon : defaultEpsilon(config.modelType);
    if (!known && !config.isTimm)
        notes.push_back(fmt::format("Nothing says what normalisations add to the variance "
                                    "(\"norm_eps\" in config.json would): {} is assumed.",
                                    usual));
    return static_cast<float>(known.value_or(usual));
}

Result<void> samePooling(const VisionConfig& config, std::string_view ours)
{
    if (config.pooling.empty() || config.pooling == ours)
        return {};
    return inputError("config.json asks for the pooling \"{}\" (\"global_pool\"), which is not "
                      "supported here; \"{}\" is",
                      printable(config.pooling), ours);
}

Result<void> sameActivation(const VisionConfig& config, std::initializer_list<const char*> names)
{
    if (config.activation.empty() || std::ranges::find(names, config.activation) != names.end())
        return {};
    return inputError("config.json asks for the activation \"{}\", which is not supported here; "
                      "\"{}\" is",
                      printable(config.activation), *names.begin());
}

} // namespace vitrine::model
