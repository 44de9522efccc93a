#include "plugins/quantization/figures/cost.h"

#include "core/base/cut_text.h"
#include "core/base/format.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/common/evidence_params.h"
#include "plugins/quantization/experiments/cost_params.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr const char *kMultiply32 = "e_multiply32", *kAdd32 = "e_add32";
constexpr double kMultiply32Picojoule = 3.7, kAdd32Picojoule = 0.9; // ShiftAddLLM, section 8
constexpr int kHalfBits = 16;                                       // of the original as counted

std::vector<evidence::Parameter> costParameters()
{
    auto all = evidence::parametersOf(quant::costFields());
    const auto add = [&](const char* name, const char* label, double value) {
        evidence::Parameter energy =
            all[static_cast<std::size_t>(evidence::parameterIndex(all, "e_add16"))];
        energy.name = name, energy.label = label, energy.fallback = value;
        all.push_back(std::move(energy));
    };
    add(kMultiply32, "FP32 multiplication", kMultiply32Picojoule);
    add(kAdd32, "FP32 addition", kAdd32Picojoule);
    return all;
}

// As the run had it. Parameters of a stored run are not trusted.
double ownValue(const evidence::Parameter& parameter, const RunRecord& run)
{
    const std::string said = parameterText(run.params, parameter.name);
    if (parameter.kind == evidence::ParameterKind::choice) {
        const auto found = std::ranges::find(parameter.choices, said);
        return found == parameter.choices.end()
                   ? parameter.fallback
                   : static_cast<double>(found - parameter.choices.begin());
    }
    if (parameter.kind == evidence::ParameterKind::toggle)
        return said.empty() ? parameter.fallback : said == "true" || said == "1" || said == "yes";
    const double value = parameterNumber(run.params, parameter.name, parameter.fallback);
    return std::isfinite(value) ? value : parameter.fallback;
}

quant::CostAssumptions assumptionsOf(const RunRecord& run, const State& state)
{
    const auto fields = quant::costFields();
    evidence::Settings settings;
    for (const auto& parameter : evidence::parametersOf(fields))
        settings.push_back(assumedValue(run, state, parameter.name));
    return evidence::configOf(fields, settings);
}

struct OperationEnergy {
    std::string name;
    double original = 0, quantized = 0; // pJ
};

std::vector<OperationEnergy> storedEnergies(const RunResult& result)
{
    const auto names = columnTexts(result, "operations", "operation");
    const auto original = columnNumbers(result, "operations", "original_energy"),
               quantized = columnNumbers(result, "operations", "quantized_energy");
    std::vector<OperationEnergy> energies;
    for (std::size_t i = 0; i < names.size(); ++i)
        energies.push_back({names[i], original[i], quantized[i]});
    return energies;
}

// The counts of the place where scales are to act. Earlier runs hold those of their own place.
std::vector<double> quantizedCounts(const RunRecord& run, quant::ScalePlace place)
{
    const bool isInputs = place == quant::ScalePlace::inputs;
    const Table* table = run.result.table("operations");
    const char* column = isInputs ? "quantized_inputs" : "quantized_results";
    if (table && table->column(column) >= 0)
        return columnNumbers(run.result, "operations", column);
    const bool isOwnPlace = assumptionsOf(run, {}).scalePlace == place;
    return isOwnPlace ? columnNumbers(run.result, "operations", "quantized")
                      : std::vector<double>{};
}

// Under the state's assumptions; empty where the run holds no counts for them.
std::vector<OperationEnergy> countedEnergies(const RunRecord& run, const State& state)
{
    using Count = quant::OperationCount;
    using Energy = quant::EnergySplit;
    struct Kind {
        const char* name;
        double Count::*count;
        double Energy::*energy;
    };
    constexpr Kind kKinds[] = {{"multiplications", &Count::multiplies, &Energy::multiplies},
                               {"additions", &Count::adds, &Energy::adds},
                               {"shifts", &Count::shifts, &Energy::shifts},
                               {"look-ups", &Count::lookUps, &Energy::lookUps},
                               {"reading weights", &Count::weightBits, &Energy::traffic}};
    const quant::CostAssumptions assumptions = assumptionsOf(run, state);
    const auto names = columnTexts(run.result, "operations", "operation");
    const auto original = columnNumbers(run.result, "operations", "original"),
               quantized = quantizedCounts(run, assumptions.scalePlace);
    Count before, after;
    for (const Kind& kind : kKinds) {
        const auto at =
            static_cast<std::size_t>(std::ranges::find(names, kind.name) - names.begin());
        if (at >= names.size() || at >= quantized.size() || !std::isfinite(original[at]) ||
            !std::isfinite(quantized[at]))
            return {};
        before.*kind.count = original[at];
        after.*kind.count = quantized[at];
    }
    quant::CostAssumptions ofOriginal = assumptions;
    if (state.isOriginal32) {
        ofOriginal.multiplyPicojoule = assumedValue(run, state, kMultiply32);
        ofOriginal.addPicojoule = assumedValue(run, state, kAdd32);
        before.weightBits *= 32.0 / kHalfBits;
    }
    const Energy was = quant::energyOf(before, ofOriginal),
                 is = quant::energyOf(after, assumptions);
    std::vector<OperationEnergy> energies;
    for (const Kind& kind : kKinds)
        energies.push_back({kind.name, was.*kind.energy, is.*kind.energy});
    return energies;
}

std::vector<OperationEnergy> energiesOf(const RunRecord& run, const State& state)
{
    return isCostChanged(state) ? countedEnergies(run, state) : storedEnergies(run.result);
}

const char* originalForm(const State& state)
{
    return state.isOriginal32 ? "FP32" : "FP16";
}

} // namespace

std::vector<ParamSpec> costSpecs(const RunRecord& run)
{
    std::vector<ParamSpec> specs;
    for (evidence::Parameter& parameter : costParameters()) {
        parameter.fallback =
            std::clamp(ownValue(parameter, run), parameter.minimum, parameter.maximum);
        specs.push_back(paramOf(parameter));
    }
    return specs;
}

double assumedValue(const RunRecord& run, const State& state, std::string_view name)
{
    const auto parameters = costParameters();
    const int index = evidence::parameterIndex(parameters, name);
    if (index < 0)
        return std::nan("");
    const evidence::Parameter& parameter = parameters[static_cast<std::size_t>(index)];
    const auto chosen = state.cost.find(parameter.name);
    const double value = chosen == state.cost.end() ? ownValue(parameter, run) : chosen->second;
    const bool isWhole = parameter.kind != evidence::ParameterKind::real;
    return std::clamp(isWhole ? std::round(value) : value, parameter.minimum, parameter.maximum);
}

bool isCostChanged(const State& state)
{
    return !state.cost.empty() || state.isOriginal32;
}

figure::Figure energyFigure(const Drawing& drawing)
{
    const std::string form = originalForm(drawing.state());
    figure::Figure figure = drawing.start("energy", "Energy for one token");
    figure.caption = fmt::format(
        "Estimate of the linear layers' energy for one token from counted operations and the "
        "weights that are read (45 nm); {} is the original in {} precision.{}",
        form, drawing.state().isOriginal32 ? "single" : "half",
        isCostChanged(drawing.state()) ? " Under other assumptions than the runs'." : "");
    figure.altText = "Stacked bars of energy by operation, the original and each version.";
    figure.x.label = "Version";
    figure.y.label = "Energy";
    figure.y.unit = "µJ";
    figure.y.minimum = 0;
    std::vector<std::vector<OperationEnergy>> energies;
    for (const RunRecord* run : drawing.runs())
        energies.push_back(energiesOf(*run, drawing.state()));
    const auto first =
        std::ranges::find_if(energies, [](const auto& each) { return !each.empty(); });
    std::vector<double> below(energies.size() + 1, 0);
    for (std::size_t o = 0; first != energies.end() && o < first->size(); ++o) {
        figure::Bars bars;
        bars.name = cutText((*first)[o].name, 40);
        bars.colour = static_cast<int>(o) % figure::kRunColours;
        bars.width = 0.6;
        const auto add = [&](std::size_t at, double picojoule) {
            if (!std::isfinite(picojoule))
                return;
            bars.position.push_back(static_cast<double>(at));
            bars.base.push_back(below[at]);
            bars.height.push_back(picojoule / 1e6);
            below[at] += picojoule / 1e6;
        };
        add(0, (*first)[o].original);
        for (std::size_t r = 0; r < energies.size(); ++r) {
            const auto found =
                std::ranges::find(energies[r], (*first)[o].name, &OperationEnergy::name);
            if (found != energies[r].end())
                add(r + 1, found->quantized);
        }
        figure.bars.push_back(std::move(bars));
    }
    figure.x.ticks.push_back({0, form});
    for (std::size_t r = 0; r < drawing.runs().size(); ++r)
        figure.x.ticks.push_back({static_cast<double>(r + 1), versionTick(*drawing.runs()[r])});
    figure.x.minimum = -0.6;
    figure.x.maximum = static_cast<double>(drawing.runs().size()) + 0.6;
    return figure;
}

std::string energyWords(const Drawing& drawing)
{
    constexpr std::size_t kMostSaid = 4;
    std::string said, without;
    std::size_t count = 0;
    for (const RunRecord* run : drawing.runs()) {
        double original = 0, quantized = 0;
        for (const OperationEnergy& energy : energiesOf(*run, drawing.state()))
            original += energy.original, quantized += energy.quantized;
        if (!(original > 0) || !std::isfinite(quantized)) {
            without += (without.empty() ? "" : ", ") + versionTick(*run);
        } else if (++count <= kMostSaid) {
            said += count == 1
                        ? fmt::format("The original in {} takes {} µJ for a token; ",
                                      originalForm(drawing.state()), significant(original / 1e6, 3))
                        : ", ";
            said +=
                fmt::format("{} {} µJ, {} %", versionTick(*run), significant(quantized / 1e6, 3),
                            significant(100 * quantized / original, 2));
        }
    }
    if (!said.empty())
        said += count > kMostSaid ? " …" : ".";
    if (!without.empty())
        said += fmt::format("{}{} without counts for these assumptions: run again to see.",
                            said.empty() ? "" : " ", without);
    return said;
}

} // namespace vitrine::quantization_plugin
