#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine
{

// The filter language of the Runs page, of saved searches and of `vitrine runs list --filter`:
//   experiment:video.compare psnr_y>35 tag:paper date>2026-11-01 state:done text
// Terms stand between blanks and all must hold; a minus before a term means "not"; quotes keep
// blanks and signs together.
//   word               words that begin so occur in experiment, parameters, tags, note or error
//   experiment:A,B     one of them, or of the family ("video" means all of "video.…")
//   state:done,failed  tag:paper,draft
//   date>2026-11-01    started (UTC); also a month, a year, or a time such as 2026-11-01T14:30
//   seconds>10         how long it took;  run<=100: its number
//   has:psnr_y         has this metric or parameter
//   input:5f0c12       read a file whose SHA-256 begins so
//   NAME>35            a metric, else a parameter of that name: > >= < <= = !=
//   NAME:text          a number equal to it, or a parameter that contains the text
enum class FilterField { words, experiment, state, tag, date, seconds, run, has, input, named };
enum class Relation { is, equal, notEqual, less, lessOrEqual, greater, greaterOrEqual };

struct FilterTerm {
    FilterField field = FilterField::words;
    Relation relation = Relation::is;
    bool negated = false;
    std::string name;                  // as written: "psnr_y", "tag"; empty for words
    std::vector<std::string> values;   // one, or several where the field takes alternatives
    std::optional<double> number;      // the value as a number, where it is one
    std::size_t begin = 0, length = 0; // in the text

    friend bool operator==(const FilterTerm&, const FilterTerm&) = default;
};

// What could not be understood, said for the person who typed it.
struct FilterProblem {
    std::size_t begin = 0, length = 0; // in the text
    std::string message;               // `state:finished`: a run is queued, running, …

    friend bool operator==(const FilterProblem&, const FilterProblem&) = default;
};

struct RunFilter {
    std::vector<FilterTerm> terms; // those that were understood
    std::vector<FilterProblem> problems;

    bool isEmpty() const { return terms.empty(); }
    friend bool operator==(const RunFilter&, const RunFilter&) = default;
};

RunFilter parseFilter(std::string_view text);

// The term as it is typed; parseFilter reads it back.
std::string filterText(const FilterTerm& term);
// The value with quotes where it needs them.
std::string filterValue(std::string_view value);

// The names that occur in a workspace, each list sorted.
struct RunVocabulary {
    std::vector<std::string> experiments, metrics, params, tags;
};

// Terms that name what no run has: "psnr_z: no run has a metric or parameter of this name; is
// psnr_y meant?"
std::vector<FilterProblem> unknownNames(const RunFilter& filter, const RunVocabulary& vocabulary);

// What the word at `cursor` may become, best first, at most `limit`.
struct FilterCompletion {
    std::size_t begin = 0, length = 0; // what it replaces
    std::string text;                  // "state:done"
    std::string help;                  // "metric", "parameter", "state"
};
std::vector<FilterCompletion> filterCompletions(std::string_view text, std::size_t cursor,
                                                const RunVocabulary& vocabulary,
                                                std::size_t limit = 12);

} // namespace vitrine
