#include "plugins/quantization/figures/coded_runs.h"

#include "core/base/cut_text.h"
#include "core/jobs/experiment/read_run.h"
#include "core/quant/vision/vision_method.h"
#include "plugins/quantization/figures/coded_rungs.h"
#include "plugins/quantization/figures/vision_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::size_t kLongestMethod = 60; // bytes
constexpr double kBitsOfFloat = 32;

// "8", "4–8" of a column of whole bits; empty: there are none.
std::string bitsRange(const std::vector<double>& bits)
{
    double low = 0, high = 0;
    for (const double each : bits)
        if (each >= 1 && each <= kBitsOfFloat) {
            low = low == 0 ? each : std::min(low, each);
            high = std::max(high, each);
        }
    if (high == 0)
        return {};
    return low == high ? fmt::format("{:.0f}", low) : fmt::format("{:.0f}–{:.0f}", low, high);
}

// The original: of a fine-tuned model what it was made from.
std::string originalText(const RunRecord& run)
{
    const std::string original = parameterText(run.params, "original");
    return original.empty() ? parameterText(run.params, "model") : original;
}

constexpr const char* kOwnAccelerators[] = {"p2vit", "trio-vit", "vitality"}; // by their methods

} // namespace

bool isCodedRun(const RunRecord& run)
{
    return run.experiment == "quantization.vision" &&
           std::isfinite(metricOf(run.result, "accuracy_original")) &&
           std::isfinite(metricOf(run.result, "accuracy_quantized"));
}

std::string codedMethod(const RunRecord& run)
{
    const std::string method = cutText(parameterText(run.params, "method"), kLongestMethod);
    const auto known = quant::findVisionMethod(method);
    const std::string title = known ? known->title.substr(0, known->title.find(',')) : method;
    if (!parameterText(run.params, "original").empty())
        return fmt::format("{}, fine-tuned", title);
    const std::string steps = cutText(parameterText(run.params, "steps"), kLongestMethod);
    if (const std::string rung = rungName(run); !rung.empty())
        return rung == "all" ? title : fmt::format("{} ({})", title, rung);
    if (steps.empty() || steps == "all")
        return title;
    return fmt::format("{} ({})", title, steps == "none" ? "no steps" : steps);
}

bool isReworkedRun(const RunRecord& run)
{
    return std::isfinite(metricOf(run.result, "seconds_changed"));
}

std::string codedBits(const RunRecord& run)
{
    if (isReworkedRun(run))
        return "fp32";
    const std::string stored = bitsRange(columnNumbers(run.result, "layers", "weight_bits"));
    const std::string weights =
        stored.empty() ? cutText(parameterText(run.params, "weight_bits"), 8) : stored;
    return fmt::format("W{}/A{}", weights,
                       cutText(parameterText(run.params, "activation_bits"), 8));
}

std::string codedName(const RunRecord& run)
{
    const std::string name = fmt::format("{}, {}", codedMethod(run), codedBits(run));
    return run.number > 0 ? fmt::format("#{} {}", run.number, name) : name;
}

std::string codedTitle(const RunRecord& run)
{
    return fmt::format("{}, {}", codedName(run), codedModel(run));
}

std::string codedTick(const RunRecord& run)
{
    return run.number > 0 ? fmt::format("#{}", run.number) : codedName(run);
}

std::string codedModel(const RunRecord& run)
{
    return shortModelName(run, "model");
}

std::string codedOriginal(const RunRecord& run)
{
    return shortModelName(run,
                          parameterText(run.params, "original").empty() ? "model" : "original");
}

bool judgedAlike(const RunRecord& a, const RunRecord& b)
{
    if (originalText(a) != originalText(b))
        return false;
    for (const char* name : {"data", "split"})
        if (parameterText(a.params, name) != parameterText(b.params, name))
            return false;
    for (const char* name : {"pictures", "accuracy_original"})
        if (metricOf(a.result, name) != metricOf(b.result, name))
            return false;
    return true;
}

std::vector<std::size_t> originalsOf(const Runs& runs)
{
    std::vector<std::size_t> first;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        std::size_t of = 0;
        while (of < i && !judgedAlike(*runs[of], *runs[i]))
            ++of;
        first.push_back(of);
    }
    return first;
}

double bitsAsStored(const RunRecord& run)
{
    const double ratio = metricOf(run.result, "size_ratio");
    return ratio > 0 ? kBitsOfFloat / ratio : std::nan("");
}

std::map<std::string, std::string> simulatorParams(const RunRecord& run)
{
    const Artifact* bits = run.result.artifact("bits.csv");
    if (!bits && !isReworkedRun(run))
        return {};
    const std::string method = parameterText(run.params, "method");
    const bool isOwn = std::ranges::find(kOwnAccelerators, method) != std::end(kOwnAccelerators);
    // The accelerator of ViTALiTy exchanges softmax attention itself.
    std::map<std::string, std::string> params = {
        {"accelerator", isOwn ? method : "systolic"},
        {"workload",
         method == "vitality" ? originalText(run) : parameterText(run.params, "model")}};
    if (bits)
        params["bit_map"] = bits->path.string();
    return params;
}

std::vector<std::string> partsInFloat(const RunRecord& run)
{
    return columnTexts(run.result, "in_float", "part");
}

} // namespace vitrine::quantization_plugin
