#include "plugins/attention/experiments/forward_outputs.h"

#include <algorithm>

namespace vitrine::attention_plugin
{

Result<ForwardOutputs> wantedOutputs(std::string_view rest)
{
    ForwardOutputs result;
    while (!rest.empty()) {
        const auto comma = std::min(rest.find(','), rest.size());
        std::string_view word = rest.substr(0, comma);
        rest.remove_prefix(std::min(comma + 1, rest.size()));
        word.remove_prefix(std::min(word.find_first_not_of(' '), word.size()));
        word = word.substr(0, word.find_last_not_of(' ') + 1);
        if (word == "logits")
            result.logits = true;
        else if (word == "attention")
            result.attention = true;
        else if (word == "hidden")
            result.hidden = true;
        else
            return argumentError("outputs has no \"{}\": choose among logits, attention, hidden",
                                 word);
    }
    return result;
}

} // namespace vitrine::attention_plugin
