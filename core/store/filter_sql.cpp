#include "core/store/filter_sql.h"

#include "core/store/query.h"

namespace vitrine
{
namespace
{

const char* operatorOf(Relation relation)
{
    switch (relation) {
    case Relation::is:
    case Relation::equal:
        return "=";
    case Relation::notEqual:
        return "<>";
    case Relation::less:
        return "<";
    case Relation::lessOrEqual:
        return "<=";
    case Relation::greater:
        return ">";
    case Relation::greaterOrEqual:
        return ">=";
    }
    return "=";
}

std::string marks(std::size_t count)
{
    std::string text = "?";
    for (std::size_t i = 1; i < count; ++i)
        text += ",?";
    return text;
}

// Builds the condition of one term.
class TermSql
{
public:
    explicit TermSql(SqlCondition& condition) : condition_(condition) {}

    std::string of(const FilterTerm& term)
    {
        switch (term.field) {
        case FilterField::words:
            return words(term.values.front());
        case FilterField::experiment:
            return experiments(term);
        case FilterField::state:
            return "r.state IN (" + bound(term.values) + ")";
        case FilterField::tag:
            return "r.number IN (SELECT run FROM tags WHERE tag IN (" + bound(term.values) + "))";
        case FilterField::date:
            return date(term);
        case FilterField::seconds:
            return std::string("ifnull(r.seconds ") + operatorOf(term.relation) + " " +
                   bound(*term.number) + ", 0)";
        case FilterField::run:
            return std::string("r.number ") + operatorOf(term.relation) + " " + bound(*term.number);
        case FilterField::has:
            return has(term);
        case FilterField::input:
            return input(term.values.front());
        case FilterField::named:
            return named(term);
        }
        return "1";
    }

private:
    std::string bound(std::string value)
    {
        condition_.values.emplace_back(std::move(value));
        return "?";
    }
    std::string bound(double value)
    {
        condition_.values.emplace_back(value);
        return "?";
    }
    std::string bound(const std::vector<std::string>& values)
    {
        for (const auto& value : values)
            (void)bound(value);
        return marks(values.size());
    }

    // Values are bound in the order of their marks: one statement each, since the operands of + are
    // evaluated in any order.
    std::string input(const std::string& beginning)
    {
        const std::string from =
            "r.number IN (SELECT run FROM inputs WHERE sha256 >= " + bound(beginning);
        return from + " AND sha256 < " + bound(beginning + "~") + ")";
    }

    std::string words(const std::string& text)
    {
        std::string match = matchText(text);
        return match.empty() ? std::string("1")
                             : "r.number IN (SELECT rowid FROM words WHERE words MATCH " +
                                   bound(std::move(match)) + ")";
    }

    std::string experiments(const FilterTerm& term)
    {
        std::string any;
        for (const auto& id : term.values) {
            any += any.empty() ? "(" : " OR ";
            any += "r.experiment = " + bound(id);
            any +=
                " OR substr(r.experiment, 1, length(" + bound(id + ".") + ")) = " + bound(id + ".");
        }
        return any + ")";
    }

    // The stored texts order as the times do, and all within a period begin with it.
    std::string date(const FilterTerm& term)
    {
        const std::string& from = term.values.front();
        const std::string behind = from + "\x7f";
        switch (term.relation) {
        case Relation::less:
            return "r.started < " + bound(from);
        case Relation::greaterOrEqual:
            return "r.started >= " + bound(from);
        case Relation::lessOrEqual:
            return "r.started < " + bound(behind);
        case Relation::greater:
            return "r.started >= " + bound(behind);
        case Relation::notEqual: {
            const std::string before = "(r.started < " + bound(from);
            return before + " OR r.started >= " + bound(behind) + ")";
        }
        case Relation::is:
        case Relation::equal:
            break;
        }
        const std::string after = "(r.started >= " + bound(from);
        return after + " AND r.started < " + bound(behind) + ")";
    }

    std::string has(const FilterTerm& term)
    {
        const std::string metrics =
            "(r.number IN (SELECT run FROM metrics WHERE value IS NOT NULL AND name IN (" +
            bound(term.values) + "))";
        return metrics + " OR r.number IN (SELECT run FROM parameters WHERE name IN (" +
               bound(term.values) + ")))";
    }

    // A metric with a value decides; only without one the parameter of that name does.
    std::string named(const FilterTerm& term)
    {
        const std::string metric =
            "(SELECT value FROM metrics m WHERE m.run = r.number AND m.name = ";
        std::string sql = "CASE WHEN " + metric + bound(term.name) + ") IS NOT NULL THEN ";
        if (term.number) {
            sql += metric + bound(term.name) + ") " + operatorOf(term.relation) + " ";
            sql += bound(*term.number);
        } else {
            sql += term.relation == Relation::notEqual ? "1" : "0";
        }
        sql += " ELSE EXISTS (SELECT 1 FROM parameters p WHERE p.run = r.number AND p.name = " +
               bound(term.name) + " AND ";
        return sql + parameter(term) + ") END";
    }

    // Numbers are compared as numbers, everything else as text.
    std::string parameter(const FilterTerm& term)
    {
        const std::string value = paramSql("p.value");
        std::string sql = "CASE WHEN NOT json_valid(p.value) THEN 0 "
                          "WHEN json_type(p.value) IN ('integer', 'real') THEN ";
        if (term.number)
            sql += value + " " + operatorOf(term.relation) + " " + bound(*term.number);
        else
            sql += term.relation == Relation::notEqual ? "1" : "0";
        sql += " ELSE ";
        if (term.relation == Relation::is)
            sql += "instr(lower(" + value + "), lower(" + bound(term.values.front()) + ")) > 0";
        else if (term.relation == Relation::equal || term.relation == Relation::notEqual)
            sql += value + " " + operatorOf(term.relation) + " " + bound(term.values.front());
        else
            sql += "0";
        return sql + " END";
    }

    SqlCondition& condition_;
};

} // namespace

void SqlCondition::bindTo(Statement& statement) const
{
    for (const auto& value : values)
        std::visit([&](const auto& each) { statement.bind(each); }, value);
}

SqlCondition conditionOf(const std::vector<FilterTerm>& terms)
{
    SqlCondition condition;
    for (const auto& term : terms) {
        const std::string sql = TermSql(condition).of(term);
        condition.sql += (term.negated ? " AND NOT (" : " AND (") + sql + ")";
    }
    return condition;
}

std::string paramSql(const std::string& column)
{
    return "CASE WHEN NOT json_valid(" + column + ") THEN " + column + " ELSE CASE json_type(" +
           column + ") WHEN 'text' THEN json_extract(" + column +
           ", '$') WHEN 'integer' THEN json_extract(" + column +
           ", '$') WHEN 'real' THEN "
           "json_extract(" +
           column + ", '$') WHEN 'array' THEN trim(" + column + ", '[]') ELSE " + column +
           " END END";
}

} // namespace vitrine
