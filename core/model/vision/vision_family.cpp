#include "core/model/vision/vision_family.h"

#include "core/tensor/printable.h"

#include <algorithm>
#include <fmt/format.h>

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

Result<void> sameActivation(const VisionConfig& config, std::initializer_list<const char*> names)
{
    if (config.activation.empty() || std::ranges::find(names, config.activation) != names.end())
        return {};
    return inputError("config.json asks for the activation \"{}\", which is not supported here; "
                      "\"{}\" is",
                      printable(config.activation), *names.begin());
}

} // namespace vitrine::model
