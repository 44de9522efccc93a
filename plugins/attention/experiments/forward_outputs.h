#pragma once

#include "core/base/result.h"

#include <string_view>

namespace vitrine::attention_plugin
{

// What model.forward writes.
struct ForwardOutputs {
    bool logits = false, attention = false, hidden = false;
};
// Of words with commas between; argument error for another word.
Result<ForwardOutputs> wantedOutputs(std::string_view words);

} // namespace vitrine::attention_plugin
