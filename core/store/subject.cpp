#include "core/store/subject.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace vitrine
{
namespace
{

// What a run is about, first by what works on it, then by what it works on: the names of
// experiments.md.
constexpr std::array<std::string_view, 6> kBy = {"model",  "accelerator", "codecs",
                                                 "recipe", "method",      "codec"};
constexpr std::array<std::string_view, 13> kOn = {
    "prompt_file", "prompt", "image",    "pixels",    "file", "task",     "data",
    "workload",    "input",  "evaluate", "reference", "text", "token_ids"};
constexpr std::size_t kLongest = 48;
constexpr std::size_t kSearched = 2000;

// Cut between characters.
std::string shortened(std::string text, std::size_t limit, const char* mark)
{
    if (text.size() <= limit)
        return text;
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xc0) == 0x80)
        --limit;
    return text.substr(0, limit) + mark;
}

std::string shown(std::string_view name, const ParamValue& value)
{
    std::string text = paramText(value);
    const bool isPath = name != "prompt" && text.starts_with('/');
    if (isPath) {
        while (text.size() > 1 && text.ends_with('/'))
            text.pop_back();
        text.erase(0, text.rfind('/') + 1);
    }
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    return shortened(std::move(text), kLongest, "…");
}

template <std::size_t count>
std::string firstGiven(const Params& params, const std::array<std::string_view, count>& names)
{
    for (const auto name : names)
        if (const auto found = params.all().find(name); found != params.all().end())
            if (auto text = shown(name, found->second); !text.empty())
                return text;
    return {};
}

} // namespace

std::string subjectOf(const Params& params)
{
    const std::string by = firstGiven(params, kBy);
    const std::string on = firstGiven(params, kOn);
    return by.empty() || on.empty() ? by + on : by + " · " + on;
}

std::string parameterWords(const Params& params)
{
    std::string words;
    for (const auto& [name, value] : params.all())
        words += name + " " + shortened(paramText(value), kSearched, "") + "\n";
    return words;
}

} // namespace vitrine
