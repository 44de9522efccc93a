#pragma once

#include "core/base/result.h"

#include <memory>
#include <optional>
#include <string_view>

namespace vitrine::model
{

// A pattern of a tokenizer file, compiled by PCRE2 with Unicode properties and machine code where
// it can. Immutable; any thread.
class Regex
{
public:
    // Error (input) where the pattern is malformed or longer than 16 KiB.
    static Result<Regex> compile(std::string_view pattern);
    // Finds the text itself.
    static Result<Regex> literal(std::string_view text);

    struct Match {
        std::size_t begin = 0, end = 0; // bytes
    };
    // One search after the other over one text of well-formed UTF-8.
    class Search
    {
    public:
        Search(const Regex& regex, std::string_view text);
        ~Search();
        Search(Search&&) noexcept;
        // The first match at or behind `from`. Error (failed) where the pattern costs too much on
        // this text.
        Result<std::optional<Match>> next(std::size_t from);

    private:
        struct Private;
        std::unique_ptr<Private> d_;
    };

private:
    std::shared_ptr<void> code_;
};

} // namespace vitrine::model
