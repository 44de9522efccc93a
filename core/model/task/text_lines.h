#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace vitrine::model
{

// Texts, a JSON object {"name": ..., "text": ...} in each line; at least one, empty lines are
// passed over. Errors name `name`, the file, and the line.
Result<std::vector<std::string>> parseTextLines(std::string_view all, std::string_view name);

} // namespace vitrine::model
