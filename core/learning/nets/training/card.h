#pragma once

#include "core/learning/nets/training/score.h"
#include "core/learning/nets/training/settings.h"

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace vitrine::learning
{

// What a shipped model says of itself: README.md with the front matter that model cards have
// (`key: value` between two lines of ---), then text for people. The front matter is what training
// goes on from where its state is lost.
struct Card {
    std::string name;
    int64_t step = 0, steps = 0;
    uint64_t seed = 1;
    double processorHours = 0.0;
    Score selection{};
    std::vector<Score> scores;
    std::string start{}; // whose weights it began with, and how far those were trained; or empty
};

// `recipe` gives title, about and limits; `sources` are the tables of vitrine-prepare that say
// where the data come from (packages, licences), those that are there.
std::string cardText(const Card& card, const Settings& recipe,
                     const std::vector<std::string>& sources);

// Reads the front matter and the table of scores. Throws std::runtime_error with one line that
// names the file, the line and what is wrong: a key that is missing, unknown or given twice, a
// value that is no number, a row that is no score.
Card readCard(const std::string& folder);
Card readCard(std::istream& in, const std::string& path);

// Whether the folder has a README.md with front matter: the first language model's has none.
bool hasCard(const std::string& folder);

// The text of a card with these scores in the place of its own; all else stays. Throws
// std::runtime_error naming `path` where a line of the card is none of theirs: a number that has
// changed is for a new card to say.
std::string withScores(const std::string& text, const std::string& path,
                       const std::vector<Score>& scores);

// As cards and `vitrine-train score` print it: "| name | 91.230 | % |"; where there is no number "|
// name | none | why |".
std::string scoreLine(const Score& score);

} // namespace vitrine::learning
