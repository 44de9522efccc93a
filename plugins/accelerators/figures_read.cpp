#include "plugins/accelerators/figures_read.h"

#include "core/sim/accelerator.h"
#include "plugins/accelerators/figures.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vitrine::accelerators
{
namespace
{

double number(const Cell& cell)
{
    if (const auto* real = std::get_if<double>(&cell))
        return *real;
    if (const auto* whole = std::get_if<std::int64_t>(&cell))
        return static_cast<double>(*whole);
    return std::nan("");
}

std::string text(const Cell& cell)
{
    const auto* value = std::get_if<std::string>(&cell);
    return value ? *value : "";
}

template <typename Value>
auto column(const RunRecord& run, const char* table, const std::string& name, Value value)
{
    std::vector<decltype(value(Cell{}))> values;
    const Table* found = run.result.table(table);
    const int at = found ? found->column(name) : -1;
    if (at < 0)
        return values;
    for (const auto& row : found->rows)
        values.push_back(value(row[static_cast<std::size_t>(at)]));
    return values;
}

std::string given(const RunRecord& run, const char* name)
{
    return run.params.has(name) ? run.params.text(name) : std::string();
}

std::string workloadOf(const RunRecord& run)
{
    const std::string workload = given(run, "workload");
    const std::size_t slash = workload.rfind('/');
    return slash == std::string::npos ? workload : workload.substr(slash + 1);
}

std::string machineOf(const RunRecord& run)
{
    const std::string id = given(run, "accelerator");
    const sim::Accelerator* machine = sim::findAccelerator(id);
    return machine ? machine->title : id;
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
    return column(run, table, name, number);
}

std::vector<std::string> texts(const RunRecord& run, const char* table, const std::string& name)
{
    return column(run, table, name, text);
}

double metricOf(const RunRecord& run, const char* name)
{
    const Metric* found = run.result.metric(name);
    return found ? found->value : std::nan("");
}

double cyclesPerSecond(const RunRecord& run)
{
    return metricOf(run, "cycles") / metricOf(run, "latency_ms") * 1e3;
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

figure::Figure emptyFigure(const char* name, const char* title,
                           const std::vector<const RunRecord*>& runs)
{
    figure::Figure figure;
    figure.name = name;
    figure.title = title;
    figure.recipe.figure = name;
    figure.recipe.state = "{}";
    for (const RunRecord* run : runs) {
        figure.recipe.runs.push_back(run->uid);
        figure.recipe.experiment = run->experiment;
    }
    return figure;
}

std::string runName(const RunRecord& run)
{
    return machineOf(run) + " · " + workloadOf(run);
}

} // namespace vitrine::accelerators
