#include "core/base/cut_text.h"
#include "core/base/format.h"
#include "core/jobs/experiment/read_run.h"
#include "core/quant/vision/vision_operations.h"
#include "plugins/quantization/figures/coded_figures.h"
#include "plugins/quantization/figures/vision_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::size_t kLongestOperation = 48; // bytes
constexpr std::size_t kMostOperations = 32;
constexpr const char* kReading = "read a byte of weights"; // bytes, no operations

// For an axis and a legend: "multiply, fp32", "add, int32", "multiply, 8 x 4 bits".
std::string shortOperation(std::string name)
{
    for (const auto& [words, instead] :
         {std::pair<std::string, std::string>{"32-bit floating point", "fp32"},
          {"32-bit whole numbers", "int32"},
          {"floating point", "fp32"},
          {"multiply codes", "multiply"}})
        if (const auto at = name.find(words); at != std::string::npos)
            name.replace(at, words.size(), instead);
    return cutText(name, kLongestOperation);
}

// What one version does for a picture, by the names of the runs' tables.
struct CodedCost {
    std::string name;
    int colour = 0;
    const RunRecord* run = nullptr;
    bool isOriginal = false;

    double of(const std::string& operation, const char* column) const
    {
        const auto names = columnTexts(run->result, "operations", "operation");
        const auto values = columnNumbers(run->result, "operations", column);
        const auto found = std::ranges::find(names, operation);
        const auto at = static_cast<std::size_t>(found - names.begin());
        return at < values.size() ? values[at] : std::nan("");
    }
    double count(const std::string& operation) const
    {
        return of(operation, isOriginal ? "original" : "quantized");
    }
    double picojoules(const std::string& operation) const
    {
        return of(operation, isOriginal ? "energy_original" : "energy_quantized");
    }
};

// Each original, then the runs.
std::vector<CodedCost> costsOf(const CodedDrawing& drawing)
{
    std::vector<CodedCost> all;
    std::vector<std::string> models;
    for (const RunRecord* run : drawing.runs()) {
        const std::string model = codedOriginal(*run);
        if (!run->result.table("operations") || std::ranges::find(models, model) != models.end())
            continue;
        models.push_back(model);
        all.push_back({"Original", figure::kTextColour, run, true});
    }
    for (CodedCost& original : all)
        if (models.size() > 1)
            original.name += " " + codedOriginal(*original.run);
    for (std::size_t i = 0; i < drawing.runs().size(); ++i)
        if (drawing.runs()[i]->result.table("operations"))
            all.push_back(
                {codedName(*drawing.runs()[i]), drawing.look(i).colour, drawing.runs()[i], false});
    return all;
}

std::vector<std::string> operationsIn(const CodedDrawing& drawing)
{
    std::vector<std::string> names;
    for (const RunRecord* run : drawing.runs())
        for (const std::string& name : columnTexts(run->result, "operations", "operation"))
            if (!name.empty() && std::ranges::find(names, name) == names.end() &&
                names.size() < kMostOperations)
                names.push_back(name);
    return names;
}

// A piece of the stacks.
struct EnergyPart {
    std::string name;
    int colour = 0;
    std::vector<double> microjoules = {}; // of each version
};

// The operations that take most, the rest together, and reading the weights: as many as there are
// colours.
std::vector<EnergyPart> energyParts(const std::vector<std::string>& operations,
                                    const std::vector<CodedCost>& costs)
{
    constexpr std::size_t kMostParts = 5;
    EnergyPart reading{"read the weights", figure::kMuted, std::vector<double>(costs.size())},
        rest{"the rest", 5, std::vector<double>(costs.size())};
    std::vector<EnergyPart> parts;
    for (const std::string& name : operations) {
        EnergyPart part{shortOperation(name)};
        for (const CodedCost& cost : costs) {
            const double energy = cost.picojoules(name) / 1e6;
            part.microjoules.push_back(std::isfinite(energy) ? energy : 0);
        }
        if (name == kReading)
            reading.microjoules = part.microjoules;
        else
            parts.push_back(std::move(part));
    }
    const auto most = [](const EnergyPart& part) { return std::ranges::max(part.microjoules); };
    std::ranges::stable_sort(parts, std::ranges::greater{}, most);
    while (parts.size() > kMostParts) {
        for (std::size_t i = 0; i < costs.size(); ++i)
            rest.microjoules[i] += parts.back().microjoules[i];
        parts.pop_back();
    }
    for (std::size_t i = 0; i < parts.size(); ++i)
        parts[i].colour = static_cast<int>(i);
    parts.push_back(std::move(rest));
    parts.push_back(std::move(reading));
    return parts;
}

} // namespace

figure::Figure codedOperations(const CodedDrawing& drawing)
{
    figure::Figure figure = drawing.start("coded-operations", "Operations for a picture, by kind");
    figure.caption = "Counted from the shapes of the layers; the axis is logarithmic. No bar: none "
                     "of the kind.";
    figure.altText = "A group of bars for each kind of operation, a bar for each version.";
    figure.x.label = "Operations", figure.x.scale = figure::Scale::logarithmic;
    std::vector<std::string> names = operationsIn(drawing);
    std::erase(names, kReading);
    const auto costs = costsOf(drawing);
    std::vector<ClassGroup> groups;
    double least = 1e300, most = 1;
    for (const CodedCost& cost : costs) {
        std::vector<double> counts;
        for (const std::string& name : names) {
            const double count = cost.count(name);
            counts.push_back(count > 0 ? count : std::nan(""));
            if (count > 0)
                least = std::min(least, count), most = std::max(most, count);
        }
        groups.push_back({cost.name, std::move(counts), cost.colour});
    }
    for (std::string& name : names)
        name = shortOperation(name);
    if (!groups.empty() && !names.empty() && least <= most)
        addClassBars(figure, names, groups);
    figure.x.minimum = std::pow(10, std::floor(std::log10(std::min(least, most))) - 1);
    for (figure::Bars& bars : figure.bars) { // a logarithmic axis has no zero to stand on
        bars.base.assign(bars.position.size(), *figure.x.minimum);
        for (double& height : bars.height)
            height -= *figure.x.minimum;
    }
    return figure;
}

figure::Figure codedEnergy(const CodedDrawing& drawing)
{
    figure::Figure figure = drawing.start("coded-energy", "Energy for a picture");
    figure.caption = "An estimate: counted operations and reading the weights once, by energies of "
                     "45 nm, most of them recollected or ours (see what is assumed). Buffers and "
                     "registers are those of an accelerator and not in it.";
    figure.altText = "A stack for the original and each run, by kind of operation.";
    figure.x.label = "Energy", figure.x.unit = "µJ", figure.x.minimum = 0;
    figure.y.reversed = true;
    const auto costs = costsOf(drawing);
    if (costs.empty())
        return figure;
    std::vector<double> below(costs.size(), 0);
    std::vector<std::string> ticks;
    for (const CodedCost& cost : costs)
        ticks.push_back(cost.name);
    for (const EnergyPart& part : energyParts(operationsIn(drawing), costs)) {
        figure::Bars bars;
        bars.horizontal = true, bars.width = 0.6;
        bars.name = part.name, bars.colour = part.colour;
        for (std::size_t i = 0; i < costs.size(); ++i) {
            const double energy = part.microjoules[i];
            if (!(energy > 0))
                continue;
            bars.position.push_back(static_cast<double>(i));
            bars.base.push_back(below[i]);
            bars.height.push_back(energy);
            below[i] += energy;
            bars.labels.push_back(
                fmt::format("{}, {}: {} µJ", ticks[i], bars.name, significant(energy, 3)));
        }
        if (!bars.position.empty())
            figure.bars.push_back(std::move(bars));
    }
    figure.y.ticks = ticksOf(ticks);
    figure.y.minimum = -0.6, figure.y.maximum = static_cast<double>(ticks.size()) - 0.4;
    figure.height = std::clamp(40 + 8 * static_cast<double>(ticks.size()), 60.0, 160.0);
    return figure;
}

figure::Figure codedTimes(const CodedDrawing& drawing)
{
    figure::Figure figure = drawing.start("coded-times", "Measured time of a picture");
    figure.caption =
        "Wall time with all threads busy with pictures of their own, on the machine "
        "of the run. The simulated pass repeats codes in double precision and is no "
        "measure of speed; the integer one is plain code. Float is the original in the same run.";
    figure.altText = "Bars for float, simulated and integer passes of each run.";
    figure.x.label = "Time", figure.x.unit = "ms", figure.x.minimum = 0;
    std::vector<std::string> names;
    std::vector<ClassGroup> groups = {{"float", {}, figure::kTextColour},
                                      {"simulated", {}, 5},
                                      {"integer", {}, 0},
                                      {"changed layers, float", {}, 2}};
    for (const RunRecord* run : drawing.runs()) {
        names.push_back(codedName(*run));
        std::size_t group = 0;
        for (const char* metric :
             {"seconds_float", "seconds_simulated", "seconds_integer", "seconds_changed"})
            groups[group++].values.push_back(1e3 * metricOf(run->result, metric));
    }
    const bool isMeasured = std::ranges::any_of(groups.front().values,
                                                [](double value) { return std::isfinite(value); });
    if (isMeasured)
        addClassBars(figure, names, groups);
    std::erase_if(figure.bars, [](const figure::Bars& bars) { return bars.position.empty(); });
    figure.y.minimum = -0.6, figure.y.maximum = static_cast<double>(names.size()) - 0.4;
    figure.height = std::clamp(34 + 14 * static_cast<double>(names.size()), 50.0, 160.0);
    return figure;
}

Table inFloatMatrix(const CodedDrawing& drawing)
{
    Table table{"parts in float",
                {{"Part", "", {}, "Of a pass"}, {"Original", "", {}, "Single precision"}},
                {}};
    std::vector<std::string> parts;
    for (const RunRecord* run : drawing.runs()) {
        table.columns.push_back({codedTick(*run), "", {}, codedName(*run)});
        for (const std::string& part : partsInFloat(*run))
            if (std::ranges::find(parts, part) == parts.end() && parts.size() < kMostOperations)
                parts.push_back(part);
    }
    for (const std::string& part : parts) {
        std::vector<Cell> row = {cutText(part, kLongestOperation), std::string("float")};
        for (const RunRecord* run : drawing.runs()) {
            const auto own = partsInFloat(*run);
            const bool isFloat = std::ranges::find(own, part) != own.end();
            row.push_back(!run->result.table("in_float")
                              ? Cell{}
                              : Cell{std::string(isFloat ? "float" : "codes")});
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

Table assumedEnergies(const RunRecord& run)
{
    Table table{"energies",
                {{"operation", "", {}, "What is done"},
                 {"energy", "", {}, "As this run had it"},
                 {"unit", "", {}, "Of the energy"},
                 {"mark",
                  "",
                  {},
                  "Of the default. paper: read in it; unverified: recollected; ours: our choice"},
                 {"where from", "", {}, "What the default stands on"}},
                {}};
    if (!run.result.table("operations"))
        return table;
    for (const auto& parameter : evidence::parametersOf(quant::operationEnergyFields())) {
        if (parameter.kind == evidence::ParameterKind::toggle)
            continue;
        const double value = parameterNumber(run.params, parameter.name, parameter.fallback);
        const bool isOwn = value != parameter.fallback;
        table.rows.push_back(
            {parameter.label, value, parameter.unit,
             std::string(evidence::markName(isOwn ? evidence::Mark::ours : parameter.mark)),
             isOwn ? std::string("Given with the run") : parameter.help});
    }
    return table;
}

} // namespace vitrine::quantization_plugin
