#include "plugins/accelerators/figures/figures.h"
#include "plugins/accelerators/figures/read.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>

namespace vitrine::accelerators_plugin
{
namespace
{

// Energy by part: what is drawn on chip is split by operand, as its bytes are.
constexpr std::array kEnergyNames{"multiply",     "add",          "shift", "special", "SRAM inputs",
                                  "SRAM weights", "SRAM outputs", "DRAM",  "fixed"};
constexpr std::array kTrafficNames{"activations read", "weights read", "activations written"};
constexpr std::array kEnergyColours{0, 1, 2, 3, 4, 5, 7, figure::kMuted, figure::kTextColour};

struct Part {
    std::string name;
    int colour = 0;
};

// Sums of one run: categories (modules, layers, or the run) in order, values per part.
struct Pieces {
    std::vector<std::string> categories;
    std::vector<std::vector<double>> values; // [category][part]
};

std::vector<Part> partsOf(BarsShow show)
{
    std::vector<Part> parts;
    if (show == BarsShow::cycles)
        for (std::size_t i = 0; i < kKindGroups; ++i)
            parts.push_back({kindGroup(i).name, kindGroup(i).colour});
    if (show == BarsShow::energy)
        for (std::size_t i = 0; i < kEnergyNames.size(); ++i)
            parts.push_back({kEnergyNames[i], kEnergyColours[i]});
    if (show == BarsShow::traffic)
        for (std::size_t i = 0; i < kTrafficNames.size(); ++i)
            parts.push_back({kTrafficNames[i], static_cast<int>(i)});
    return parts;
}

using LayerValues = std::vector<std::vector<double>>; // [part][layer]

LayerValues cyclesOf(const RunRecord& run, double scale)
{
    const auto cycles = numbers(run, "layers", "cycles");
    const auto kinds = texts(run, "layers", "kind");
    LayerValues values(kKindGroups, std::vector<double>(cycles.size()));
    for (std::size_t i = 0; i < cycles.size(); ++i)
        values[groupOf(kinds[i])][i] = cycles[i] * scale;
    return values;
}

LayerValues energyOf(const RunRecord& run)
{
    constexpr double kMillijoule = 1e-9; // per pJ
    LayerValues values;
    const auto add = [&](const char* part, const std::function<double(std::size_t)>& share) {
        auto& list = values.emplace_back(numbers(run, "layers", std::string("energy_") + part));
        for (std::size_t i = 0; i < list.size(); ++i)
            list[i] = (std::isnan(list[i]) ? 0 : list[i]) * kMillijoule * (share ? share(i) : 1);
    };
    for (const char* part : {"multiply", "add", "shift", "special"})
        add(part, {});
    const std::array<std::vector<double>, 3> sram{numbers(run, "layers", "ifmap_reads"),
                                                  numbers(run, "layers", "filter_reads"),
                                                  numbers(run, "layers", "ofmap_writes")};
    for (const auto& operand : sram)
        add("on-chip", [&](std::size_t i) {
            const double all = sram[0][i] + sram[1][i] + sram[2][i];
            return all > 0 ? operand[i] / all : 0;
        });
    add("DRAM", {});
    add("fixed", {});
    return values;
}

LayerValues trafficOf(const RunRecord& run)
{
    LayerValues values;
    for (const char* part : {"dram_in", "dram_weights", "dram_out"}) {
        auto& list = values.emplace_back(numbers(run, "layers", part));
        for (double& bytes : list)
            bytes *= 1e-6;
    }
    return values;
}

Pieces piecesOf(const RunRecord& run, const std::string& name, const LayerValues& layers,
                BarsPer per)
{
    const auto names = texts(run, "layers", per == BarsPer::layer ? "layer" : "module");
    Pieces pieces;
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string key = per == BarsPer::run ? name : names[i];
        const auto [found, added] = places.emplace(key, pieces.categories.size());
        if (added) {
            pieces.categories.push_back(key);
            pieces.values.emplace_back(layers.size());
        }
        for (std::size_t part = 0; part < layers.size(); ++part)
            if (i < layers[part].size())
                pieces.values[found->second][part] += layers[part][i];
    }
    return pieces;
}

// Parts on top of each other in every category.
void stack(figure::Figure& figure, const std::vector<Part>& parts, const Pieces& pieces)
{
    std::vector<double> base(pieces.categories.size(), 0);
    for (std::size_t part = 0; part < parts.size(); ++part) {
        figure::Bars bars;
        bars.name = parts[part].name;
        bars.colour = parts[part].colour;
        bars.width = 0.72;
        double sum = 0;
        for (std::size_t at = 0; at < pieces.categories.size(); ++at) {
            const double value = pieces.values[at][part];
            if (!(value > 0))
                continue;
            bars.position.push_back(static_cast<double>(at));
            bars.height.push_back(value);
            bars.base.push_back(base[at]);
            bars.labels.push_back(pieces.categories[at]);
            base[at] += value;
            sum += value;
        }
        if (sum > 0)
            figure.bars.push_back(std::move(bars));
    }
}

// A bar per run beside those of the others; categories with equal names share a place.
void group(figure::Figure& figure, const std::vector<std::string>& runs,
           const std::vector<Pieces>& pieces, const std::vector<figure::RunLook>& looks,
           std::vector<std::string>& categories)
{
    std::map<std::string, double> places;
    for (const Pieces& one : pieces)
        for (const std::string& name : one.categories)
            if (places.emplace(name, static_cast<double>(places.size())).second)
                categories.push_back(name);
    const double width = 0.8 / static_cast<double>(runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
        figure::Bars bars;
        bars.name = runs[i];
        bars.colour = looks[i].colour;
        bars.width = width * 0.92;
        for (std::size_t at = 0; at < pieces[i].categories.size(); ++at) {
            double sum = 0;
            for (const double value : pieces[i].values[at])
                sum += value;
            bars.position.push_back(places[pieces[i].categories[at]] +
                                    (static_cast<double>(i) + 0.5) * width - 0.4);
            bars.height.push_back(sum);
            bars.labels.push_back(pieces[i].categories[at]);
        }
        if (!bars.height.empty())
            figure.bars.push_back(std::move(bars));
    }
}

void nameCategories(figure::Figure& figure, const std::vector<std::string>& categories,
                    const RunRecord& first, BarsPer per)
{
    const auto modules = texts(first, "layers", "module"), layers = texts(first, "layers", "layer");
    std::map<std::string, std::string> moduleOf;
    for (std::size_t i = 0; i < std::min(modules.size(), layers.size()); ++i)
        moduleOf[layers[i]] = modules[i];
    std::string before;
    for (std::size_t i = 0; i < categories.size(); ++i) {
        std::string name = categories[i];
        if (per == BarsPer::layer) { // the first layer of a module is named after it
            const auto found = moduleOf.find(name);
            const std::string module = found == moduleOf.end() ? name : found->second;
            if (module == before)
                continue;
            before = name = module;
        }
        figure.x.ticks.push_back(
            {static_cast<double>(i), per == BarsPer::run ? name : shortModule(name)});
    }
    figure.x.minimum = -0.6;
    figure.x.maximum = static_cast<double>(std::max<std::size_t>(categories.size(), 1)) - 0.4;
    figure.x.label = per == BarsPer::run ? "" : per == BarsPer::layer ? "Layer" : "Module";
}

} // namespace

figure::Figure barsFigure(const std::vector<const RunRecord*>& runs, BarsShow show, BarsPer per,
                          const figure::RunPlaces& places)
{
    const bool cycles = show == BarsShow::cycles, time = cycles && !equalClocks(runs);
    figure::Figure figure = cycles ? emptyFigure("cycles", time ? "Time" : "Cycles", runs, places)
                            : show == BarsShow::energy
                                ? emptyFigure("energy", "Energy by part", runs, places)
                                : emptyFigure("traffic", "DRAM traffic", runs, places);
    figure.y.label = cycles                     ? (time ? "Time" : "Cycles")
                     : show == BarsShow::energy ? "Energy"
                                                : "Traffic";
    figure.y.unit = time ? "µs" : cycles ? "" : show == BarsShow::energy ? "mJ" : "MB";
    figure.caption = cycles ? "Of one picture; overlap with the neighbours is counted once."
                     : show == BarsShow::energy
                         ? "Of one picture. special: division, exponentials, requantisation; "
                           "fixed: static power."
                         : "Bytes of one picture, by what they carry.";
    figure.altText = "Bars per " +
                     std::string(per == BarsPer::run     ? "run"
                                 : per == BarsPer::layer ? "layer"
                                                         : "module") +
                     " of " + figure.y.label + ".";
    figure.y.minimum = 0;
    if (runs.empty())
        return figure;
    const std::vector<std::string> names = shortNames(runs);
    std::vector<Pieces> pieces;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const RunRecord* run = runs[i];
        const double scale = time ? 1e6 / cyclesPerSecond(*run) : 1;
        pieces.push_back(piecesOf(*run, names[i],
                                  cycles                     ? cyclesOf(*run, scale)
                                  : show == BarsShow::energy ? energyOf(*run)
                                                             : trafficOf(*run),
                                  per));
    }
    std::vector<std::string> categories;
    if (per == BarsPer::run || runs.size() == 1) {
        Pieces all;
        for (Pieces& one : pieces) {
            all.categories.insert(all.categories.end(), one.categories.begin(),
                                  one.categories.end());
            all.values.insert(all.values.end(), one.values.begin(), one.values.end());
        }
        stack(figure, partsOf(show), all);
        categories = std::move(all.categories);
    } else {
        group(figure, names, pieces, looksOf(runs, places), categories);
    }
    nameCategories(figure, categories, *runs.front(), per);
    return figure;
}

figure::Figure areaFigure(const std::vector<const RunRecord*>& runs)
{
    figure::Figure figure = emptyFigure("area", "Area of the arithmetic", runs);
    figure.caption = "Multipliers, adders and shifters at 45 nm by recollected unit areas "
                     "(unverified); memories and control are not in it.";
    figure.altText = "Stacked bars of area by part, one per run.";
    figure.y.label = "Area";
    figure.y.unit = "mm²";
    figure.y.minimum = 0;
    Pieces all;
    std::vector<Part> parts;
    std::map<std::string, std::size_t> places;
    const std::vector<std::string> runNames = shortNames(runs);
    for (std::size_t r = 0; r < runs.size(); ++r) {
        const RunRecord* run = runs[r];
        const auto names = texts(*run, "area", "part");
        const auto areas = numbers(*run, "area", "area_mm2");
        all.categories.push_back(runNames[r]);
        auto& values = all.values.emplace_back(parts.size());
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (!(areas[i] > 0))
                continue;
            const auto [found, added] = places.emplace(names[i], parts.size());
            if (added)
                parts.push_back({names[i], static_cast<int>(parts.size()) % kSeriesColours});
            values.resize(parts.size());
            values[found->second] += areas[i];
        }
    }
    for (auto& values : all.values)
        values.resize(parts.size());
    stack(figure, parts, all);
    if (!runs.empty())
        nameCategories(figure, all.categories, *runs.front(), BarsPer::run);
    return figure;
}

} // namespace vitrine::accelerators_plugin
