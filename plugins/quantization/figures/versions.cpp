#include "plugins/quantization/figures/versions.h"

#include "core/base/cut_text.h"
#include "core/base/number_text.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/experiments/params.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::size_t kLongestName = 80; // bytes

double metric(const RunRecord& run, std::string_view name)
{
    return metricOf(run.result, name);
}

// With the layout, where the method has several.
std::string methodOf(const RunRecord& run, const char* link)
{
    const std::string method = cutText(parameterText(run.params, "method"), kLongestName);
    const std::string layout = parameterText(run.params, "layout");
    const auto quantizer = quant::findQuantizer(method);
    std::string name = quantizer ? quantizer->title : method;
    if (layout == "column" || layout == "block" || (layout == "row" && method == "shiftadd"))
        name += link + layout + "s";
    return isRotated(run) ? name + ", rotated" : name;
}

double weightsOf(const RunRecord& run)
{
    const auto outputs = columnNumbers(run.result, "layers", "outputs"),
               inputs = columnNumbers(run.result, "layers", "inputs");
    double weights = 0;
    for (std::size_t i = 0; i < outputs.size(); ++i)
        weights += outputs[i] * inputs[i];
    return weights;
}

// From what the linear layers took less.
double originalBits(const RunRecord& run)
{
    const double saved = metric(run, "size_bytes_original") - metric(run, "size_bytes");
    const double bits = metric(run, "bits_per_weight") + 8 * saved / weightsOf(run);
    return bits > 0 && std::isfinite(bits) ? bits : std::nan("");
}

Cell numberCell(double value)
{
    return std::isfinite(value) ? Cell{value} : Cell{};
}

// "23.1 to 24.9", all of a column with the same decimals.
std::vector<Cell> intervalCells(const std::vector<std::array<double, 2>>& intervals)
{
    std::vector<double> numbers;
    for (const auto& interval : intervals)
        for (const double end : interval)
            if (std::isfinite(end))
                numbers.push_back(end);
    const auto decimals = commonDecimals(numbers);
    std::vector<Cell> cells;
    for (const auto& [low, high] : intervals)
        cells.push_back(std::isfinite(low) && std::isfinite(high)
                            ? Cell{columnText(low, decimals) + " to " + columnText(high, decimals)}
                            : Cell{});
    return cells;
}

struct OwnFigure {
    const char *metric, *name, *unit;
    double factor, original; // NaN: the original has none
    const char* help;
};
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr OwnFigure kOwnFigures[] = {
    {"kl_mean", "KL", "nat", 1, 0, "KL(original || version) of the next token, mean over the text"},
    {"same_best", "Same best", "%", 100, 100, "Tokens for which both hold the same likeliest"},
    {"output_error", "Output error", "%", 100, 0,
     "Energy that the linear layers' outputs lose on the calibration text"},
    {"size_bytes", "Size", "MB", 1e-6, kNone, "All tensors"},
    {"tokens_per_second_quantized", "Tokens/s", "", 1, kNone,
     "Decoding one token after the other, measured in this run"},
    {"tokens_per_second_original", "Original's", "", 1, kNone,
     "Tokens per second of the original, measured in the same run"},
    {"read_rate_quantized", "GB/s", "", 1, kNone,
     "Weights read for one token, as they are stored, times tokens per second"},
    {"read_share_quantized", "Of limit", "%", 100, kNone,
     "These over the read bandwidth of the machine, measured in the same run; above 100 only where "
     "caches hold the weights"},
    {"energy_ratio", "Energy", "×", 1, 1,
     "Of the linear layers for one token, over FP16 weights: an estimate from counted operations "
     "and weight traffic"}};

} // namespace

bool isRotated(const RunRecord& run)
{
    return parameterText(run.params, "incoherence") == paramText(ParamValue(true));
}

bool isVersion(const RunRecord& run)
{
    return run.experiment == "quantization.llm" && std::isfinite(metric(run, "bits_per_weight"));
}

std::string versionName(const RunRecord& run)
{
    Params params;
    for (const char* name : {"method", "layout", "bits"})
        params.set(name, ParamValue(cutText(parameterText(run.params, name), kLongestName)));
    params.set("incoherence", ParamValue(isRotated(run)));
    const std::string number = run.number > 0 ? fmt::format("#{} ", run.number) : "";
    return number + methodName(params);
}

std::string versionTick(const RunRecord& run)
{
    return run.number > 0 ? fmt::format("#{}", run.number) : versionName(run);
}

std::string spokenName(const RunRecord& run)
{
    const std::string name = methodOf(run, " by ");
    return run.number > 0 ? fmt::format("{} (#{})", name, run.number) : name;
}

std::string shortName(const RunRecord& run)
{
    const std::string name = methodOf(run, ", ");
    return run.number > 0 ? fmt::format("#{} {}", run.number, name) : name;
}

std::string projectionOf(const std::string& tensor)
{
    const auto end = tensor.rfind("_proj");
    const auto dot = end == std::string::npos ? end : tensor.rfind('.', end);
    return cutText(dot == std::string::npos ? tensor : tensor.substr(dot + 1, end - dot - 1), 24);
}

bool Ratio::isKnown() const
{
    return std::isfinite(value) && std::isfinite(low) && std::isfinite(high) && low > 0 &&
           low <= value && value <= high;
}

Ratio ratioOf(const RunRecord& run)
{
    return {metric(run, "perplexity_ratio"), metric(run, "perplexity_ratio_low"),
            metric(run, "perplexity_ratio_high")};
}

bool haveSameOriginal(const RunRecord& a, const RunRecord& b)
{
    const double before = metric(a, "perplexity_original"),
                 other = metric(b, "perplexity_original");
    return metric(a, "predicted") == metric(b, "predicted") &&
           std::abs(before - other) <= 1e-6 * std::abs(before);
}

VersionTable versionTable(const Runs& runs)
{
    VersionTable made;
    std::vector<std::array<double, 2>> perplexities, ratios;
    Runs originals;
    for (const RunRecord* run : runs)
        if (std::ranges::none_of(originals,
                                 [&](const auto* known) { return haveSameOriginal(*known, *run); }))
            originals.push_back(run);

    Table& table = made.table;
    table.name = "versions";
    const auto column = [&](const char* name, const char* unit, const char* help) {
        table.columns.push_back({name, unit, Origin::computed, help});
    };
    column("Version", "", "The original, and each run");
    column("Bits", "", "Per weight of the linear layers as stored, scales and padding among them");
    column("Perplexity", "", "On the text that judges");
    column("95 %", "", "Interval of the perplexity: windows drawn anew");
    column("Ratio", "", "Perplexity over the original's");
    column("95 %", "", "Interval of the ratio: both read the same windows, drawn anew in pairs");
    std::vector<OwnFigure> owns; // earlier runs know no bandwidth
    std::ranges::copy_if(kOwnFigures, std::back_inserter(owns), [&](const OwnFigure& own) {
        return !std::string_view(own.metric).starts_with("read_") ||
               std::ranges::any_of(
                   runs, [&](const auto* run) { return std::isfinite(metric(*run, own.metric)); });
    });
    for (const OwnFigure& own : owns)
        column(own.name, own.unit, own.help);
    for (const char* name :
         {"Original's", "Of limit", "GB/s", "Same best", "95 %", "Output error", "KL"})
        if (const int place = table.column(name); place >= 0)
            made.givingWay.push_back(place);

    const auto add = [&](const RunRecord& run, int place) {
        const bool isOriginal = place < 0;
        const std::string which = isOriginal ? "perplexity_original" : "perplexity_quantized";
        const Ratio ratio = ratioOf(run);
        std::vector<Cell> row;
        row.emplace_back(!isOriginal             ? shortName(run)
                         : originals.size() == 1 ? std::string("Original")
                                                 : "Original of " + versionTick(run));
        row.push_back(numberCell(isOriginal ? originalBits(run) : metric(run, "bits_per_weight")));
        row.push_back(numberCell(metric(run, which)));
        row.emplace_back();
        row.push_back(numberCell(isOriginal ? 1 : ratio.value));
        row.emplace_back();
        for (const OwnFigure& own : owns) {
            const std::string name = own.metric;
            const double value =
                !isOriginal            ? metric(run, name) * own.factor
                : name == "size_bytes" ? metric(run, name + "_original") * own.factor
                : name.ends_with("_quantized")
                    ? metric(run, name.substr(0, name.size() - 9) + "original") * own.factor
                    : own.original;
            row.push_back(numberCell(value));
        }
        table.rows.push_back(std::move(row));
        made.runOf.push_back(place);
        perplexities.push_back({metric(run, which + "_low"), metric(run, which + "_high")});
        ratios.push_back(isOriginal ? std::array{kNone, kNone} : std::array{ratio.low, ratio.high});
    };
    for (const RunRecord* original : originals)
        add(*original, -1);
    for (std::size_t i = 0; i < runs.size(); ++i)
        add(*runs[i], static_cast<int>(i));
    const auto first = intervalCells(perplexities), second = intervalCells(ratios);
    for (std::size_t i = 0; i < table.rows.size(); ++i)
        table.rows[i][3] = first[i], table.rows[i][5] = second[i];
    return made;
}

std::vector<std::string> remarks(const Runs& runs)
{
    constexpr std::size_t kMost = 12;
    constexpr double kSmall = 1e8; // weights
    std::vector<std::pair<std::string, Runs>> notes;
    for (const RunRecord* run : runs)
        for (const std::string& note : run->result.notes) {
            const auto known = std::ranges::find(notes, note, &std::pair<std::string, Runs>::first);
            if (known == notes.end())
                notes.push_back({note, {run}});
            else
                known->second.push_back(run);
        }
    std::vector<std::string> said;
    for (const auto& [note, of] : notes) {
        if (said.size() == kMost) {
            said.push_back(fmt::format("{} more notes: see the runs.", notes.size() - kMost));
            break;
        }
        std::string whose;
        if (of.size() < runs.size())
            for (const RunRecord* run : of)
                whose += (whose.empty() ? "" : ", ") + versionTick(*run);
        said.push_back(whose.empty() ? note : whose + ": " + note);
    }
    double most = 0;
    for (const RunRecord* run : runs)
        most = std::max(most, weightsOf(*run));
    if (most > 0 && most < kSmall)
        said.push_back(fmt::format(
            "A small model: its linear layers have {:.3g} million weights, few to make up for "
            "each other's errors. Which method does better carries over to models of billions, "
            "how much it loses does not.",
            most / 1e6));
    return said;
}

} // namespace vitrine::quantization_plugin
