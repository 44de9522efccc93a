#pragma once

#include <QList>
#include <QStringView>

#include <optional>

namespace vitrine
{

// How well the letters, in this order, are found in the words: "rlay" in "Reset layout". Letters at
// the beginning of a word, and letters that follow each other, count for more; words that are
// shorter are better among equals. Case does not count, spaces in `letters` are passed over.
struct FuzzyMatch {
    int score = 0;
    QList<int> places; // of the letters in the words, rising: the best way to place them
};

std::optional<FuzzyMatch> fuzzyMatch(QStringView words, QStringView letters);

} // namespace vitrine
