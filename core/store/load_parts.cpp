#include "core/store/load_parts.h"

#include "core/base/json.h"
#include "core/jobs/bundle/bundle.h"
#include "core/jobs/bundle/bundle_names.h"
#include "core/jobs/bundle/table_json.h"
#include "core/store/compression.h"
#include "core/store/stored_row.h"

#include <algorithm>
#include <limits>
#include <set>

namespace vitrine
{
namespace
{

constexpr std::int64_t kAnyCount = std::numeric_limits<std::int64_t>::max();
constexpr JsonLimits kParameterLimits{.depth = 4, .values = 1'000'000};

// What one run's tables may still unpack to: together as much as a run.json may hold.
struct TableBudget {
    std::uint64_t bytes = kRunJsonBytes, values = kRunJsonValues;

    void spend(std::uint64_t unpacked, const Table& table)
    {
        bytes -= std::min(bytes, unpacked);
        values -= std::min<std::uint64_t>(values, table.rows.size() * (table.columns.size() + 1));
    }
};

// A name for messages; it may be what is not sound.
std::string shownName(const char* kind, const Statement& row, int column)
{
    const std::string name = row.text(column);
    return isPlainName(name) ? fmt::format("the stored {} \"{}\"", kind, name.substr(0, 80))
                             : fmt::format("a stored {}", kind);
}

Result<ParamValue> storedParam(StoredRow& row)
{
    const std::string name = row.name(0, "name");
    const std::string text = row.text(1, "value");
    if (!row.isSound())
        return inputError("{}", row.problem());
    VITRINE_TRY(Json value, parseJson(text, "its value", kParameterLimits));
    VITRINE_TRY(const Params one, parseParams(Json{{name, std::move(value)}}));
    return one.all().at(name);
}

Result<Table> unpackedTable(StoredRow& row, TableBudget& budget)
{
    const std::string name = row.name(0, "name");
    const std::string_view frame = row.blob(1, "data");
    if (!row.isSound())
        return inputError("{}", row.problem());
    VITRINE_TRY(const std::string text, decompressed(frame, budget.bytes));
    VITRINE_TRY(const Json json, parseJson(text, "it", {.values = budget.values}));
    VITRINE_TRY(Table table, parseTable(json));
    budget.spend(text.size(), table);
    if (table.name != name)
        return inputError("another table lies in its place");
    return table;
}

} // namespace

void leaveOut(std::vector<std::string>& unsound, const std::string& what, const std::string& why)
{
    unsound.push_back(fmt::format("{} is left out: {}", what, why));
}

Result<Params> loadParams(const Database& database, std::int64_t number,
                          std::vector<std::string>& unsound)
{
    Params params;
    auto query = database.prepare("SELECT name, value FROM parameters WHERE run = ?");
    query.bind(number);
    while (query.step()) {
        StoredRow row(query);
        if (auto value = storedParam(row))
            params.set(query.text(0), *std::move(value));
        else
            leaveOut(unsound, shownName("parameter", query, 0), value.error().message);
    }
    VITRINE_CHECK(query.ok());
    return params;
}

Result<void> loadMetrics(const Database& database, std::int64_t number, LoadedRun& loaded)
{
    std::set<std::string> names;
    auto query = database.prepare(
        "SELECT name, value, unit, origin, help FROM metrics WHERE run = ? ORDER BY position");
    query.bind(number);
    while (query.step()) {
        StoredRow row(query);
        Metric metric;
        metric.name = row.name(0, "name");
        metric.value = row.real(1, "value");
        metric.unit = row.text(2, "unit");
        const auto origin = parseOrigin(row.text(3, "origin"));
        metric.help = row.text(4, "help");
        if (!origin)
            row.fail(origin.error().message);
        else if (!names.insert(metric.name).second)
            row.fail("another one has its name");
        if (!row.isSound()) {
            leaveOut(loaded.unsound, shownName("metric", query, 0), row.problem());
            continue;
        }
        metric.origin = *origin;
        loaded.run.result.metrics.push_back(std::move(metric));
    }
    return query.ok();
}

Result<void> loadTables(const Database& database, std::int64_t number, LoadedRun& loaded)
{
    TableBudget budget;
    auto query = database.prepare("SELECT name, data FROM tables WHERE run = ? ORDER BY position");
    query.bind(number);
    while (query.step()) {
        StoredRow row(query);
        auto table = unpackedTable(row, budget);
        if (table && loaded.run.result.table(table->name))
            table = inputError("another one has its name");
        if (table)
            loaded.run.result.tables.push_back(*std::move(table));
        else
            leaveOut(loaded.unsound, shownName("table", query, 0), table.error().message);
    }
    return query.ok();
}

Result<void> loadArtifacts(const Database& database, std::int64_t number, LoadedRun& loaded)
{
    auto query = database.prepare(
        "SELECT name, kind, sha256, bytes, origin FROM artifacts WHERE run = ? ORDER BY position");
    query.bind(number);
    while (query.step()) {
        StoredRow row(query);
        Artifact artifact;
        artifact.name = row.fileName(0, "name");
        artifact.kind = row.text(1, "kind");
        artifact.sha256 = row.text(2, "sha256");
        artifact.bytes = static_cast<std::uint64_t>(row.integer(3, "size", 0, kAnyCount));
        const auto origin = parseOrigin(row.text(4, "origin"));
        if (!origin)
            row.fail(origin.error().message);
        else if (!isSha256(artifact.sha256))
            row.fail("its sha256 has not 64 hexadecimal digits");
        else if (loaded.run.result.artifact(artifact.name))
            row.fail("another one has its name");
        if (!row.isSound()) {
            leaveOut(loaded.unsound, shownName("artifact", query, 0), row.problem());
            continue;
        }
        artifact.origin = *origin;
        loaded.run.result.artifacts.push_back(std::move(artifact));
    }
    return query.ok();
}

Result<void> loadInputs(const Database& database, std::int64_t number, LoadedRun& loaded)
{
    auto query = database.prepare(
        "SELECT parameter, path, sha256, bytes FROM inputs WHERE run = ? ORDER BY position");
    query.bind(number);
    while (query.step()) {
        StoredRow row(query);
        InputFile input;
        input.parameter = row.text(0, "parameter");
        input.path = row.text(1, "path");
        input.sha256 = row.text(2, "sha256");
        input.bytes = static_cast<std::uint64_t>(row.integer(3, "size", 0, kAnyCount));
        if (!isStoredPath(input.path))
            row.fail("its path is too long or holds a zero byte");
        else if (!input.sha256.empty() && !isInputHash(input.sha256))
            row.fail("its sha256 has not 64 hexadecimal digits");
        if (row.isSound())
            loaded.run.result.inputs.push_back(std::move(input));
        else
            leaveOut(loaded.unsound, shownName("input", query, 0), row.problem());
    }
    return query.ok();
}

Result<void> loadTags(const Database& database, std::int64_t number, LoadedRun& loaded)
{
    auto query = database.prepare("SELECT tag FROM tags WHERE run = ? ORDER BY tag");
    query.bind(number);
    while (query.step()) {
        StoredRow row(query);
        std::string tag = row.text(0, "text");
        if (row.isSound())
            loaded.run.tags.push_back(std::move(tag));
        else
            leaveOut(loaded.unsound, "a stored tag", row.problem());
    }
    return query.ok();
}

} // namespace vitrine
