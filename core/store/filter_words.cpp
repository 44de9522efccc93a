#include "core/store/filter.h"

#include "core/base/near_name.h"

#include <algorithm>
#include <array>
#include <set>

namespace vitrine
{
namespace
{

using Names = std::vector<std::string>;

constexpr std::array<std::string_view, 7> kStates = {
    "done", "failed", "cancelled", "paused", "interrupted", "running", "queued"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kStarts = {
    {{"experiment:", "the experiment or its family"},
     {"state:", "done, failed, cancelled, …"},
     {"tag:", "runs with this tag"},
     {"date>", "started after"},
     {"has:", "has this metric or parameter"},
     {"seconds>", "how long it took"},
     {"run:", "its number"}}};

// The nearest of the names, or nothing where none is near.
std::string nearest(const std::string& name, std::initializer_list<const Names*> lists)
{
    std::string best;
    std::size_t least = 1 + name.size() / 3;
    for (const Names* list : lists)
        for (const auto& each : *list)
            if (const auto far = lettersApart(name, each);
                far <= least && (best.empty() || far < least)) {
                least = far;
                best = each;
            }
    return best;
}

std::string meant(const std::string& nearby)
{
    return nearby.empty() ? std::string() : "; is " + nearby + " meant?";
}

bool knows(const Names& names, const std::string& name)
{
    return std::ranges::binary_search(names, name);
}

bool knowsExperiment(const Names& experiments, const std::string& id)
{
    return std::ranges::any_of(experiments, [&](const std::string& each) {
        return each == id || each.starts_with(id + ".");
    });
}

std::string unknownIn(const FilterTerm& term, const RunVocabulary& words)
{
    const auto named = [&](const std::string& name) {
        return knows(words.metrics, name) || knows(words.params, name)
                   ? std::string()
                   : fmt::format("no run has a metric or parameter \"{}\"{}", name,
                                 meant(nearest(name, {&words.metrics, &words.params})));
    };
    if (term.field == FilterField::named)
        return named(term.name);
    for (const auto& value : term.values) {
        std::string problem;
        if (term.field == FilterField::has)
            problem = named(value);
        else if (term.field == FilterField::experiment &&
                 !knowsExperiment(words.experiments, value))
            problem = fmt::format("no run is of the experiment \"{}\"{}", value,
                                  meant(nearest(value, {&words.experiments})));
        else if (term.field == FilterField::tag && !knows(words.tags, value))
            problem = fmt::format("no run has the tag \"{}\"{}", value,
                                  meant(nearest(value, {&words.tags})));
        if (!problem.empty())
            return problem;
    }
    return {};
}

// Collects what begins with, then what contains, what was typed.
class Offers
{
public:
    Offers(std::string typed, std::size_t begin, std::size_t length)
        : typed_(std::move(typed)), begin_(begin), length_(length)
    {
    }

    void offer(const std::string& shown, std::string text, std::string help)
    {
        const bool starts = shown.starts_with(typed_);
        if (!starts && shown.find(typed_) == std::string::npos)
            return;
        if (text != typed_ && seen_.insert(text).second)
            (starts ? first_ : second_)
                .push_back({begin_, length_, std::move(text), std::move(help)});
    }

    std::vector<FilterCompletion> best(std::size_t limit)
    {
        first_.insert(first_.end(), second_.begin(), second_.end());
        first_.resize(std::min(first_.size(), limit));
        return std::move(first_);
    }

private:
    std::string typed_;
    std::size_t begin_, length_;
    std::vector<FilterCompletion> first_, second_;
    std::set<std::string> seen_;
};

void offerValues(Offers& offers, const std::string& field, const RunVocabulary& words)
{
    if (field == "experiment") {
        for (const auto& id : words.experiments)
            offers.offer(id, id, "experiment");
    } else if (field == "tag") {
        for (const auto& tag : words.tags)
            offers.offer(tag, filterValue(tag), "tag");
    } else if (field == "state") {
        for (const auto state : kStates)
            offers.offer(std::string(state), std::string(state), "state");
    } else if (field == "has") {
        for (const auto& name : words.metrics)
            offers.offer(name, name, "metric");
        for (const auto& name : words.params)
            offers.offer(name, name, "parameter");
    }
}

} // namespace

std::vector<FilterProblem> unknownNames(const RunFilter& filter, const RunVocabulary& vocabulary)
{
    std::vector<FilterProblem> problems;
    for (const auto& term : filter.terms)
        if (auto problem = unknownIn(term, vocabulary); !problem.empty())
            problems.push_back({term.begin, term.length, std::move(problem)});
    return problems;
}

std::vector<FilterCompletion> filterCompletions(std::string_view text, std::size_t cursor,
                                                const RunVocabulary& vocabulary, std::size_t limit)
{
    cursor = std::min(cursor, text.size());
    std::size_t begin = cursor;
    while (begin > 0 && text[begin - 1] != ' ')
        --begin;
    if (begin < cursor && text[begin] == '-')
        ++begin;
    const std::string_view typed = text.substr(begin, cursor - begin);
    const auto colon = typed.find(':');
    if (colon != std::string_view::npos) {
        const auto last = typed.find_last_of(":,") + 1;
        Offers offers(std::string(typed.substr(last)), begin + last, cursor - begin - last);
        offerValues(offers, std::string(typed.substr(0, colon)), vocabulary);
        return offers.best(limit);
    }
    if (typed.find_first_of("<>=\"") != std::string_view::npos)
        return {};
    Offers offers(std::string(typed), begin, cursor - begin);
    for (const auto& [start, help] : kStarts)
        offers.offer(std::string(start), std::string(start), std::string(help));
    if (typed.empty())
        return offers.best(limit);
    for (const auto& name : vocabulary.metrics)
        offers.offer(name, name + ">", "metric");
    for (const auto& name : vocabulary.params)
        offers.offer(name, name + ":", "parameter");
    for (const auto& id : vocabulary.experiments)
        offers.offer(id, "experiment:" + id, "experiment");
    for (const auto& tag : vocabulary.tags)
        offers.offer(tag, "tag:" + filterValue(tag), "tag");
    for (const auto state : kStates)
        offers.offer(std::string(state), "state:" + std::string(state), "state");
    return offers.best(limit);
}

} // namespace vitrine
