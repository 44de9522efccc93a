#include "core/superres/tfjs/tfjs_settings.h"

#include "core/base/cut_text.h"
#include "core/base/json.h"

#include <algorithm>

namespace vitrine::superres
{
namespace
{

const Json kAbsentSetting = nullptr;

constexpr std::string_view kTrainingSettings[] = {
    "trainable",        "kernel_initializer", "bias_initializer",     "kernel_regularizer",
    "bias_regularizer", "kernel_constraint",  "activity_regularizer", "bias_constraint"};

std::string shownSetting(const Json& value)
{
    return cutText(dumpJson(value), 80); // control characters are escaped
}

} // namespace

TfjsSettings::TfjsSettings(const Json& config, std::string where)
    : config_(config), where_(std::move(where))
{
    expect("dtype", "float32");
}

const Json& TfjsSettings::value(const char* key)
{
    asked_.emplace_back(key);
    const auto found = config_.find(key);
    return found == config_.end() ? kAbsentSetting : *found;
}

void TfjsSettings::expect(const char* key, const Json& supported)
{
    if (const Json& found = value(key); found != supported)
        refuse(fmt::format("\"{}\" is {}, {} is expected", key, shownSetting(found),
                           shownSetting(supported)));
}

bool TfjsSettings::refuse(std::string problem)
{
    if (problem_.empty())
        problem_ = std::move(problem);
    return false;
}

void TfjsSettings::refuseOthers()
{
    for (const auto& [key, ignored] : config_.items())
        if (std::ranges::find(asked_, key) == asked_.end() &&
            std::ranges::find(kTrainingSettings, key) == std::end(kTrainingSettings))
            refuse(fmt::format("the setting {} is not known", shownSetting(Json(key))));
}

Result<void> TfjsSettings::done() const
{
    if (!problem_.empty())
        return inputError("cannot read {}: {}", where_, problem_);
    return {};
}

} // namespace vitrine::superres
