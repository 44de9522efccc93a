#include "core/store/query.h"

#include "core/base/json.h"
#include "core/jobs/bundle/bundle_names.h"
#include "core/store/filter_sql.h"
#include "core/store/stored_row.h"

#include <cctype>
#include <limits>
#include <map>
#include <sstream>

namespace vitrine
{
namespace
{

struct Order {
    std::string join, sql;
    std::string name; // bound first where not empty
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
    if (query.sortBy.starts_with("param:")) // numbers before texts
        return Order{" LEFT JOIN parameters p ON p.run = r.number AND p.name = ?",
                     "p.value IS NULL, " + paramSql("p.value") + direction + ", r.number" +
                         direction,
                     query.sortBy.substr(6)};
    return argumentError(
        "runs are not sorted by \"{}\": take number, started, seconds, experiment, "
        "state, metric:NAME or param:NAME",
        query.sortBy);
}

constexpr const char* kSummary =
    "SELECT r.number, r.uid, r.experiment, r.state, r.started, r.seconds, r.error, r.subject, "
    "EXISTS (SELECT 1 FROM tags t WHERE t.run = r.number) FROM runs r";

// Reads summaries row by row; the statements for their parts are prepared once.
class SummaryReader
{
public:
    SummaryReader(const Database& database, const RunQuery& query)
        : query_(query),
          tags_(database.prepare("SELECT tag FROM tags WHERE run = ? ORDER BY tag")),
          metric_(database.prepare("SELECT value FROM metrics WHERE run = ? AND name = ?")),
          param_(database.prepare("SELECT value FROM parameters WHERE run = ? AND name = ?"))
    {
    }

    // A row that is not sound is listed too: as failed, with what is not.
    Result<RunSummary> read(const Statement& statement)
    {
        StoredRow row(statement);
        RunSummary run;
        run.number = row.integer(0, "number", std::numeric_limits<std::int64_t>::min(),
                                 std::numeric_limits<std::int64_t>::max());
        run.uid = row.text(1, "uid");
        if (row.isSound() && !isUid(run.uid))
            row.fail("its uid has not 32 hexadecimal digits");
        run.experiment = row.fileName(2, "experiment");
        const auto state = parseRunState(row.text(3, "state"));
        run.started = row.text(4, "start");
        run.seconds = row.real(5, "duration");
        run.error = row.text(6, "error");
        run.subject = row.text(7, "subject");
        if (row.isSound() && !state)
            row.fail("its state is none");
        run.state = row.isSound() ? *state : RunState::failed;
        if (!row.isSound()) {
            run.error = "not sound: " + row.problem();
            if (!isUid(run.uid))
                run.uid.clear();
        }
        if (statement.integer(8) != 0)
            VITRINE_CHECK(fillTags(run));
        for (const auto& name : query_.metrics) {
            if (metric_.bind(run.number).bind(name).step())
                run.metrics.emplace_back(name, metric_.real(0));
            VITRINE_CHECK(metric_.ok());
            metric_.reset();
        }
        for (const auto& name : query_.params) {
            if (param_.bind(run.number).bind(name).step())
                run.params.emplace_back(name, storedParamText(param_.text(0)));
            VITRINE_CHECK(param_.ok());
            param_.reset();
        }
        return run;
    }

private:
    Result<void> fillTags(RunSummary& run)
    {
        tags_.bind(run.number);
        while (tags_.step())
            run.tags.push_back(tags_.text(0));
        VITRINE_CHECK(tags_.ok());
        tags_.reset();
        return {};
    }

    const RunQuery& query_;
    Statement tags_, metric_, param_;
};

} // namespace

std::string matchText(const std::string& text)
{
    // Quoted, so that nothing in a word is FTS5's syntax. A word without letters or digits has no
    // token and would match nothing.
    std::istringstream words(text);
    std::string match;
    bool hasToken = false;
    for (std::string word; words >> word;) {
        std::string quoted;
        for (const char c : word) {
            quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
            hasToken = hasToken || std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                       static_cast<unsigned char>(c) >= 0x80;
        }
        match += (match.empty() ? "\"" : " \"") + quoted + "\"*";
    }
    return hasToken ? match : std::string();
}

std::string storedParamText(const std::string& json)
{
    if (json.starts_with('"')) {
        const auto text = parseJson(json, "a stored parameter");
        return text && text->is_string() ? text->get<std::string>() : json;
    }
    return json.starts_with('[') ? json.substr(1, json.size() - 2) : json;
}

std::vector<FilterTerm> termsOf(const RunQuery& query)
{
    std::vector<FilterTerm> terms;
    const auto add = [&](FilterField field, const char* name, std::string value) {
        FilterTerm term;
        term.field = field;
        term.name = name;
        term.values = {std::move(value)};
        terms.push_back(std::move(term));
    };
    if (!query.experiment.empty())
        add(FilterField::experiment, "experiment", query.experiment);
    if (query.state)
        add(FilterField::state, "state", std::string(runStateName(*query.state)));
    if (!query.tag.empty())
        add(FilterField::tag, "tag", query.tag);
    if (!query.text.empty())
        add(FilterField::words, "", query.text);
    terms.insert(terms.end(), query.filter.terms.begin(), query.filter.terms.end());
    return terms;
}

Result<std::vector<RunSummary>> findRuns(const Database& database, const RunQuery& query)
{
    VITRINE_TRY(const Order order, orderOf(query));
    const SqlCondition condition = conditionOf(termsOf(query));
    auto select = database.prepare(kSummary + order.join + condition.sql + " ORDER BY " +
                                   order.sql + " LIMIT ? OFFSET ?");
    if (!order.name.empty())
        select.bind(order.name);
    condition.bindTo(select);
    select.bind(query.limit).bind(query.offset);

    SummaryReader reader(database, query);
    std::vector<RunSummary> runs;
    while (select.step()) {
        VITRINE_TRY(RunSummary run, reader.read(select));
        runs.push_back(std::move(run));
    }
    VITRINE_CHECK(select.ok());
    return runs;
}

Result<std::vector<RunSummary>>
summariesOf(const Database& database, std::span<const std::int64_t> numbers, const RunQuery& query)
{
    auto select = database.prepare(std::string(kSummary) + " WHERE r.number = ?");
    SummaryReader reader(database, query);
    std::vector<RunSummary> runs;
    for (const std::int64_t number : numbers) {
        if (select.bind(number).step()) {
            VITRINE_TRY(RunSummary run, reader.read(select));
            runs.push_back(std::move(run));
        }
        VITRINE_CHECK(select.ok());
        select.reset();
    }
    return runs;
}

Result<std::int64_t> countRuns(const Database& database, const RunQuery& query)
{
    const SqlCondition condition = conditionOf(termsOf(query));
    auto select = database.prepare("SELECT count(*) FROM runs r" + condition.sql);
    condition.bindTo(select);
    if (select.step())
        return select.integer(0);
    VITRINE_CHECK(select.ok());
    return std::int64_t{0};
}

} // namespace vitrine
