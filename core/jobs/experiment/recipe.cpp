#include "core/jobs/experiment/recipe.h"

#include "core/base/text.h"
#include "core/tensor/printable.h"

#include <algorithm>

namespace vitrine
{

Result<std::map<std::string, std::string>> parseRecipe(std::string_view text, std::string_view name)
{
    std::map<std::string, std::string> recipe;
    int number = 0;
    for (std::size_t start = text.starts_with("\xef\xbb\xbf") ? 3 : 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        std::string_view line = text.substr(start, end - start);
        start = end + 1;
        ++number;
        line = line.substr(0, line.find('#'));
        if (trimmed(line).empty())
            continue;
        const auto equals = line.find('=');
        const std::string key(trimmed(line.substr(0, equals)));
        if (equals == line.npos || key.empty())
            return inputError("cannot read {}: line {} is not key = value", name, number);
        if (!recipe.emplace(key, trimmed(line.substr(equals + 1))).second)
            return inputError("cannot read {}: line {} sets {} once more", name, number,
                              printable(key));
    }
    return recipe;
}

} // namespace vitrine
