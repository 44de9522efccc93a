#include "app/window/fuzzy_match.h"

#include <QString>

#include <algorithm>
#include <vector>

namespace vitrine
{
namespace
{

constexpr int kLetter = 1, kFollows = 8, kBeginsWord = 6, kBeginsAll = 2;
constexpr int kNone = -1'000'000;

bool beginsWord(QStringView words, int place)
{
    return place == 0 || (words[place].isLetterOrNumber() && !words[place - 1].isLetterOrNumber());
}

int worth(QStringView words, int place)
{
    return kLetter + (beginsWord(words, place) ? kBeginsWord : 0) + (place == 0 ? kBeginsAll : 0);
}

} // namespace

std::optional<FuzzyMatch> fuzzyMatch(QStringView words, QStringView letters)
{
    const QString wanted = letters.toString().remove(' ').toCaseFolded();
    const QString text = words.toString().toCaseFolded();
    const int rows = static_cast<int>(wanted.size());
    const int columns = static_cast<int>(text.size());
    if (rows == 0)
        return FuzzyMatch{};
    if (rows > columns || columns != words.size())
        return std::nullopt;

    // best[i][j]: letters 0..i placed, the last of them at j; before[i][j]: where letter i - 1 is.
    std::vector best(rows, std::vector(columns, kNone));
    std::vector before(rows, std::vector(columns, -1));
    for (int i = 0; i < rows; ++i) {
        int sofar = kNone, sofarPlace = -1; // the best of the row above, left of j
        for (int j = i; j < columns; ++j) {
            if (i > 0 && j > 0 && best[i - 1][j - 1] > sofar) {
                sofar = best[i - 1][j - 1];
                sofarPlace = j - 1;
            }
            if (text[j] != wanted[i])
                continue;
            if (i == 0) {
                best[i][j] = worth(words, j);
                continue;
            }
            const int following =
                best[i - 1][j - 1] == kNone ? kNone : best[i - 1][j - 1] + kFollows;
            if (std::max(sofar, following) == kNone)
                continue;
            best[i][j] = std::max(sofar, following) + worth(words, j);
            before[i][j] = following >= sofar ? j - 1 : sofarPlace;
        }
    }

    const auto& last = best.back();
    const auto end = std::ranges::max_element(last);
    if (*end == kNone)
        return std::nullopt;
    FuzzyMatch match{.score = *end * 100 - std::min(columns, 99), .places = QList<int>(rows)};
    int place = static_cast<int>(end - last.begin());
    for (int i = rows - 1; i >= 0; --i) {
        match.places[i] = place;
        place = before[i][place];
    }
    return match;
}

} // namespace vitrine
