#include "plugins/accelerators/figures/read.h"

#include "core/base/cut_text.h"
#include "core/sim/cost/accelerator.h"
#include "plugins/accelerators/figures/figures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace vitrine::accelerators_plugin
{
namespace
{

constexpr std::size_t kLongestName = 80; // bytes

std::string workloadOf(const RunRecord& run)
{
    const std::string workload = parameterText(run.params, "workload");
    const std::size_t slash = workload.rfind('/');
    return cutText(slash == std::string::npos ? workload : workload.substr(slash + 1),
                   kLongestName);
}

std::string machineOf(const RunRecord& run)
{
    const std::string id = parameterText(run.params, "accelerator");
    const sim::Accelerator* machine = sim::findAccelerator(id);
    return machine ? machine->title : cutText(id, kLongestName);
}

constexpr std::array<KindGroup, kKindGroups> kGroups{{{"convolution", 0},
                                                      {"depthwise", 1},
                                                      {"linear", 2},
                                                      {"attention", 3},
                                                      {"norm, softmax, other", 4},
                                                      {"deconvolution", 5},
                                                      {"deformable", 7}}};

} // namespace

std::vector<double> numbers(const RunRecord& run, const char* table, const std::string& name)
{
    return columnNumbers(run.result, table, name);
}

std::vector<std::string> texts(const RunRecord& run, const char* table, const std::string& name)
{
    return columnTexts(run.result, table, name);
}

double cyclesPerSecond(const RunRecord& run)
{
    return metricOf(run.result, "cycles") / metricOf(run.result, "latency_ms") * 1e3;
}

bool equalClocks(const std::vector<const RunRecord*>& runs)
{
    for (const RunRecord* run : runs)
        if (std::abs(cyclesPerSecond(*run) / cyclesPerSecond(*runs.front()) - 1) > 1e-9)
            return false;
    return true;
}

std::string prefixOf(const RunRecord& run)
{
    return run.number > 0 ? fmt::format("#{} ", run.number) : "what if ";
}

std::string troubleOf(const RunRecord& run)
{
    const std::string state = run.state == RunState::failed ? "failed"
                              : run.state == RunState::cancelled
                                  ? "was cancelled"
                                  : "is " + std::string(runStateName(run.state));
    return labelled(run) + ' ' + state + (run.error.empty() ? "" : ": " + run.error);
}

std::string labelled(const RunRecord& run)
{
    return run.number > 0 ? prefixOf(run) + runName(run) : runName(run);
}

std::vector<std::string> shortNames(const std::vector<const RunRecord*>& runs)
{
    std::vector<std::string> machines, workloads;
    for (const RunRecord* run : runs) {
        machines.push_back(machineOf(*run));
        workloads.push_back(workloadOf(*run));
    }
    const auto same = [](const std::vector<std::string>& names) {
        return std::ranges::all_of(names, [&](const auto& name) { return name == names.front(); });
    };
    std::vector<std::string> names;
    for (std::size_t i = 0; i < runs.size(); ++i)
        names.push_back(runs.size() > 1 && same(workloads)  ? prefixOf(*runs[i]) + machines[i]
                        : runs.size() > 1 && same(machines) ? prefixOf(*runs[i]) + workloads[i]
                                                            : labelled(*runs[i]));
    return names;
}

std::string shortModule(std::string module)
{
    if (module == "patch_embed")
        return "patch";
    for (const std::string_view word :
         {"model.", "input_stem.", "stem.", "stages.", "blocks.", "layers."})
        for (auto at = module.find(word); at != std::string::npos; at = module.find(word))
            module.erase(at, word.size());
    return module;
}

const KindGroup& kindGroup(std::size_t index)
{
    return kGroups[index];
}

std::size_t groupOf(const std::string& kind)
{
    if (kind == "conv" || kind == "grouped")
        return 0;
    if (kind == "depthwise")
        return 1;
    if (kind == "linear")
        return 2;
    for (const char* one : {"scores", "values", "context", "lookup", "divisor"})
        if (kind == one)
            return 3;
    return kind == "deconv" ? 5 : kind == "deformable" ? 6 : 4;
}

Table claimsAbout(const std::vector<const RunRecord*>& runs)
{
    std::set<std::string> machines;
    for (const RunRecord* run : runs)
        if (const std::string machine = parameterText(run->params, "accelerator"); !machine.empty())
            machines.insert(machine);
    Table all{"reference", {}, {}};
    std::set<std::string> seen;
    for (const RunRecord* run : runs) {
        const Table* own = run->result.table("reference");
        const std::string id = parameterText(run->params, "accelerator");
        if (!own || id.empty() || !seen.insert(id).second)
            continue;
        if (all.columns.empty()) {
            all.columns = own->columns;
            if (machines.size() > 1)
                all.columns.insert(all.columns.begin(),
                                   Column{"accelerator", "", Origin::computed, ""});
        }
        const sim::Accelerator* machine = sim::findAccelerator(id);
        for (auto row : own->rows) {
            if (machines.size() > 1)
                row.insert(row.begin(), machine ? machine->title : std::string());
            all.rows.push_back(std::move(row));
        }
    }
    return all;
}

figure::Figure emptyFigure(const char* name, const char* title,
                           const std::vector<const RunRecord*>& runs,
                           const figure::RunPlaces& places)
{
    figure::Figure figure;
    figure.name = name;
    figure.title = title;
    figure.recipe.figure = name;
    figure.recipe.state = figure::runPlacesText(places);
    for (const RunRecord* run : runs) {
        figure.recipe.runs.push_back(run->uid);
        figure.recipe.experiment = run->experiment;
    }
    return figure;
}

std::vector<figure::RunLook> looksOf(const std::vector<const RunRecord*>& runs,
                                     const figure::RunPlaces& places)
{
    return figure::runLooks(runs, places, [](const RunRecord* run) { return run->uid; });
}

std::string runName(const RunRecord& run)
{
    return machineOf(run) + " · " + workloadOf(run);
}

} // namespace vitrine::accelerators_plugin
