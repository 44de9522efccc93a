#pragma once

#include "core/jobs/experiment/run_record.h"

#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>

namespace vitrine::tests
{

// Changes a stored run as somebody could who edits its database: cells, columns, rows, parameters,
// metrics, texts of other types, shapes, names and sizes. The same seed changes the same.
class Tamperer
{
public:
    explicit Tamperer(unsigned seed) : random_(seed) {}

    // One change to a table where the run has one; in words, so that a failure can be told.
    std::string tamperTable(RunRecord& run)
    {
        if (run.result.tables.empty())
            return tamperOther(run);
        Table& table = run.result.tables[below(run.result.tables.size())];
        const std::string of = " of table " + table.name;
        switch (below(12)) {
        case 0:
        case 1:
        case 2:
            return cells(table, 1 + below(3)) + of;
        case 3:
        case 4:
            return column(table) + of;
        case 5:
            return renameColumn(table) + of;
        case 6:
            return removeColumn(table) + of;
        case 7:
            return rows(table) + of;
        case 8:
            table.columns.clear();
            table.rows.assign(below(3), {});
            return "no columns" + of;
        case 9:
            table.columns.insert(table.columns.begin(), table.columns.empty()
                                                            ? Column{"x", "", Origin::computed, ""}
                                                            : table.columns.back());
            for (auto& row : table.rows)
                row.insert(row.begin(), cell());
            return "a column twice" + of;
        case 10:
            table.name = name();
            return "another name" + of;
        default:
            if (!table.rows.empty())
                table.rows[below(table.rows.size())].resize(below(table.columns.size() + 3));
            return "a row of another length" + of;
        }
    }

    std::string tamperOther(RunRecord& run)
    {
        switch (below(10)) {
        case 0:
        case 1:
        case 2: {
            std::string which = name();
            if (!run.params.all().empty())
                which = std::next(run.params.all().begin(),
                                  static_cast<std::ptrdiff_t>(below(run.params.all().size())))
                            ->first;
            run.params.set(which, parameter());
            return "parameter " + which;
        }
        case 3: {
            const Params before = run.params;
            for (const auto& [key, value] : before.all())
                run.params.set(key, paramText(value));
            return "all parameters are texts";
        }
        case 4:
            run.params = {};
            return "no parameters";
        case 5:
        case 6:
            if (!run.result.metrics.empty()) {
                Metric& metric = run.result.metrics[below(run.result.metrics.size())];
                const std::string of = metric.name;
                metric.value = number();
                if (below(4) == 0)
                    metric.name = name();
                if (below(4) == 0)
                    metric.unit = text();
                return "metric " + of;
            }
            [[fallthrough]];
        case 7:
            run.result.notes.push_back(text());
            run.note = text();
            return "notes";
        case 8:
            if (!run.result.artifacts.empty())
                run.result.artifacts.erase(
                    run.result.artifacts.begin() +
                    static_cast<std::ptrdiff_t>(below(run.result.artifacts.size())));
            run.result.metrics.clear();
            return "an artifact less, no metrics";
        default:
            run.state = below(2) == 0 ? RunState::failed : RunState::interrupted;
            run.error = text();
            run.command = text();
            return "failed with an error text";
        }
    }

    std::size_t below(std::size_t count) { return count == 0 ? 0 : random_() % count; }

    double number()
    {
        constexpr double kNumbers[] = {0,
                                       -1,
                                       0.5,
                                       3,
                                       1e9,
                                       2147483648.0,
                                       -1e18,
                                       1e18,
                                       1e300,
                                       -1e300,
                                       5e-324,
                                       std::numeric_limits<double>::quiet_NaN(),
                                       std::numeric_limits<double>::infinity()};
        return kNumbers[below(std::size(kNumbers))];
    }

    std::string text()
    {
        switch (below(8)) {
        case 0:
            return "";
        case 1:
            return std::string(1 << 20, 'x');
        case 2:
            return "=HYPERLINK(\"http://x\")";
        case 3:
            return "\\input{/etc/passwd} <img src=x> $`{}|~&#%";
        case 4:
            return std::string(300, '\n') + "\t\r";
        case 5:
            return "7";
        case 6:
            return "../../outside";
        default:
            return "other";
        }
    }

private:
    std::string name() { return below(3) == 0 ? text() : "renamed"; }

    Cell cell()
    {
        constexpr std::int64_t kWhole[] = {0,
                                           1,
                                           -1,
                                           1'000'000'000,
                                           std::numeric_limits<std::int64_t>::max(),
                                           std::numeric_limits<std::int64_t>::min()};
        switch (below(4)) {
        case 0:
            return {};
        case 1:
            return kWhole[below(std::size(kWhole))];
        case 2:
            return number();
        default:
            return text();
        }
    }

    ParamValue parameter()
    {
        switch (below(5)) {
        case 0:
            return true;
        case 1:
            return std::int64_t{1} << 40;
        case 2:
            return number();
        case 3:
            return std::vector<std::int64_t>{-1, 1'000'000'000'000};
        default:
            return text();
        }
    }

    std::string cells(Table& table, std::size_t count)
    {
        for (std::size_t i = 0; i < count && !table.rows.empty(); ++i)
            if (auto& row = table.rows[below(table.rows.size())]; !row.empty())
                row[below(row.size())] = cell();
        return "cells";
    }

    std::string column(Table& table)
    {
        const std::size_t which = below(table.columns.size());
        const Cell same = cell();
        const bool each = below(2) == 0;
        for (auto& row : table.rows)
            if (which < row.size())
                row[which] = each ? cell() : same;
        return "column " + std::to_string(which);
    }

    std::string renameColumn(Table& table)
    {
        if (!table.columns.empty()) {
            Column& which = table.columns[below(table.columns.size())];
            which.name = name();
            which.unit = text();
        }
        return "name of a column";
    }

    std::string removeColumn(Table& table)
    {
        const std::size_t which = below(table.columns.size());
        if (!table.columns.empty())
            table.columns.erase(table.columns.begin() + static_cast<std::ptrdiff_t>(which));
        for (auto& row : table.rows)
            if (which < row.size())
                row.erase(row.begin() + static_cast<std::ptrdiff_t>(which));
        return "without column " + std::to_string(which);
    }

    std::string rows(Table& table)
    {
        if (below(2) == 0 || table.rows.empty()) {
            table.rows.clear();
            return "no rows";
        }
        const auto last = table.rows.back();
        table.rows.insert(table.rows.end(), 3000, last);
        return "3,000 more rows";
    }

    std::mt19937 random_;
};

} // namespace vitrine::tests
