#include "core/sim/claims/claims.h"

#include "core/base/format.h"
#include "core/base/registry.h"
#include "core/sim/workload/workloads.h"

namespace vitrine::sim
{

namespace
{

std::map<std::string, double> changesOf(std::string_view text)
{
    std::map<std::string, double> changes;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size()), equals = text.find('=');
        changes[std::string(text.substr(0, equals))] =
            parseReal(text.substr(equals + 1, comma - equals - 1)).value_or(0);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return changes;
}

std::optional<double> measured(const Accelerator& accelerator, const char* metric,
                               const char* workload, const char* changes)
{
    const auto opened = namedWorkload(workload);
    const auto settings = settingsWith(accelerator.parameters, changesOf(changes));
    if (!opened || !settings)
        return std::nullopt;
    const auto result = simulate(*opened, accelerator, *settings);
    return result ? metricOf(*result, metric) : std::nullopt;
}

std::optional<double> probed(const Accelerator& accelerator, const Probe& probe)
{
    if (!probe.metric)
        return std::nullopt;
    const auto ours = measured(accelerator, probe.metric, probe.workload, probe.changes);
    if (!ours || probe.relation == Probe::Relation::value)
        return ours;
    const char* workload = *probe.rivalWorkload ? probe.rivalWorkload : probe.workload;
    const auto rival = measured(accelerator, probe.metric, workload, probe.rivalChanges);
    if (!rival)
        return std::nullopt;
    return probe.relation == Probe::Relation::over ? *rival / *ours : 100 * (1 - *ours / *rival);
}

} // namespace

std::optional<double> metricOf(const SimResult& r, std::string_view metric)
{
    const struct {
        const char* name;
        double value;
    } kMetrics[] = {{"cycles", r.cycles},
                    {"fps", r.framesPerSecond()},
                    {"gops", r.gops()},
                    {"gops_per_watt", r.gopsPerWatt()},
                    {"watt", r.watt()},
                    {"utilisation", r.utilisation()},
                    {"latency_ms", r.seconds() * 1e3},
                    {"energy_mj", r.joule() * 1e3},
                    {"edp", r.edp()},
                    {"dram_mb", static_cast<double>(r.dram.in + r.dram.out) / 1e6}};
    for (const auto& one : kMetrics)
        if (metric == one.name)
            return one.value;
    for (const Extra& extra : r.extras)
        if (metric == extra.name)
            return extra.value;
    return std::nullopt;
}

const std::vector<Claim>& claims()
{
    static const std::vector<Claim> kAll = [] {
        std::vector<Claim> all;
        for (const ClaimTable table : Registry<ClaimTable>::all())
            all.insert(all.end(), table.begin(), table.end());
        return all;
    }();
    return kAll;
}

std::vector<evidence::Reference> references(const Accelerator& accelerator)
{
    std::vector<evidence::Reference> rows;
    for (const Claim& claim : claims()) {
        if (accelerator.id != claim.subject)
            continue;
        evidence::Reference row{&claim, probed(accelerator, claim.probe), std::nullopt};
        if (row.ours)
            row.deviation = claim.probe.relation == Probe::Relation::saving
                                ? *row.ours - claim.value
                                : *row.ours / claim.value - 1;
        rows.push_back(row);
    }
    return rows;
}

} // namespace vitrine::sim
