#pragma once

#include "core/base/result.h"

#include <memory>
#include <string_view>
#include <vector>

namespace vitrine::model
{

// A pattern of a tokenizer file. It runs in Oniguruma with the options that huggingface/tokenizers
// gives it, so that classes, anchors and quantifiers mean what they mean there. Immutable; any
// thread.
class Regex
{
public:
    // Error (input) where the pattern is malformed, longer than 16 KiB or nested too deep.
    static Result<Regex> compile(std::string_view pattern);
    // Finds the text itself.
    static Result<Regex> literal(std::string_view text);

    struct Match {
        std::size_t begin = 0, end = 0; // bytes
    };
    // All matches in a well-formed UTF-8 text, left to right, in the order and with the empty ones
    // that the onig crate's find_iter gives. Error (failed) where the pattern costs too much on
    // this text.
    Result<std::vector<Match>> matches(std::string_view text) const;

private:
    std::shared_ptr<const void> code_;
    bool nests_ = false; // whether groups may be counted or called inside others
};

} // namespace vitrine::model
