#include "core/learning/nets/language/recipe.h"

#include "core/learning/nets/training/shown_text.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

template <typename T>
T parse(const std::string& text)
{
    std::istringstream in(text);
    in.imbue(std::locale::classic());
    T value{};
    std::string rest;
    if (!(in >> value) || in >> rest)
        throw std::runtime_error("\"" + shownText(text) + "\" is not a number");
    return value;
}

std::vector<WindowPhase> parseWindows(const std::string& text)
{
    std::istringstream in(text);
    std::vector<WindowPhase> phases;
    for (std::string word; in >> word;) {
        const auto colon = word.find(':');
        if (colon == std::string::npos)
            throw std::runtime_error("\"" + shownText(word) + "\" should look like 0.85:512");
        phases.push_back(
            {parse<double>(word.substr(0, colon)), parse<int64_t>(word.substr(colon + 1))});
        if (phases.back().tokens < 2)
            throw std::runtime_error("a window needs at least 2 tokens");
    }
    if (phases.empty() || phases.front().from != 0.0)
        throw std::runtime_error("the first window starts at 0, as in 0:256");
    return phases;
}

using Setter = std::function<void(Recipe&, const std::string&)>;

template <typename T>
Setter number(T Recipe::*field)
{
    return [field](Recipe& recipe, const std::string& text) { recipe.*field = parse<T>(text); };
}

const std::map<std::string, Setter>& setters()
{
    static const std::map<std::string, Setter> table = {
        {"data", [](Recipe& r, const std::string& text) { r.data = text; }},
        {"out", [](Recipe& r, const std::string& text) { r.out = text; }},
        {"device", [](Recipe& r, const std::string& text) { r.device = text; }},
        {"windows", [](Recipe& r, const std::string& text) { r.windows = parseWindows(text); }},
        {"vocabulary", number(&Recipe::vocabulary)},
        {"width", number(&Recipe::width)},
        {"layers", number(&Recipe::layers)},
        {"heads", number(&Recipe::heads)},
        {"feed_forward", number(&Recipe::feedForward)},
        {"context", number(&Recipe::context)},
        {"rope_theta", number(&Recipe::ropeTheta)},
        {"norm_epsilon", number(&Recipe::normEpsilon)},
        {"tokens_per_step", number(&Recipe::tokensPerStep)},
        {"mixed_share", number(&Recipe::mixedShare)},
        {"steps", number(&Recipe::steps)},
        {"minutes", number(&Recipe::minutes)},
        {"warm_up", number(&Recipe::warmUp)},
        {"learning_rate", number(&Recipe::learningRate)},
        {"last_rate", number(&Recipe::lastRate)},
        {"weight_decay", number(&Recipe::weightDecay)},
        {"beta1", number(&Recipe::beta1)},
        {"beta2", number(&Recipe::beta2)},
        {"clip", number(&Recipe::clip)},
        {"seed", number(&Recipe::seed)},
        {"threads", number(&Recipe::threads)},
        {"checkpoint_minutes", number(&Recipe::checkpointMinutes)},
        {"evaluate_every", number(&Recipe::evaluateEvery)},
        // The queue's (queue.h).
        {"queue", [](Recipe&, const std::string&) {}},
        {"last", [](Recipe&, const std::string&) {}},
        {"after", [](Recipe&, const std::string&) {}},
    };
    return table;
}

std::string trimmed(const std::string& text)
{
    const auto first = text.find_first_not_of(" \t\r");
    const auto last = text.find_last_not_of(" \t\r");
    return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

} // namespace

void setKey(Recipe& recipe, const std::string& key, const std::string& value)
{
    const auto found = setters().find(key);
    if (found == setters().end())
        throw std::runtime_error("unknown key \"" + shownText(key) + "\"");
    try {
        found->second(recipe, value);
    } catch (const std::exception& error) {
        throw std::runtime_error(key + ": " + error.what());
    }
}

Recipe readRecipe(const std::string& path)
{
    std::ifstream in(path);
    if (!in)
        throw std::runtime_error("cannot read recipe " + path);
    return readRecipe(in, path);
}

Recipe readRecipe(std::istream& in, const std::string& path)
{
    Recipe recipe;
    std::set<std::string> given;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        line = trimmed(line.substr(0, line.find('#')));
        if (line.empty())
            continue;
        const auto equals = line.find('=');
        try {
            if (equals == std::string::npos)
                throw std::runtime_error("key = value expected");
            const std::string key = trimmed(line.substr(0, equals));
            setKey(recipe, key, trimmed(line.substr(equals + 1)));
            if (!given.insert(key).second)
                throw std::runtime_error(key + " is given twice");
        } catch (const std::exception& error) {
            throw std::runtime_error(path + ":" + std::to_string(number) + ": " + error.what());
        }
    }
    return recipe;
}

int64_t windowAt(const Recipe& recipe, double progress)
{
    int64_t tokens = recipe.windows.front().tokens;
    for (const auto& phase : recipe.windows)
        if (progress >= phase.from)
            tokens = phase.tokens;
    return tokens;
}

double rateAt(const Recipe& recipe, int64_t step, double progress)
{
    const double warm =
        std::min(1.0, static_cast<double>(step + 1) / static_cast<double>(recipe.warmUp + 1));
    const double cosine = 0.5 * (1.0 + std::cos(3.14159265358979323846 * std::min(1.0, progress)));
    return recipe.learningRate * warm * (recipe.lastRate + (1.0 - recipe.lastRate) * cosine);
}

} // namespace vitrine::learning
