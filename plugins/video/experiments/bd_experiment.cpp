#include "plugins/video/experiments/bd_experiment.h"

#include "core/base/file.h"
#include "core/base/format.h"
#include "core/jobs/bundle/bundle.h"
#include "core/video/bd_curves.h"
#include "plugins/video/experiments/input.h"

#include <algorithm>
#include <cmath>

namespace vitrine::video_plugin
{
namespace
{

constexpr video::CurveMethod kBdMethods[] = {video::CurveMethod::cubic, video::CurveMethod::pchip,
                                             video::CurveMethod::akima};

void addCurve(Table& table, const char* name, std::vector<video::RatePoint> points)
{
    std::ranges::stable_sort(points, {}, &video::RatePoint::rate);
    for (const video::RatePoint& point : points)
        table.rows.push_back({point.rate, point.quality, std::string(name)});
}

} // namespace

ExperimentInfo BdExperiment::info() const
{
    return {"video.bd", "Bjøntegaard deltas",
            "How much less rate, or more quality, one curve needs or gives than another.", 1};
}

std::vector<ParamSpec> BdExperiment::params(const Params&) const
{
    ParamSpec file =
        fileParam("file", "Curves", "JSON: anchor and test, each with the lists rate and quality");
    file.fileKind = "json";
    ParamSpec method =
        textParam("method", "Method", "pchip", "How the curve runs between the points");
    method.type = ParamType::choice;
    method.choices = {{"cubic", "Cubic", "One polynomial of degree 3, least squares (VCEG-M33)"},
                      {"pchip", "PCHIP", "Piecewise cubic, monotone"},
                      {"akima", "Akima", "Piecewise cubic, Akima 1970"}};
    return {file, method};
}

Result<RunResult> BdExperiment::run(const Params& params, Progress&) const
{
    RunResult out;
    const std::filesystem::path path = params.text("file");
    const std::string name = path.filename().string();
    VITRINE_TRY(InputFile input, hashInput("file", path));
    out.inputs.push_back(std::move(input));
    VITRINE_TRY(const std::string text, readFile(path, 16ull << 20));
    VITRINE_TRY(const video::BdCurves read, video::parseBdCurves(text, name));
    VITRINE_TRY(const video::CurveMethod chosen, video::parseCurveMethod(params.text("method")));

    Table methods{"methods",
                  {{"method", "", {}, ""},
                   {"bd_rate", "%", {}, "Negative: the test needs less"},
                   {"bd_quality", "dB", {}, "Positive: the test is better at the same rate"}},
                  {}};
    std::vector<double> rates;
    for (const video::CurveMethod method : kBdMethods) {
        const video::BdResult result = bjontegaard(read.anchor, read.test, method);
        const auto cell = [](const video::Delta& delta) {
            return delta.value ? Cell(*delta.value) : Cell();
        };
        methods.rows.push_back(
            {std::string(video::curveMethodName(method)), cell(result.rate), cell(result.quality)});
        if (result.rate.value)
            rates.push_back(*result.rate.value);
        if (method != chosen)
            continue;
        const double none = std::nan("");
        const video::Overlap& overlap = result.rate.overlap;
        out.metrics.push_back({"bd_rate", result.rate.value.value_or(none), "%", Origin::computed,
                               "Rate of the test over the anchor's at equal quality, less 1"});
        out.metrics.push_back({"bd_quality", result.quality.value.value_or(none), "dB",
                               Origin::computed,
                               "Quality of the test less the anchor's at equal rate"});
        out.metrics.push_back({"overlap", overlap.share(), "1", Origin::computed,
                               "Common range of quality over the smaller curve's range"});
        out.metrics.push_back({"overlap_anchor", overlap.anchorShare, "1", Origin::computed,
                               "Common range over the anchor's"});
        out.metrics.push_back({"overlap_test", overlap.testShare, "1", Origin::computed,
                               "Common range over the test's"});
        if (!result.rate.value)
            out.notes.push_back(fmt::format("bd_rate has no value: {}.", result.rate.reason));
        if (!result.quality.value)
            out.notes.push_back(fmt::format("bd_quality has no value: {}.", result.quality.reason));
        if (result.rate.value)
            out.notes.push_back(fmt::format("Quality from {} to {} is covered by both curves.",
                                            significant(overlap.low), significant(overlap.high)));
        for (const std::string& warning : result.warnings)
            out.notes.push_back("Warning: " + warning + ".");
    }
    if (!rates.empty() && *std::ranges::max_element(rates) - *std::ranges::min_element(rates) > 1)
        out.notes.push_back("Warning: the methods differ by more than 1 percentage point; the "
                            "curves are unusual between their points.");

    Table curves{"curves",
                 {{"rate", "1", {}, "As in the file"},
                  {"quality", "dB", {}, ""},
                  {"curve", "", {}, "anchor or test"}},
                 {}};
    addCurve(curves, "anchor", read.anchor);
    addCurve(curves, "test", read.test);
    out.tables = {curves, methods};
    return out;
}

} // namespace vitrine::video_plugin
