#pragma once

#include "core/base/result.h"

#include <map>
#include <string>
#include <string_view>

namespace vitrine
{

// A recipe of a training, as Trainer takes it: `key = value` lines, `#` begins a comment. What the
// keys mean is the trainer's to say. Errors name `name`, the file, and the line.
Result<std::map<std::string, std::string>> parseRecipe(std::string_view text,
                                                       std::string_view name);

} // namespace vitrine
