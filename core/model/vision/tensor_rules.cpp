#include "core/model/vision/tensor_rules.h"

#include <charconv>
#include <fmt/format.h>
#include <vector>

namespace vitrine::model
{
namespace
{

// What the places of a pattern hold in a name that fits it.
struct Fitted {
    std::vector<int> numbers;
    std::string_view rest;
};

std::optional<Fitted> fit(std::string_view name, std::string_view pattern)
{
    Fitted fitted;
    while (!pattern.empty()) {
        if (pattern == "*") {
            fitted.rest = name;
            return fitted;
        }
        if (pattern.starts_with("{}")) {
            int number = 0;
            const auto read = std::from_chars(name.data(), name.data() + name.size(), number);
            if (read.ec != std::errc() || number < 0)
                return {};
            fitted.numbers.push_back(number);
            name.remove_prefix(static_cast<std::size_t>(read.ptr - name.data()));
            pattern.remove_prefix(2);
            continue;
        }
        if (name.empty() || name.front() != pattern.front())
            return {};
        name.remove_prefix(1);
        pattern.remove_prefix(1);
    }
    return name.empty() ? std::optional(fitted) : std::nullopt;
}

std::optional<std::string> filled(std::string_view pattern, const Fitted& fitted)
{
    std::string name;
    std::size_t number = 0;
    while (!pattern.empty()) {
        if (pattern == "*")
            return name + std::string(fitted.rest);
        if (pattern.front() != '{') {
            name += pattern.front();
            pattern.remove_prefix(1);
            continue;
        }
        const char change = pattern[1];
        const int value = fitted.numbers.at(number++) + (change == '+'   ? 1
                                                         : change == '-' ? -1
                                                                         : 0);
        if (value < 0)
            return {};
        name += fmt::to_string(value);
        pattern.remove_prefix(change == '}' ? 2 : 3);
    }
    return name;
}

} // namespace

std::optional<TensorPart> renamed(std::string_view stored, std::span<const TensorRule> rules)
{
    for (const TensorRule& rule : rules)
        if (const auto fitted = fit(stored, rule.stored))
            if (auto name = filled(rule.ours, *fitted))
                return TensorPart{std::move(*name), rule.part, rule.parts};
    return {};
}

} // namespace vitrine::model
