#include "core/base/format.h"
#include "core/jobs/experiment/read_run.h"
#include "core/report/values.h"

#include <fmt/format.h>

#include <algorithm>

namespace vitrine::report
{
namespace
{

Value fact(std::string text)
{
    return {.text = text.empty() ? "–" : std::move(text), .number = true};
}

DataTable machineTable(const std::vector<RunRecord>& runs)
{
    DataTable table{.name = "What ran, and where", .columns = {{.name = "fact"}}};
    for (const RunRecord& run : runs)
        table.columns.push_back({.name = runName(run), .number = true});
    const auto row = [&](const char* name, auto value) {
        std::vector<Value> values = {{.text = name}};
        for (const RunRecord& run : runs)
            values.push_back(value(run));
        table.rows.push_back(std::move(values));
    };
    row("experiment", [](const RunRecord& r) {
        return fact(fmt::format("{} version {}", r.experiment, r.experimentVersion));
    });
    row("uid", [](const RunRecord& r) {
        Value value = fact(r.uid);
        value.code = true;
        return value;
    });
    row("program", [](const RunRecord& r) { return fact(r.programVersion); });
    row("build", [](const RunRecord& r) { return fact(r.build); });
    row("seed", [](const RunRecord& r) { return fact(parameterText(r.params, "seed")); });
    row("host", [](const RunRecord& r) { return fact(r.host); });
    row("processor", [](const RunRecord& r) { return fact(r.cpu); });
    row("threads used",
        [](const RunRecord& r) { return fact(r.threads ? std::to_string(r.threads) : ""); });
    row("started (UTC)", [](const RunRecord& r) { return fact(r.started); });
    row("duration", [](const RunRecord& r) {
        Value value = fact(durationText(r.seconds));
        value.full = shortest(r.seconds) + " s";
        value.measured = true;
        return value;
    });
    row("state", [](const RunRecord& r) { return fact(std::string(runStateName(r.state))); });
    row("repeats", [](const RunRecord& r) { return fact(r.parent); });
    if (std::ranges::all_of(runs, [](const RunRecord& r) { return r.parent.empty(); }))
        table.rows.pop_back();
    return table;
}

// What a metric's value is known to within: metrics NAME_low and NAME_high beside NAME, and of how
// many items (metric items, windows or pictures).
DataTable intervalTable(const std::vector<RunRecord>& runs)
{
    DataTable table{.name = "Confidence intervals",
                    .columns = {{.name = "run"},
                                {.name = "metric"},
                                {.name = "value", .number = true},
                                {.name = "low", .number = true},
                                {.name = "high", .number = true},
                                {.name = "n", .number = true},
                                {.name = "interval"}}};
    for (const RunRecord& run : runs) {
        Value n{.text = "–", .number = true};
        for (const char* counted : {"pictures", "windows", "items"})
            if (const Metric* metric = run.result.metric(counted))
                n = numberValue(metric->value, false);
        for (const Metric& metric : run.result.metrics) {
            const Metric* low = run.result.metric(metric.name + "_low");
            const Metric* high = run.result.metric(metric.name + "_high");
            if (low == nullptr || high == nullptr)
                continue;
            table.rows.push_back({{.text = runName(run)},
                                  {.text = metric.name},
                                  numberValue(metric.value, false),
                                  numberValue(low->value, false),
                                  numberValue(high->value, false),
                                  n,
                                  {.text = low->help}});
        }
    }
    return table;
}

// A column per run is too wide for paper where there are many: what is the same for all stands
// once, the rest in a row per run.
void addMachine(Section& section, const std::vector<RunRecord>& runs)
{
    const DataTable facts = machineTable(runs);
    if (runs.size() <= 3) {
        section.blocks.push_back(facts);
        return;
    }
    DataTable same{.name = "The same for all runs",
                   .columns = {{.name = "fact"}, {.name = "value"}}};
    DataTable each{.name = "What ran, and where", .columns = {{.name = "run"}}};
    for (const RunRecord& run : runs)
        each.rows.push_back({{.text = runName(run)}});
    for (const auto& row : facts.rows) {
        const bool equal = std::ranges::all_of(row.begin() + 1, row.end(), [&](const Value& value) {
            return value.text == row[1].text && value.full == row[1].full;
        });
        if (equal) {
            Value value = row[1];
            value.number = false;
            same.rows.push_back({row[0], value});
            continue;
        }
        each.columns.push_back({.name = row[0].text});
        for (std::size_t r = 0; r < runs.size(); ++r) {
            each.rows[r].push_back(row[r + 1]);
            each.rows[r].back().number = false;
        }
    }
    section.blocks.push_back(std::move(each));
    if (!same.rows.empty())
        section.blocks.push_back(std::move(same));
}

std::vector<Value> fileRow(const std::string& run, const std::string& name, const std::string& path,
                           std::uint64_t bytes, const std::string& hash)
{
    return {{.text = run},
            {.text = name},
            {.text = path, .code = true},
            {.text = countText(bytes), .full = std::to_string(bytes), .number = true},
            {.text = hash, .code = true}};
}

void addFiles(Section& section, const std::vector<RunRecord>& runs)
{
    DataTable inputs{.name = "Files read",
                     .columns = {{.name = "run"},
                                 {.name = "parameter"},
                                 {.name = "file"},
                                 {.name = "size", .unit = "byte", .number = true},
                                 {.name = "SHA-256"}}};
    DataTable outputs{.name = "Files written",
                      .columns = {{.name = "run"},
                                  {.name = "artifact"},
                                  {.name = "kind"},
                                  {.name = "size", .unit = "byte", .number = true},
                                  {.name = "SHA-256"}}};
    for (const RunRecord& run : runs) {
        for (const InputFile& file : run.result.inputs)
            inputs.rows.push_back(
                fileRow(runName(run), file.parameter, file.path, file.bytes, file.sha256));
        for (const Artifact& file : run.result.artifacts)
            outputs.rows.push_back(
                fileRow(runName(run), file.name, file.kind, file.bytes, file.sha256));
    }
    for (DataTable* table : {&inputs, &outputs})
        if (!table->rows.empty())
            section.blocks.push_back(std::move(*table));
}

} // namespace

Section originSection(const std::vector<RunRecord>& runs)
{
    Section section{"Reproducibility", {}};
    if (runs.empty())
        return section;
    section.blocks.push_back(
        Paragraph{fmt::format("Made from {} stored {} (n = {}). Computed values repeat bit for bit "
                              "with the same build, kind of processor and "
                              "number of threads; measured ones (†) are times and rates.",
                              runs.size(), runs.size() == 1 ? "run" : "runs", runs.size())});
    for (const RunRecord& run : runs)
        if (!run.command.empty())
            section.blocks.push_back(Code{run.command});
    addMachine(section, runs);
    if (DataTable intervals = intervalTable(runs); !intervals.rows.empty())
        section.blocks.push_back(std::move(intervals));
    addFiles(section, runs);
    return section;
}

} // namespace vitrine::report
