#pragma once

#include "core/store/database.h"
#include "core/store/store.h"

#include <map>
#include <span>
#include <unordered_map>

namespace vitrine
{

// Runs in memory, for finding and sorting among 100,000 of them within a frame or two: number,
// experiment, state, start and duration of every run, and of metrics and parameters only the
// columns that a query has asked for. What the database says stays the truth: refresh() reads what
// any process has changed. It answers as Store::find does (a test compares them). Own connection;
// one thread at a time.
class RunIndex
{
public:
    static Result<RunIndex> open(const std::filesystem::path& workspace);

    // Reads what has changed since the last call; true where something had.
    Result<bool> refresh();
    std::size_t size() const { return numbers_.size(); }

    // The numbers of the runs that match, in the query's order; limit and offset are ignored.
    Result<std::vector<std::int64_t>> find(const RunQuery& query);

    // One quantity of these runs, NaN where a run has none: a metric, else a parameter that is a
    // number, of this name; or "run", "seconds" and "started" (days since 1970).
    Result<std::vector<double>> values(const std::string& name,
                                       std::span<const std::int64_t> numbers);
    // Likewise the texts of a parameter (numbers as texts too), empty where a run has none.
    Result<std::vector<std::string>> texts(const std::string& name,
                                           std::span<const std::int64_t> numbers);

private:
    using Row = std::uint32_t;
    // Of one name, over all rows: the metric, and the parameter as text and as number.
    struct Column {
        std::vector<double> metrics;      // NaN: none
        std::vector<double> params;       // NaN: none; empty where no run has one
        std::vector<std::uint32_t> codes; // of the parameter, into texts; 0: none
        std::vector<std::string> texts;
        std::unordered_map<std::string, std::uint32_t> codeOf;

        double number(Row row) const; // the metric, else the parameter's
    };

    explicit RunIndex(Database database) : database_(std::move(database)) {}
    Result<void> readAll();
    Result<void> readChanged(std::int64_t since);
    Result<void> readCell(const std::string& name, Column& column, Row row) const;
    Result<const Column*> column(const std::string& name);
    static void setText(Column& column, Row row, const std::string& json);
    std::uint16_t experimentCode(const std::string& id);
    void addRow(std::int64_t number);
    void setRow(Row row, const Statement& from);
    std::optional<Row> rowOf(std::int64_t number) const;

    Result<void> keepMatches(const FilterTerm& term, std::vector<char>& kept);
    Result<std::vector<char>> rowsOf(Statement query) const;
    struct Order {
        std::vector<Row> rows;  // ascending
        std::size_t valued = 0; // how many of them have a value; the others stay last
    };
    Result<const Order*> orderBy(const std::string& key);

    Database database_;
    std::int64_t revision_ = -1;
    std::int64_t written_ = -1;         // the database's data_version when last refreshed
    std::vector<std::int64_t> numbers_; // ascending; the row is the place in here
    std::vector<std::uint16_t> experiments_;
    std::vector<std::string> experimentNames_;
    std::vector<RunState> states_;
    std::vector<std::string> started_;
    std::vector<double> seconds_;
    std::map<std::string, Column> columns_;
    std::map<std::string, Order> orders_; // by sort key; dropped on change
    std::string wordsText_;               // the last search for words
    std::vector<char> wordsRows_;
};

} // namespace vitrine
