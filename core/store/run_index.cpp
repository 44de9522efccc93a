#include "core/store/run_index.h"

#include "core/base/format.h"
#include "core/store/query.h"
#include "core/store/schema.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>

namespace vitrine
{
namespace
{

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kManyChanges = 2000; // from here reading all anew is quicker

// "2026-11-01T12:00:00.000Z" as days since 1970.
double daysOf(const std::string& started)
{
    int year = 0, month = 0, day = 0, hour = 0, minute = 0;
    double second = 0;
    if (std::sscanf(started.c_str(), "%4d-%2d-%2dT%2d:%2d:%lf", &year, &month, &day, &hour, &minute,
                    &second) != 6)
        return kNone;
    const std::chrono::year_month_day date(std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day)));
    if (!date.ok())
        return kNone;
    return static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count()) +
           (hour + (minute + second / 60) / 60) / 24;
}

} // namespace

Result<RunIndex> RunIndex::open(const std::filesystem::path& workspace)
{
    VITRINE_TRY(Database database, openWorkspace(workspace));
    return RunIndex(std::move(database));
}

Result<bool> RunIndex::refresh()
{
    // Counting 100,000 runs takes milliseconds: not where no connection has written anything.
    auto version = database_.prepare("PRAGMA data_version");
    const std::int64_t written = version.step() ? version.integer(0) : -1;
    VITRINE_CHECK(version.ok());
    if (revision_ >= 0 && written == written_)
        return false;
    auto query = database_.prepare("SELECT newest, (SELECT count(*) FROM runs) FROM revisions");
    if (!query.step()) {
        VITRINE_CHECK(query.ok());
        return failure("the workspace {} has no revisions", database_.path().string());
    }
    const std::int64_t newest = query.integer(0), count = query.integer(1);
    const auto known = static_cast<std::int64_t>(numbers_.size());
    if (newest == revision_ && count == known) {
        written_ = written;
        return false;
    }
    orders_.clear();
    wordsText_.clear();
    const bool few = revision_ >= 0 && newest - revision_ < kManyChanges;
    if (few)
        VITRINE_CHECK(readChanged(revision_));
    if (!few || static_cast<std::int64_t>(numbers_.size()) != count) // runs were removed
        VITRINE_CHECK(readAll());
    revision_ = newest;
    written_ = written;
    return true;
}

Result<void> RunIndex::readAll()
{
    numbers_.clear();
    experiments_.clear();
    experimentNames_.clear();
    states_.clear();
    started_.clear();
    seconds_.clear();
    columns_.clear();
    auto rows = database_.prepare("SELECT number, experiment, state, started, seconds FROM runs "
                                  "INDEXED BY runs_listed ORDER BY number");
    while (rows.step()) {
        addRow(rows.integer(0));
        setRow(static_cast<Row>(numbers_.size() - 1), rows);
    }
    return rows.ok();
}

// New runs have the largest numbers, so rows only grow at the end.
Result<void> RunIndex::readChanged(std::int64_t since)
{
    auto rows = database_.prepare("SELECT number, experiment, state, started, seconds FROM runs "
                                  "WHERE revision > ? ORDER BY number");
    rows.bind(since);
    while (rows.step()) {
        const std::int64_t number = rows.integer(0);
        if (!rowOf(number)) {
            if (!numbers_.empty() && number < numbers_.back())
                return readAll();
            addRow(number);
        }
        const Row row = *rowOf(number);
        setRow(row, rows);
        for (auto& [name, column] : columns_)
            VITRINE_CHECK(readCell(name, column, row));
    }
    return rows.ok();
}

void RunIndex::addRow(std::int64_t number)
{
    numbers_.push_back(number);
    experiments_.push_back(0);
    states_.push_back(RunState::queued);
    started_.emplace_back();
    seconds_.push_back(kNone);
    for (auto& [name, column] : columns_) {
        column.metrics.push_back(kNone);
        column.codes.push_back(0);
        if (!column.params.empty())
            column.params.push_back(kNone);
    }
}

void RunIndex::setRow(Row row, const Statement& from)
{
    experiments_[row] = experimentCode(from.text(1));
    states_[row] = parseRunState(from.text(2)).value_or(RunState::failed);
    started_[row] = from.text(3);
    seconds_[row] = from.real(4);
}

std::uint16_t RunIndex::experimentCode(const std::string& id)
{
    const auto found = std::ranges::find(experimentNames_, id);
    if (found == experimentNames_.end()) {
        experimentNames_.push_back(id);
        return static_cast<std::uint16_t>(experimentNames_.size() - 1);
    }
    return static_cast<std::uint16_t>(found - experimentNames_.begin());
}

// Numbers are dense but for removed runs: the row is at or before its distance from the first.
std::optional<RunIndex::Row> RunIndex::rowOf(std::int64_t number) const
{
    if (numbers_.empty() || number < numbers_.front() || number > numbers_.back())
        return {};
    const auto guess = static_cast<std::uint64_t>(number - numbers_.front());
    if (guess < numbers_.size() && numbers_[guess] == number)
        return static_cast<Row>(guess);
    const auto found = std::ranges::lower_bound(numbers_, number);
    if (*found != number)
        return {};
    return static_cast<Row>(found - numbers_.begin());
}

void RunIndex::setText(Column& column, Row row, const std::string& json)
{
    const std::string text = storedParamText(json);
    const auto [place, isNew] =
        column.codeOf.try_emplace(text, static_cast<std::uint32_t>(column.texts.size()));
    if (isNew)
        column.texts.push_back(text);
    column.codes[row] = place->second;
    const bool isNumber = !json.empty() && (json[0] == '-' || (json[0] >= '0' && json[0] <= '9'));
    if (isNumber && column.params.empty())
        column.params.assign(column.codes.size(), kNone);
    if (!column.params.empty())
        column.params[row] = isNumber ? parseReal(json).value_or(kNone) : kNone;
}

double RunIndex::Column::number(Row row) const
{
    return std::isnan(metrics[row]) && !params.empty() ? params[row] : metrics[row];
}

Result<void> RunIndex::readCell(const std::string& name, Column& column, Row row) const
{
    column.metrics[row] = kNone;
    column.codes[row] = 0;
    if (!column.params.empty())
        column.params[row] = kNone;
    auto metric = database_.prepare("SELECT value FROM metrics WHERE run = ? AND name = ?");
    if (metric.bind(numbers_[row]).bind(name).step())
        column.metrics[row] = metric.real(0);
    VITRINE_CHECK(metric.ok());
    auto param = database_.prepare("SELECT value FROM parameters WHERE run = ? AND name = ?");
    if (param.bind(numbers_[row]).bind(name).step())
        setText(column, row, param.text(0));
    return param.ok();
}

Result<const RunIndex::Column*> RunIndex::column(const std::string& name)
{
    if (const auto found = columns_.find(name); found != columns_.end())
        return &found->second;
    Column made;
    made.metrics.assign(numbers_.size(), kNone);
    made.codes.assign(numbers_.size(), 0);
    made.texts.emplace_back();
    auto metrics = database_.prepare(
        "SELECT run, value FROM metrics INDEXED BY metrics_by_name WHERE name = ?");
    metrics.bind(name);
    while (metrics.step())
        if (const auto row = rowOf(metrics.integer(0)))
            made.metrics[*row] = metrics.real(1);
    VITRINE_CHECK(metrics.ok());
    auto params = database_.prepare(
        "SELECT run, value FROM parameters INDEXED BY parameters_by_name WHERE name = ?");
    params.bind(name);
    while (params.step())
        if (const auto row = rowOf(params.integer(0)))
            setText(made, *row, params.text(1));
    VITRINE_CHECK(params.ok());
    return &(columns_[name] = std::move(made));
}

Result<std::vector<double>> RunIndex::values(const std::string& name,
                                             std::span<const std::int64_t> numbers)
{
    VITRINE_CHECK(refresh());
    const bool own = name == "run" || name == "seconds" || name == "started";
    const Column* from = nullptr;
    if (!own) {
        VITRINE_TRY(from, column(name));
    }
    std::vector<double> values(numbers.size(), kNone);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto row = rowOf(numbers[i]);
        if (!row)
            continue;
        if (from != nullptr)
            values[i] = from->number(*row);
        else if (name == "run")
            values[i] = static_cast<double>(numbers[i]);
        else
            values[i] = name == "seconds" ? seconds_[*row] : daysOf(started_[*row]);
    }
    return values;
}

Result<std::vector<std::string>> RunIndex::texts(const std::string& name,
                                                 std::span<const std::int64_t> numbers)
{
    VITRINE_CHECK(refresh());
    VITRINE_TRY(const Column* from, column(name));
    std::vector<std::string> texts(numbers.size());
    for (std::size_t i = 0; i < numbers.size(); ++i)
        if (const auto row = rowOf(numbers[i]))
            texts[i] = from->texts[from->codes[*row]];
    return texts;
}

} // namespace vitrine
