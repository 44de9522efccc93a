#pragma once

#include "core/learning/nets/training/settings.h"
#include "core/learning/nets/training/trainee.h"

#include <cstdint>
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
};

// `recipe` gives title, about and limits; `sources` are the tables of vitrine-prepare that say
// where the data come from (packages, licences), those that are there.
std::string cardText(const Card& card, const Settings& recipe,
                     const std::vector<std::string>& sources);

// Reads the front matter and the table of scores. Throws std::runtime_error naming the file.
Card readCard(const std::string& folder);

// As cards and `vitrine-train score` print it: "| name | 91.23 | % |".
std::string scoreLine(const Score& score);

} // namespace vitrine::learning
