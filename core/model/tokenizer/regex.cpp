#include "core/model/tokenizer/regex.h"

#include "core/model/tokenizer/utf8.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <oniguruma.h>

namespace vitrine::model
{
namespace
{

constexpr std::size_t kPatternLimit = 16 << 10;
constexpr unsigned kPatternDepth = 256; // of the parser, which recurses

// What a search may cost: steps back, and places to come back to (some 40 bytes each). Ordinary
// searches take fewer than kFewSteps steps. One that needs more is run again with kStepsMore times
// as many, which is drawn from a budget for the whole text. Where groups are counted or called
// inside others, Oniguruma goes through the places at every step: there both are bounded together.
constexpr unsigned long kFewSteps = 256, kStepsMore = 8;
constexpr unsigned long kStepsBudget = 10'000'000, kStepsPerByte = 128;
constexpr unsigned long kPlaces = 8 << 20, kFewPlaces = 4096, kPlacesTimesSteps = 40'000'000'000;

// [:punct:] is \p{P} up to Oniguruma 6.9.8 and [\p{P}\p{S}] from 6.9.9 on, which the hub's library
// has by now.
constexpr bool kPunctIsOld = ONIGURUMA_VERSION_INT < 60909;

const UChar* bytesOf(const char* text)
{
    return reinterpret_cast<const UChar*>(text);
}

std::string onigurumaSays(int error, OnigErrorInfo* info)
{
    std::array<UChar, ONIG_MAX_ERROR_MESSAGE_LEN> message{};
    const int length = info ? onig_error_code_to_str(message.data(), error, info)
                            : onig_error_code_to_str(message.data(), error);
    return printable({reinterpret_cast<const char*>(message.data()),
                      static_cast<std::size_t>(std::max(length, 0))},
                     200);
}

// Compiling is not safe in two threads at once.
int newPattern(regex_t*& code, std::string_view pattern, OnigErrorInfo& info)
{
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    static const int ready = [] {
        std::array<OnigEncoding, 1> encodings{ONIG_ENCODING_UTF8};
        onig_set_parse_depth_limit(kPatternDepth);
        return onig_initialize(encodings.data(), static_cast<int>(encodings.size()));
    }();
    if (ready != ONIG_NORMAL)
        return ready;
    return onig_new(&code, bytesOf(pattern.data()), bytesOf(pattern.data() + pattern.size()),
                    ONIG_OPTION_NONE, ONIG_ENCODING_UTF8, ONIG_SYNTAX_DEFAULT, &info);
}

// Searches one text again and again.
class PatternSearch
{
public:
    PatternSearch(regex_t* code, bool nests, std::string_view text)
        : code_(code),
          nests_(nests),
          text_(text),
          budget_(kStepsBudget + kStepsPerByte * text.size())
    {
    }
    // Beginning of the first match at or behind `from`, or a negative code.
    int next(std::size_t from)
    {
        int found = run(from, kFewSteps);
        for (unsigned long steps = kFewSteps * kStepsMore; isOutOfSteps(found) && budget_ >= steps;
             steps *= kStepsMore) {
            budget_ -= steps;
            found = run(from, steps);
        }
        return found;
    }
    Regex::Match match() const
    {
        return {static_cast<std::size_t>(region_->beg[0]),
                static_cast<std::size_t>(region_->end[0])};
    }

private:
    static bool isOutOfSteps(int code)
    {
        return code == ONIGERR_RETRY_LIMIT_IN_SEARCH_OVER ||
               code == ONIGERR_RETRY_LIMIT_IN_MATCH_OVER;
    }
    int run(std::size_t from, unsigned long steps)
    {
        const unsigned long places =
            nests_ ? std::clamp(kPlacesTimesSteps / steps, kFewPlaces, kPlaces) : kPlaces;
        onig_set_retry_limit_in_match_of_match_param(limits_.get(), steps);
        onig_set_retry_limit_in_search_of_match_param(limits_.get(), steps);
        onig_set_match_stack_limit_size_of_match_param(limits_.get(),
                                                       static_cast<unsigned>(places));
        const UChar* begin = bytesOf(text_.data());
        const UChar* end = begin + text_.size();
        return onig_search_with_param(code_, begin, end, begin + from, end, region_.get(),
                                      ONIG_OPTION_NONE, limits_.get());
    }

    struct Free {
        void operator()(OnigRegion* region) const { onig_region_free(region, 1); }
        void operator()(OnigMatchParam* limits) const { onig_free_match_param(limits); }
    };
    regex_t* code_;
    bool nests_;
    std::string_view text_;
    unsigned long budget_;
    std::unique_ptr<OnigRegion, Free> region_{onig_region_new()};
    std::unique_ptr<OnigMatchParam, Free> limits_{onig_new_match_param()};
};

} // namespace

Result<Regex> Regex::compile(std::string_view pattern)
{
    if (kPunctIsOld &&
        (pattern.find("[:punct:]") != pattern.npos || pattern.find("[:^punct:]") != pattern.npos))
        return inputError("the pattern \"{}\" has the class [:punct:], which means something else "
                          "in each version of Oniguruma; [\\p{{P}}\\p{{S}}] would be clear",
                          printable(pattern));
    if (pattern.size() > kPatternLimit)
        return inputError("a pattern of {} bytes is too long, at most {} are allowed",
                          pattern.size(), kPatternLimit);
    regex_t* code = nullptr;
    OnigErrorInfo info{};
    if (const int error = newPattern(code, pattern, info); error != ONIG_NORMAL)
        return inputError("the pattern \"{}\" is not understood: {}", printable(pattern),
                          onigurumaSays(error, &info));
    Regex regex;
    regex.nests_ = pattern.find("){") != pattern.npos || pattern.find("\\g") != pattern.npos;
    regex.code_ = std::shared_ptr<const void>(
        code, [](const void* c) { onig_free(static_cast<regex_t*>(const_cast<void*>(c))); });
    return regex;
}

Result<Regex> Regex::literal(std::string_view text)
{
    constexpr std::string_view special = "\\.+*?()|[]{}^$#&-~"; // as the regex crate's escape()
    std::string pattern;
    for (const char c : text) {
        if (special.find(c) != std::string_view::npos)
            pattern += '\\';
        pattern += c;
    }
    return compile(pattern);
}

Result<std::vector<Regex::Match>> Regex::matches(std::string_view text) const
{
    std::vector<Match> found;
    PatternSearch search(static_cast<regex_t*>(const_cast<void*>(code_.get())), nests_, text);
    bool skipsEmpty = false; // the next empty match, once one was found that is not empty
    for (std::size_t from = 0; from <= text.size();) {
        const int at = search.next(from);
        if (at == ONIG_MISMATCH)
            break;
        if (at < 0)
            return failure("the tokenizer's pattern costs too much on this text ({})",
                           onigurumaSays(at, nullptr));
        const Match match = search.match();
        if (match.begin > match.end || match.begin < (found.empty() ? 0 : found.back().end))
            return failure("the tokenizer's pattern ends a match before it begins");
        from = match.end;
        if (match.begin == match.end)
            from += from < text.size() ? std::max<std::size_t>(utf8Length(text, from), 1) : 1;
        if (match.begin < match.end || !skipsEmpty)
            found.push_back(match);
        skipsEmpty = match.begin < match.end;
    }
    return found;
}

} // namespace vitrine::model
