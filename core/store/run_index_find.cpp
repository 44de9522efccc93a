// The searching half of RunIndex: terms to kept rows, sort keys to orders.
#include "core/store/query.h"
#include "core/store/run_index.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <functional>
#include <iterator>
#include <numeric>
#include <utility>

namespace vitrine
{
namespace
{

bool holds(double value, Relation relation, double bound)
{
    switch (relation) {
    case Relation::is:
    case Relation::equal:
        return value == bound;
    case Relation::notEqual:
        return !std::isnan(value) && value != bound;
    case Relation::less:
        return value < bound;
    case Relation::lessOrEqual:
        return value <= bound;
    case Relation::greater:
        return value > bound;
    case Relation::greaterOrEqual:
        return value >= bound;
    }
    return false;
}

std::string lower(std::string text) // ASCII, as SQLite's lower() is
{
    std::ranges::transform(text, text.begin(), [](unsigned char c) {
        return static_cast<char>(c < 0x80 ? std::tolower(c) : c);
    });
    return text;
}

bool holdsText(const std::string& text, const FilterTerm& term)
{
    switch (term.relation) {
    case Relation::is:
        return lower(text).find(lower(term.values.front())) != std::string::npos;
    case Relation::equal:
        return text == term.values.front();
    case Relation::notEqual:
        return text != term.values.front();
    default:
        return false;
    }
}

bool isOfFamily(const std::string& experiment, const std::string& id)
{
    return experiment == id || experiment.starts_with(id + ".");
}

bool holdsDate(const std::string& started, const FilterTerm& term)
{
    const std::string& from = term.values.front();
    const std::string behind = from + "\x7f";
    switch (term.relation) {
    case Relation::less:
        return started < from;
    case Relation::greaterOrEqual:
        return started >= from;
    case Relation::lessOrEqual:
        return started < behind;
    case Relation::greater:
        return started >= behind;
    case Relation::notEqual:
        return started < from || started >= behind;
    case Relation::is:
    case Relation::equal:
        break;
    }
    return started >= from && started < behind;
}

bool contains(const std::vector<std::string>& values, std::string_view value)
{
    return std::ranges::find(values, value) != values.end();
}

} // namespace

// One flag per row of the index for the run numbers that the query gives.
Result<std::vector<char>> RunIndex::rowsOf(Statement query) const
{
    std::vector<char> rows(numbers_.size(), 0);
    while (query.step())
        if (const auto row = rowOf(query.integer(0)))
            rows[*row] = 1;
    VITRINE_CHECK(query.ok());
    return rows;
}

Result<void> RunIndex::keepMatches(const FilterTerm& term, std::vector<char>& kept)
{
    const auto keep = [&](const auto& matches) {
        for (Row row = 0; row < kept.size(); ++row)
            if (kept[row] != 0)
                kept[row] = matches(row) != term.negated;
    };
    switch (term.field) {
    case FilterField::words: {
        const std::string match = matchText(term.values.front());
        if (match.empty()) {
            keep([](Row) { return true; });
            break;
        }
        if (match != wordsText_ || wordsRows_.size() != numbers_.size()) {
            auto query = database_.prepare("SELECT rowid FROM words WHERE words MATCH ?");
            query.bind(match);
            VITRINE_TRY(wordsRows_, rowsOf(std::move(query)));
            wordsText_ = match;
        }
        keep([&](Row row) { return wordsRows_[row] != 0; });
        break;
    }
    case FilterField::experiment: {
        std::vector<char> wanted;
        for (const auto& name : experimentNames_)
            wanted.push_back(std::ranges::any_of(
                term.values, [&](const std::string& id) { return isOfFamily(name, id); }));
        keep([&](Row row) { return wanted[experiments_[row]] != 0; });
        break;
    }
    case FilterField::state:
        keep([&](Row row) { return contains(term.values, runStateName(states_[row])); });
        break;
    case FilterField::tag: {
        std::vector<char> tagged(numbers_.size(), 0);
        for (const auto& tag : term.values) {
            auto query = database_.prepare("SELECT run FROM tags WHERE tag = ?");
            query.bind(tag);
            VITRINE_TRY(const auto rows, rowsOf(std::move(query)));
            std::ranges::transform(tagged, rows, tagged.begin(), std::bit_or());
        }
        keep([&](Row row) { return tagged[row] != 0; });
        break;
    }
    case FilterField::date:
        keep([&](Row row) { return holdsDate(started_[row], term); });
        break;
    case FilterField::seconds:
        keep([&](Row row) { return holds(seconds_[row], term.relation, *term.number); });
        break;
    case FilterField::run:
        keep([&](Row row) {
            return holds(static_cast<double>(numbers_[row]), term.relation, *term.number);
        });
        break;
    case FilterField::input: {
        auto query = database_.prepare("SELECT run FROM inputs WHERE sha256 >= ? AND sha256 < ?");
        query.bind(term.values.front()).bind(term.values.front() + "~");
        VITRINE_TRY(const auto rows, rowsOf(std::move(query)));
        keep([&](Row row) { return rows[row] != 0; });
        break;
    }
    case FilterField::has: {
        std::vector<const Column*> columns;
        for (const auto& name : term.values) {
            VITRINE_TRY(const Column* each, column(name));
            columns.push_back(each);
        }
        keep([&](Row row) {
            return std::ranges::any_of(columns, [&](const Column* each) {
                return !std::isnan(each->metrics[row]) || each->codes[row] != 0;
            });
        });
        break;
    }
    case FilterField::named: {
        VITRINE_TRY(const Column* values, column(term.name));
        std::vector<char> textHolds; // once per text, not per run
        for (const auto& text : values->texts)
            textHolds.push_back(holdsText(text, term));
        keep([&](Row row) {
            const double number = values->number(row);
            if (!std::isnan(number))
                return term.number ? holds(number, term.relation, *term.number)
                                   : term.relation == Relation::notEqual;
            const auto code = values->codes[row];
            return code != 0 && textHolds[code] != 0;
        });
        break;
    }
    }
    return {};
}

Result<const RunIndex::Order*> RunIndex::orderBy(const std::string& key)
{
    if (const auto found = orders_.find(key); found != orders_.end())
        return &found->second;
    Order made;
    std::vector<Row>& order = made.rows;
    order.resize(numbers_.size());
    std::iota(order.begin(), order.end(), Row{0});
    std::size_t& last = made.valued = order.size();
    if (key == "number") {
        // as they are
    } else if (key == "started") {
        std::ranges::stable_sort(order, [&](Row a, Row b) { return started_[a] < started_[b]; });
    } else if (key == "seconds") {
        std::ranges::stable_sort(order, {}, [&](Row row) { return seconds_[row]; });
    } else if (key == "experiment") {
        std::ranges::stable_sort(order, [&](Row a, Row b) {
            return experimentNames_[experiments_[a]] < experimentNames_[experiments_[b]];
        });
    } else if (key == "state") {
        std::ranges::stable_sort(order, [&](Row a, Row b) {
            return runStateName(states_[a]) < runStateName(states_[b]);
        });
    } else if (key.starts_with("metric:") || key.starts_with("param:")) {
        VITRINE_TRY(const Column* values, column(key.substr(key.find(':') + 1)));
        const bool isMetric = key.starts_with("metric:");
        const std::vector<double>& numbers = isMetric ? values->metrics : values->params;
        // Numbers first, then texts, runs without a value last whatever the direction.
        std::vector<std::pair<double, Row>> valued; // sorted as a block, far quicker than by places
        std::vector<Row> texts, none;
        for (const Row row : order) {
            if (!numbers.empty() && !std::isnan(numbers[row]))
                valued.emplace_back(numbers[row], row);
            else
                (!isMetric && values->codes[row] != 0 ? texts : none).push_back(row);
        }
        std::ranges::sort(valued);
        std::ranges::stable_sort(texts, [&](Row a, Row b) {
            return values->texts[values->codes[a]] < values->texts[values->codes[b]];
        });
        order.clear();
        for (const auto& [number, row] : valued)
            order.push_back(row);
        order.insert(order.end(), texts.begin(), texts.end());
        last = order.size();
        order.insert(order.end(), none.begin(), none.end());
    } else {
        return argumentError("runs are not sorted by \"{}\": take number, started, seconds, "
                             "experiment, state, metric:NAME or param:NAME",
                             key);
    }
    if (orders_.size() > 8)
        orders_.clear();
    return &(orders_[key] = std::move(made));
}

Result<std::vector<std::int64_t>> RunIndex::find(const RunQuery& query)
{
    VITRINE_CHECK(refresh());
    std::vector<char> kept(numbers_.size(), 1);
    for (const FilterTerm& term : termsOf(query))
        VITRINE_CHECK(keepMatches(term, kept));
    VITRINE_TRY(const Order* order, orderBy(query.sortBy));

    std::vector<std::int64_t> found;
    found.reserve(numbers_.size());
    const auto take = [&](Row row) {
        if (kept[row] != 0)
            found.push_back(numbers_[row]);
    };
    const auto& rows = order->rows;
    if (!query.descending) {
        std::ranges::for_each(rows, take);
        return found;
    }
    const auto valued = rows.begin() + static_cast<std::ptrdiff_t>(order->valued);
    std::for_each(std::make_reverse_iterator(valued), rows.rend(), take);
    std::for_each(rows.rbegin(), std::make_reverse_iterator(valued), take);
    return found;
}

} // namespace vitrine
