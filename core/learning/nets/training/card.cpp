#include "core/learning/nets/training/card.h"

#include "core/learning/nets/training/prepared_data.h"
#include "core/learning/nets/training/shown_text.h"

#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

constexpr const char* kLicense = "gpl-3.0";
constexpr const char* kScoreHead = "| what | value | unit |";
constexpr const char* kScoreRule = "|---|---|---|";
constexpr const char* kNoScore = "none";

std::string fixedDigits(double value, int digits)
{
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

// A card line by line; what is wrong is said with its place.
class CardLines
{
public:
    CardLines(std::istream& in, const std::string& path) : in_(in), path_(path) {}

    bool next()
    {
        ++number_;
        return static_cast<bool>(std::getline(in_, line_));
    }
    const std::string& line() const { return line_; }

    [[noreturn]] void fail(const std::string& what) const
    {
        throw std::runtime_error(path_ + ":" + std::to_string(number_) + ": " + what);
    }

private:
    std::istream& in_;
    std::string path_, line_;
    int number_ = 0;
};

// The whole of `text` as a number, whatever the locale.
template <typename T>
bool isWholly(const std::string& text, T& value)
{
    std::istringstream in(text);
    in.imbue(std::locale::classic());
    std::string rest;
    return (in >> value) && !(in >> rest);
}

template <typename T>
void takeNumber(const CardLines& card, const std::string& key, const std::string& text, T least,
                T& value)
{
    if (!isWholly(text, value) || value < least)
        card.fail(key + ": " + shownText(text) + " is not such a number");
}

// One key of the front matter, into the card.
void takeKey(const CardLines& lines, Card& card, const std::string& key, const std::string& text)
{
    if (key == "license") {
        if (text != kLicense)
            lines.fail("license: " + shownText(text) + ": " + kLicense + " expected");
    } else if (key == "name") {
        card.name = text;
    } else if (key == "step") {
        takeNumber<int64_t>(lines, key, text, 0, card.step);
    } else if (key == "steps") {
        takeNumber<int64_t>(lines, key, text, 1, card.steps);
    } else if (key == "seed") {
        int64_t seed = 0;
        takeNumber<int64_t>(lines, key, text, 0, seed);
        card.seed = static_cast<uint64_t>(seed);
    } else if (key == "processor_hours") {
        takeNumber(lines, key, text, 0.0, card.processorHours);
    } else if (key == "start") {
        card.start = text;
    } else if (key == "selection") {
        takeNumber(lines, key, text, std::numeric_limits<double>::lowest(), card.selection.value);
    } else {
        lines.fail("unknown key " + shownText(key));
    }
}

void readFrontMatter(CardLines& lines, Card& card)
{
    std::set<std::string> given;
    for (;;) {
        if (!lines.next())
            lines.fail("the front matter has no end, a line of ---");
        if (lines.line() == "---")
            break;
        const auto colon = lines.line().find(": ");
        if (colon == std::string::npos || colon == 0)
            lines.fail("\"key: value\" expected, not \"" + shownText(lines.line()) + "\"");
        const std::string key = lines.line().substr(0, colon);
        if (!given.insert(key).second)
            lines.fail(shownText(key) + " is given twice");
        takeKey(lines, card, key, lines.line().substr(colon + 2));
    }
    for (const char* key : {"name", "step", "steps", "seed", "processor_hours", "selection"})
        if (given.count(key) == 0)
            lines.fail(std::string(key) + " is missing in the front matter");
}

// A line of the table of scores, as scoreLine writes it.
Score scoreIn(const CardLines& lines)
{
    const std::string &line = lines.line(), rule = "| name | value | unit | expected";
    if (line.size() < 4 || line.substr(0, 2) != "| " || line.substr(line.size() - 2) != " |")
        lines.fail(rule);
    const std::string inner = line.substr(2, line.size() - 4);
    const auto first = inner.find(" | ");
    const auto second = first == std::string::npos ? first : inner.find(" | ", first + 3);
    if (second == std::string::npos || inner.find(" | ", second + 3) != std::string::npos)
        lines.fail(rule);
    Score score{inner.substr(0, first), 0.0, inner.substr(second + 3)};
    const std::string value = inner.substr(first + 3, second - first - 3);
    if (value == kNoScore)
        score.value = std::nan("");
    else if (!isWholly(value, score.value))
        lines.fail("the score \"" + shownText(score.name) + "\" has the value " + shownText(value) +
                   ", which is no number");
    return score;
}

} // namespace

std::string scoreLine(const Score& score)
{
    const std::string value = std::isnan(score.value) ? kNoScore : fixedDigits(score.value, 3);
    return "| " + score.name + " | " + value + " | " + score.unit + " |";
}

std::string cardText(const Card& card, const Settings& recipe,
                     const std::vector<std::string>& sources)
{
    std::ostringstream out;
    out << "---\nlicense: " << kLicense << "\nname: " << card.name << "\nstep: " << card.step
        << "\nsteps: " << card.steps << "\nseed: " << card.seed
        << "\nprocessor_hours: " << fixedDigits(card.processorHours, 3)
        << "\nselection: " << fixedDigits(card.selection.value, 4);
    if (!card.start.empty())
        out << "\nstart: " << card.start;
    out << "\n---\n\n# " << card.name << "\n\n"
        << recipe.text("about", recipe.text("network")) << "\n\n"
        << "Weights in F16. Licence: GPL-3.0-or-later; the data's licences stand below.\n\n"
        << "## Training\n\n`packaging/train " << card.name << "` with `resources/recipes/"
        << card.name << ".recipe`: step " << card.step << " of " << card.steps << ", seed "
        << card.seed << ", " << fixedDigits(card.processorHours, 2)
        << " processor-hours on one core. The weights are the running mean over the steps.";
    if (!card.start.empty())
        out << " It began with the shipped weights of " << card.start << ".";
    if (card.step < card.steps)
        out << " **The schedule is not finished**: what follows are the scores so far.";
    out << "\n\n## Scores\n\nPrinted by `vitrine-train score " << card.name
        << "` from the shipped file. The first line chose this model; no test set chose "
           "anything.\n\n"
        << kScoreHead << "\n"
        << kScoreRule << "\n";
    for (const Score& score : card.scores)
        out << scoreLine(score) << "\n";
    out << "\n## Data\n\n";
    for (const std::string& path : sources)
        out << sourcesInMarkdown(path) << "\n";
    if (recipe.has("limits"))
        out << "## Limits\n\n" << recipe.text("limits") << "\n";
    return out.str();
}

Card readCard(const std::string& folder)
{
    const std::string path = folder + "/README.md";
    std::ifstream in(path);
    if (!in)
        throw std::runtime_error("cannot read " + path);
    return readCard(in, path);
}

Card readCard(std::istream& in, const std::string& path)
{
    CardLines lines(in, path);
    if (!lines.next() || lines.line() != "---")
        throw std::runtime_error(path + " does not begin with the front matter of a card");
    Card card;
    readFrontMatter(lines, card);
    bool inScores = false;
    for (int rows = 0; lines.next();) {
        if (lines.line().rfind("## ", 0) == 0)
            inScores = lines.line() == "## Scores";
        if (!inScores || lines.line().rfind("|", 0) != 0)
            continue;
        if (rows++ >= 2)
            card.scores.push_back(scoreIn(lines));
        else if (lines.line() != (rows == 1 ? kScoreHead : kScoreRule))
            lines.fail(std::string(rows == 1 ? kScoreHead : kScoreRule) + " expected");
    }
    return card;
}

std::string withScores(const std::string& text, const std::string& path,
                       const std::vector<Score>& scores)
{
    std::istringstream in(text);
    std::set<std::string> known;
    for (const Score& score : scores)
        known.insert(scoreLine(score));
    for (const Score& score : readCard(in, path).scores)
        if (known.count(scoreLine(score)) == 0)
            throw std::runtime_error(path + ": \"" + scoreLine(score) +
                                     "\" is not what the files give now");
    const std::string head = std::string("\n") + kScoreHead + "\n" + kScoreRule + "\n";
    const size_t begin = text.find(head, text.find("\n## Scores\n"));
    if (begin == std::string::npos)
        throw std::runtime_error(path + " has no table of scores");
    size_t end = begin + head.size();
    while (text.compare(end, 1, "|") == 0 && text.find('\n', end) != std::string::npos)
        end = text.find('\n', end) + 1;
    std::string table;
    for (const Score& score : scores)
        table += scoreLine(score) + "\n";
    return text.substr(0, begin) + head + table + text.substr(end);
}

bool hasCard(const std::string& folder)
{
    std::ifstream in(folder + "/README.md");
    std::string line;
    return std::getline(in, line) && line == "---";
}

} // namespace vitrine::learning
