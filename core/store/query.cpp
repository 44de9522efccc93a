#include "core/store/query.h"

#include <cctype>
#include <map>
#include <sstream>

namespace vitrine
{
namespace
{

// SQL text and its values, in step.
struct Condition {
    std::string sql = " WHERE 1";
    std::vector<std::string> values;

    void add(const std::string& text, std::string value)
    {
        sql += " AND " + text;
        values.push_back(std::move(value));
    }
};

// Every word as the beginning of a word of the run; quoted, so that nothing in it is FTS5's syntax.
std::string matchText(const std::string& text)
{
    std::istringstream words(text);
    std::string match;
    for (std::string word; words >> word;) {
        std::string quoted;
        for (const char c : word)
            quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
        match += (match.empty() ? "\"" : " \"") + quoted + "\"*";
    }
    return match;
}

// A word without letters or digits ("·") has no token and would match nothing.
bool hasToken(const std::string& text)
{
    for (const unsigned char c : text)
        if (std::isalnum(c) || c >= 0x80)
            return true;
    return false;
}

Condition conditionOf(const RunQuery& query)
{
    Condition condition;
    if (!query.experiment.empty())
        condition.add("r.experiment = ?", query.experiment);
    if (query.state)
        condition.add("r.state = ?", std::string(runStateName(*query.state)));
    if (!query.tag.empty())
        condition.add("r.number IN (SELECT run FROM tags WHERE tag = ?)", query.tag);
    if (hasToken(query.text))
        condition.add("r.number IN (SELECT rowid FROM words WHERE words MATCH ?)",
                      matchText(query.text));
    return condition;
}

struct Order {
    std::string join, sql;
    std::string metric; // bound first where not empty
};

Result<Order> orderOf(const RunQuery& query)
{
    const std::string direction = query.descending ? " DESC" : " ASC";
    static const std::map<std::string, std::string> kColumns = {{"number", "r.number"},
                                                                {"started", "r.started"},
                                                                {"seconds", "r.seconds"},
                                                                {"experiment", "r.experiment"},
                                                                {"state", "r.state"}};
    if (const auto found = kColumns.find(query.sortBy); found != kColumns.end())
        return Order{"",
                     found->second + direction +
                         (query.sortBy == "number" ? "" : ", r.number" + direction),
                     ""};
    if (query.sortBy.starts_with("metric:"))
        return Order{" LEFT JOIN metrics m ON m.run = r.number AND m.name = ?",
                     "m.value IS NULL, m.value" + direction + ", r.number" + direction,
                     query.sortBy.substr(7)};
    return argumentError(
        "runs are not sorted by \"{}\": take number, started, seconds, experiment, "
        "state or metric:NAME",
        query.sortBy);
}

Result<void> fillTags(const Database& database, RunSummary& run)
{
    auto tags = database.prepare("SELECT tag FROM tags WHERE run = ? ORDER BY tag");
    tags.bind(run.number);
    while (tags.step())
        run.tags.push_back(tags.text(0));
    return tags.ok();
}

Result<void> fillMetrics(const Database& database, const std::vector<std::string>& names,
                         RunSummary& run)
{
    for (const auto& name : names) {
        auto metric = database.prepare("SELECT value FROM metrics WHERE run = ? AND name = ?");
        metric.bind(run.number).bind(name);
        if (metric.step())
            run.metrics.emplace_back(name, metric.real(0));
        VITRINE_CHECK(metric.ok());
    }
    return {};
}

} // namespace

Result<std::vector<RunSummary>> findRuns(const Database& database, const RunQuery& query)
{
    VITRINE_TRY(const Order order, orderOf(query));
    const Condition condition = conditionOf(query);
    auto select = database.prepare(
        "SELECT r.number, r.uid, r.experiment, r.state, r.started, r.seconds, r.error, r.subject, "
        "EXISTS (SELECT 1 FROM tags t WHERE t.run = r.number) FROM runs r" +
        order.join + condition.sql + " ORDER BY " + order.sql + " LIMIT ? OFFSET ?");
    if (!order.metric.empty())
        select.bind(order.metric);
    for (const auto& value : condition.values)
        select.bind(value);
    select.bind(query.limit).bind(query.offset);

    std::vector<RunSummary> runs;
    while (select.step()) {
        RunSummary run;
        run.number = select.integer(0);
        run.uid = select.text(1);
        run.experiment = select.text(2);
        VITRINE_TRY(run.state, parseRunState(select.text(3)));
        run.started = select.text(4);
        run.seconds = select.real(5);
        run.error = select.text(6);
        run.subject = select.text(7);
        if (select.integer(8) != 0)
            VITRINE_CHECK(fillTags(database, run));
        VITRINE_CHECK(fillMetrics(database, query.metrics, run));
        runs.push_back(std::move(run));
    }
    VITRINE_CHECK(select.ok());
    return runs;
}

Result<std::int64_t> countRuns(const Database& database, const RunQuery& query)
{
    const Condition condition = conditionOf(query);
    auto select = database.prepare("SELECT count(*) FROM runs r" + condition.sql);
    for (const auto& value : condition.values)
        select.bind(value);
    if (select.step())
        return select.integer(0);
    VITRINE_CHECK(select.ok());
    return std::int64_t{0};
}

} // namespace vitrine
