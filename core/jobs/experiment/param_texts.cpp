#include "core/jobs/experiment/param_texts.h"

namespace vitrine
{

std::map<std::string, std::string> paramTexts(const Params& params)
{
    std::map<std::string, std::string> texts;
    for (const auto& [name, value] : params.all())
        if (std::string text = paramText(value); !text.empty())
            texts[name] = std::move(text);
    return texts;
}

} // namespace vitrine
