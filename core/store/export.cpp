#include "core/store/store.h"

#include "core/base/csv.h"
#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/jobs/bundle/bundle_names.h"

#include <set>

namespace vitrine
{
namespace fs = std::filesystem;
namespace
{

std::string csvCell(const Cell& cell)
{
    if (const auto* text = std::get_if<std::string>(&cell))
        return csvField(*text);
    const Json json = toJson(cell);
    return json.is_null() ? std::string() : dumpJson(json);
}

std::string tableCsv(const Table& table)
{
    std::string csv;
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        csv += (i ? "," : "") + csvField(table.columns[i].name);
    csv += '\n';
    for (const auto& row : table.rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            csv += (i ? "," : "") + csvCell(row[i]);
        csv += '\n';
    }
    return csv;
}

std::string parametersCsv(const RunRecord& run)
{
    std::string csv = "name,value\n";
    for (const auto& [name, value] : run.params.all())
        csv += csvField(name) + "," + csvField(paramText(value)) + "\n";
    return csv;
}

std::string metricsCsv(const RunRecord& run)
{
    std::string csv = "name,value,unit,origin\n";
    for (const auto& metric : run.result.metrics)
        csv += csvField(metric.name) + "," + csvCell(Cell(metric.value)) + "," +
               csvField(metric.unit) + "," +
               (metric.origin == Origin::computed ? "computed" : "measured") + "\n";
    return csv;
}

std::string runJson(const RunRecord& run)
{
    Json json = bundleJson(run);
    for (auto& artifact : json["artifacts"])
        artifact["path"] = artifact["name"];
    return dumpJson(json, 1) + "\n";
}

} // namespace

Result<void> exportRun(const RunRecord& run, const fs::path& folder)
{
    std::error_code error;
    fs::create_directories(folder, error);
    if (error || !fs::is_directory(folder, error))
        return inputError("cannot make the folder {}: {}", folder.string(), error.message());
    if (!fs::is_empty(folder, error))
        return inputError("cannot export to {}: the folder is not empty", folder.string());

    std::set<std::string> taken = {"run.json", "parameters.csv", "metrics.csv"};
    for (const auto& artifact : run.result.artifacts)
        if (!isPlainFileName(artifact.name) || !taken.insert(artifact.name).second)
            return failure("cannot export the artifact \"{}\": its name is taken", artifact.name);
    VITRINE_CHECK(writeFileAtomically(folder / "parameters.csv", parametersCsv(run)));
    VITRINE_CHECK(writeFileAtomically(folder / "metrics.csv", metricsCsv(run)));
    for (const auto& table : run.result.tables) {
        std::string name = table.name + ".csv";
        if (taken.contains(name))
            name = "table-" + name;
        if (!isPlainFileName(name) || !taken.insert(name).second)
            name = fmt::format("table-{}.csv", taken.size());
        taken.insert(name);
        VITRINE_CHECK(writeFileAtomically(folder / name, tableCsv(table)));
    }
    for (const auto& artifact : run.result.artifacts) {
        fs::copy_file(artifact.path, folder / artifact.name, error);
        if (error)
            return inputError("cannot export the artifact {}: {}", artifact.name, error.message());
    }
    return writeFileAtomically(folder / "run.json", runJson(run));
}

} // namespace vitrine
