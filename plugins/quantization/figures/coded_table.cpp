#include "core/base/number_text.h"
#include "core/base/statistics.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/coded_runs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

Cell knownCell(double value)
{
    return std::isfinite(value) ? Cell{value} : Cell{};
}

// "78.9 to 88.0"
Cell rangeCell(const RunRecord& run, const std::string& metric, double factor)
{
    const double low = factor * metricOf(run.result, metric + "_low"),
                 high = factor * metricOf(run.result, metric + "_high");
    if (!std::isfinite(low) || !std::isfinite(high))
        return {};
    return withTrueMinus(fmt::format("{:.1f} to {:.1f}", low, high));
}

Cell inFloatCell(const RunRecord& run)
{
    if (!run.result.table("in_float"))
        return {};
    const auto parts = partsInFloat(run);
    if (parts.empty())
        return std::string("nothing");
    constexpr std::size_t kNamed = 2; // the others have rows of their own (page Operations)
    std::vector<std::string> named(
        parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(std::min(parts.size(), kNamed)));
    if (parts.size() > kNamed)
        named.push_back(fmt::format("{} more", parts.size() - kNamed));
    return fmt::format("{}", fmt::join(named, ", "));
}

constexpr double kPercent = 100, kMegabytes = 1e-6, kMilliseconds = 1e3;

struct TableColumn {
    const char *name, *unit, *help;
    Origin origin = Origin::computed;
};
constexpr TableColumn kColumns[] = {
    {"Version", "", "The original in single precision, and each run"},
    {"Accuracy", "%", "Share of the pictures whose class has the largest logit"},
    {"95 %", "", "Wilson's interval of the accuracy"},
    {"Change", "points", "Accuracy in codes less that of the original, on the same pictures"},
    {"95 % of change", "", "Tango's interval of paired shares"},
    {"p-value", "", "McNemar's exact test: both are equally often right"},
    {"Size", "MB", "Codes, scales and biases; of the original numbers of 32 bits"},
    {"Bits", "", "Of each number of the checkpoint as stored, scales and biases among them"},
    {"Energy", "µJ",
     "For a picture: counted operations and reading the weights once, by energies that carry marks "
     "(page Operations); an estimate"},
    {"Saved", "×", "How many times less energy than the original"},
    {"Float", "ms", "Wall time for a picture of the original, in the same run", Origin::measured},
    {"Changed", "ms", "Of a network whose layers were exchanged, in single precision",
     Origin::measured},
    {"Simulated", "ms", "In codes, simulated in double precision", Origin::measured},
    {"Integer", "ms", "In whole numbers; only where nothing stays in float", Origin::measured},
    {"Alike", "%", "Outputs that the integer and the simulated pass have alike, to the last bit"},
    {"Stays in float", "",
     "What is computed in floating point besides the picture's codes; page Operations has all "
     "parts"}};

double energyOfPicture(const RunRecord& run, const char* column) // µJ
{
    double sum = 0;
    const auto energies = columnNumbers(run.result, "operations", column);
    for (const double each : energies)
        sum += each / 1e6;
    return energies.empty() ? std::nan("") : sum;
}

std::vector<Cell> originalRow(const RunRecord& run, bool isOnly)
{
    const double size = metricOf(run.result, "size_bytes") * metricOf(run.result, "size_ratio");
    return {isOnly ? std::string("Original") : "Original of " + codedTick(run),
            knownCell(kPercent * metricOf(run.result, "accuracy_original")),
            rangeCell(run, "accuracy_original", kPercent),
            {},
            {},
            {},
            knownCell(kMegabytes * size),
            32.0,
            knownCell(energyOfPicture(run, "energy_original")),
            1.0,
            {},
            {},
            {},
            {},
            {},
            std::string("everything")};
}

// Two digits: 2.3e-17 is as good as 2.264e-17, and narrower.
double twoDigits(double x)
{
    if (!std::isfinite(x))
        return x;
    const double unit = std::pow(10, std::floor(std::log10(std::abs(x))) - 1);
    return std::round(x / unit) * unit;
}

// Runs of earlier versions hold 0 where doubles end.
Cell chanceCell(double p)
{
    return p <= kLeastChance ? Cell{std::string(kLeastChanceText)} : knownCell(twoDigits(p));
}

std::vector<Cell> versionRow(const RunRecord& run)
{
    const auto metric = [&](const char* name, double factor) {
        return knownCell(factor * metricOf(run.result, name));
    };
    return {codedName(run),
            metric("accuracy_quantized", kPercent),
            rangeCell(run, "accuracy_quantized", kPercent),
            metric("difference", kPercent),
            rangeCell(run, "difference", kPercent),
            chanceCell(metricOf(run.result, "p_value")),
            metric("size_bytes", kMegabytes),
            knownCell(bitsAsStored(run)),
            knownCell(energyOfPicture(run, "energy_quantized")),
            metric("energy_ratio", 1),
            metric("seconds_float", kMilliseconds),
            metric("seconds_changed", kMilliseconds),
            metric("seconds_simulated", kMilliseconds),
            metric("seconds_integer", kMilliseconds),
            metric("integer_match", kPercent),
            inFloatCell(run)};
}

// A column in which no row holds anything.
void leaveOut(VersionTable& made, const char* name)
{
    const auto place = static_cast<std::ptrdiff_t>(made.table.column(name));
    const bool isUsed = std::ranges::any_of(made.table.rows, [&](const std::vector<Cell>& row) {
        return !std::holds_alternative<std::monostate>(row[static_cast<std::size_t>(place)]);
    });
    if (isUsed)
        return;
    made.table.columns.erase(made.table.columns.begin() + place);
    for (auto& row : made.table.rows)
        row.erase(row.begin() + place);
    std::erase(made.givingWay, static_cast<int>(place));
    for (int& column : made.givingWay)
        column -= column > place ? 1 : 0;
}

} // namespace

VersionTable codedTable(const Runs& runs)
{
    VersionTable made;
    made.table.name = "versions";
    for (const TableColumn& column : kColumns)
        made.table.columns.push_back({column.name, column.unit, column.origin, column.help});
    for (const char* name : {"95 % of change", "Alike", "Bits", "Energy", "95 %", "Simulated",
                             "Saved", "Float", "Changed", "Integer", "p-value", "Size"})
        made.givingWay.push_back(made.table.column(name));
    const auto originals = originalsOf(runs);
    const bool isOnly = std::ranges::all_of(originals, [](std::size_t of) { return of == 0; });
    for (std::size_t i = 0; i < runs.size(); ++i)
        if (originals[i] == i) {
            made.table.rows.push_back(originalRow(*runs[i], isOnly));
            made.runOf.push_back(-1);
        }
    for (std::size_t i = 0; i < runs.size(); ++i) {
        made.table.rows.push_back(versionRow(*runs[i]));
        made.runOf.push_back(static_cast<int>(i));
    }
    leaveOut(made, "Changed");
    return made;
}

} // namespace vitrine::quantization_plugin
