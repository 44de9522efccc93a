#include "plugins/superres/figures/rivals.h"

#include "core/jobs/experiment/read_run.h"
#include "plugins/superres/figures/figures.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vitrine::superres_plugin
{
namespace
{

struct RivalColumn {
    const char *metric, *title;
    bool ofAll; // shown although no run has it
};
constexpr std::array kRivalColumns = {
    RivalColumn{"psnr_y", "PSNR-Y", false},
    RivalColumn{"ssim_y", "SSIM-Y", false},
    RivalColumn{"gain", "Over bicubic", false},
    RivalColumn{"smallest_gain", "Smallest", false},
    RivalColumn{"adaptation_gain", "By fitting", false},
    RivalColumn{"seconds_adapting", "Fitting", false},
    RivalColumn{"seconds_per_frame", "Time", true},
    RivalColumn{"parameters", "Parameters", true},
    RivalColumn{"macs_per_pixel", "MAC per pixel", true},
};

std::filesystem::path artifactPath(const RunRecord& run, const std::string& name)
{
    const Artifact* artifact = name.empty() ? nullptr : run.result.artifact(name);
    return artifact ? artifact->path : std::filesystem::path();
}

} // namespace

bool isUpscaling(const RunRecord& run)
{
    const Table* items = run.result.table("items");
    return run.experiment == "superres.upscale" && items && !items->rows.empty() &&
           items->column("high") >= 0;
}

Table rivalsTable(const RunPointers& runs)
{
    Table table{"rivals", {{"Run", "", Origin::computed, "Method, scale, number"}}, {}};
    std::vector<const char*> metrics;
    for (const RivalColumn& column : kRivalColumns) {
        const auto has = std::ranges::find_if(
            runs, [&](const RunRecord* run) { return run->result.metric(column.metric); });
        if (has == runs.end() && !column.ofAll)
            continue;
        const Metric metric = has != runs.end() ? *(*has)->result.metric(column.metric) : Metric{};
        table.columns.push_back({column.title, metric.unit, metric.origin, metric.help});
        metrics.push_back(column.metric);
    }
    for (const RunRecord* run : runs) {
        std::vector<Cell> row = {runName(*run, runs.size() > 1)};
        for (const char* name : metrics) {
            const double value = metricOf(run->result, name);
            row.push_back(std::isnan(value) ? Cell{} : Cell{value});
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

std::vector<ShownItem> itemsOf(const RunRecord& run)
{
    std::vector<ShownItem> all;
    const Table* items = run.result.table("items");
    for (std::size_t i = 0; items && i < items->rows.size(); ++i) {
        const RowReader row(*items, i);
        const auto path = [&](const char* column) { return artifactPath(run, row.text(column)); };
        all.push_back({row.text("picture"), row.number("psnr_y"), row.number("psnr_y_bicubic"),
                       path("low"), path("high"), path("bicubic"), path("original")});
    }
    return all;
}

} // namespace vitrine::superres_plugin
