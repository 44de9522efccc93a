#include "core/learning/nets/training/card.h"

#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

std::string fixedDigits(double value, int digits)
{
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

// A table of vitrine-prepare as a table of the card.
std::string markdownTable(const std::string& path)
{
    std::ifstream in(path);
    std::string text;
    int lines = 0;
    for (std::string line; std::getline(in, line); ++lines) {
        size_t columns = 1;
        std::string row = "| ";
        for (const char c : line) {
            if (c == '\t')
                ++columns;
            row += c == '\t' ? std::string(" | ") : std::string(1, c);
        }
        text += row + " |\n";
        if (lines == 0) {
            for (size_t i = 0; i < columns; ++i)
                text += "|---";
            text += "|\n";
        }
    }
    return text;
}

} // namespace

std::string scoreLine(const Score& score)
{
    return "| " + score.name + " | " + fixedDigits(score.value, 3) + " | " + score.unit + " |";
}

std::string cardText(const Card& card, const Settings& recipe,
                     const std::vector<std::string>& sources)
{
    std::ostringstream out;
    out << "---\nlicense: gpl-3.0\nname: " << card.name << "\nstep: " << card.step
        << "\nsteps: " << card.steps << "\nseed: " << card.seed
        << "\nprocessor_hours: " << fixedDigits(card.processorHours, 3)
        << "\nselection: " << fixedDigits(card.selection.value, 4) << "\n---\n\n# " << card.name
        << "\n\n"
        << recipe.text("about", recipe.text("network")) << "\n\n"
        << "Weights in F16. Licence: GPL-3.0-or-later; the data's licences stand below.\n\n"
        << "## Training\n\n`packaging/train " << card.name << "` with `resources/recipes/"
        << card.name << ".recipe`: step " << card.step << " of " << card.steps << ", seed "
        << card.seed << ", " << fixedDigits(card.processorHours, 2)
        << " processor-hours on one core. The weights are the running mean over the steps.";
    if (card.step < card.steps)
        out << " **The schedule is not finished**: what follows are the scores so far.";
    out << "\n\n## Scores\n\nPrinted by `vitrine-train score " << card.name
        << "` from the shipped file. The first line chose this model; no test set chose "
           "anything.\n\n| what | value | unit |\n|---|---|---|\n";
    for (const Score& score : card.scores)
        out << scoreLine(score) << "\n";
    out << "\n## Data\n\n";
    for (const std::string& path : sources)
        out << markdownTable(path) << "\n";
    if (recipe.has("limits"))
        out << "## Limits\n\n" << recipe.text("limits") << "\n";
    return out.str();
}

Card readCard(const std::string& folder)
{
    const std::string path = folder + "/README.md";
    std::ifstream in(path);
    std::string line;
    if (!std::getline(in, line) || line != "---")
        throw std::runtime_error(path + " does not begin with the front matter of a card");
    std::map<std::string, std::string> values;
    while (std::getline(in, line) && line != "---") {
        const auto colon = line.find(": ");
        if (colon != std::string::npos)
            values[line.substr(0, colon)] = line.substr(colon + 2);
    }
    const auto number = [&](const char* key) {
        std::istringstream text(values[key]);
        text.imbue(std::locale::classic());
        double value = -1.0;
        if (!(text >> value) || !(value >= 0.0 || std::string(key) == "selection"))
            throw std::runtime_error(path + ": " + key + " is missing or is not a number");
        return value;
    };
    Card card;
    card.name = values["name"];
    card.step = static_cast<int64_t>(number("step"));
    card.steps = static_cast<int64_t>(number("steps"));
    card.seed = static_cast<uint64_t>(number("seed"));
    card.processorHours = number("processor_hours");
    card.selection.value = number("selection");
    bool scores = false;
    while (std::getline(in, line)) {
        if (line.rfind("## ", 0) == 0)
            scores = line == "## Scores";
        const auto first = line.find(" | "), second = line.find(" | ", first + 3);
        if (!scores || line.rfind("| what", 0) == 0 || second == std::string::npos)
            continue;
        std::istringstream value(line.substr(first + 3, second - first - 3));
        value.imbue(std::locale::classic());
        Score score{line.substr(2, first - 2), 0.0, ""};
        if (!(value >> score.value))
            continue;
        score.unit = line.substr(second + 3, line.rfind(" |") - second - 3);
        card.scores.push_back(score);
    }
    return card;
}

} // namespace vitrine::learning
