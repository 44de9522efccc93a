#include "core/model/task/text_lines.h"

#include "core/base/json.h"

#include <algorithm>

namespace vitrine::model
{

Result<std::vector<std::string>> parseTextLines(std::string_view all, std::string_view name)
{
    std::vector<std::string> texts;
    int number = 0;
    for (std::size_t start = 0; start < all.size();) {
        const std::size_t end = std::min(all.find('\n', start), all.size());
        const std::string_view line = all.substr(start, end - start);
        start = end + 1;
        ++number;
        if (line.empty())
            continue;
        VITRINE_TRY(const Json json, parseJson(line, fmt::format("{} (line {})", name, number)));
        if (!json.is_object() || !json.contains("text") || !json["text"].is_string())
            return inputError("cannot read {}: line {} has no \"text\"", name, number);
        texts.push_back(json["text"].get<std::string>());
    }
    if (texts.empty())
        return inputError("cannot read {}: it holds no text", name);
    return texts;
}

} // namespace vitrine::model
