#include "core/jobs/experiment/metric_words.h"

#include "core/base/statistics.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

namespace vitrine
{
namespace
{

constexpr std::array<std::string_view, 16> kShortForms = {
    "BD",   "CPU",  "DRAM", "EDP",  "FLOPS", "GOPS", "KL",   "LLM",
    "MACS", "PSNR", "QP",   "SRAM", "SSIM",  "VIF",  "VMAF", "XPSNR"};
// As the field writes them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kPairs = {
    {{"PSNR y", "PSNR-Y"},
     {"PSNR u", "PSNR-U"},
     {"PSNR v", "PSNR-V"},
     {"PSNR yuv", "PSNR-YUV"},
     {"ms SSIM", "MS-SSIM"},
     {"BD rate", "BD-rate"},
     {"BD PSNR", "BD-PSNR"}}};

std::string lower(std::string_view text)
{
    std::string made(text);
    std::ranges::transform(made, made.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return made;
}

std::string wordText(std::string_view word)
{
    const auto found = std::ranges::find_if(
        kShortForms, [&](std::string_view form) { return lower(form) == word; });
    return std::string(found == kShortForms.end() ? word : *found);
}

} // namespace

std::string titleOf(std::string_view name, std::string_view unit)
{
    const std::string ending = "_" + lower(unit);
    if (ending.size() > 1 && name.size() > ending.size() && lower(name).ends_with(ending))
        name.remove_suffix(ending.size());
    std::string title = " ";
    while (!name.empty()) {
        const std::size_t end = std::min(name.find('_'), name.size());
        title += wordText(name.substr(0, end)) + " ";
        name.remove_prefix(std::min(end + 1, name.size()));
    }
    for (const auto& [words, form] : kPairs)
        if (const auto at = title.find(" " + std::string(words) + " "); at != std::string::npos)
            title.replace(at + 1, words.size(), form);
    return title.size() > 1 ? title.substr(1, title.size() - 2) : std::string();
}

std::string metricTitle(const Metric& metric)
{
    return titleOf(metric.name, metric.unit);
}

bool isYesNo(const Metric& metric)
{
    return (metric.value == 0 || metric.value == 1) &&
           (metric.unit.empty() || metric.unit == "1") && metric.help.starts_with("1: ");
}

std::optional<std::string> wordsFor(const Metric& metric)
{
    if (isYesNo(metric))
        return metric.value == 1 ? "yes" : "no";
    if (metric.name.starts_with("p_value") && metric.value <= kLeastChance)
        return kLeastChanceText;
    return std::nullopt;
}

} // namespace vitrine
