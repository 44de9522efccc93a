#include "core/sim/search/sweep.h"

#include "core/base/format.h"
#include "core/base/front.h"
#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

namespace vitrine::sim
{

namespace
{

std::vector<std::string_view> parts(std::string_view text, char separator)
{
    std::vector<std::string_view> found;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find(separator, start), text.size());
        found.push_back(trimmed(text.substr(start, end - start)));
        start = end + 1;
    }
    return found;
}

Result<double> valueOf(const Parameter& parameter, std::string_view text)
{
    const auto choice = std::ranges::find(parameter.choices, text);
    if (choice != parameter.choices.end())
        return static_cast<double>(choice - parameter.choices.begin());
    if (parameter.kind == ParameterKind::toggle && (text == "true" || text == "false"))
        return text == "true" ? 1 : 0;
    const auto value = parseReal(text);
    const bool whole =
        parameter.kind == ParameterKind::real || (value && *value == std::floor(*value));
    if (!value || !whole || !parameter.choices.empty() || *value < parameter.minimum ||
        *value > parameter.maximum)
        return argumentError("ranges: \"{}\" is not a value of {} ({} to {})", printable(text, 40),
                             parameter.name, shortest(parameter.minimum),
                             shortest(parameter.maximum));
    return *value;
}

// first:last:step
Result<std::vector<double>> stepped(const Parameter& parameter,
                                    const std::vector<std::string_view>& ends)
{
    VITRINE_TRY(const double first, valueOf(parameter, ends[0]));
    VITRINE_TRY(const double last, valueOf(parameter, ends[1]));
    const auto step = parseReal(ends[2]);
    const bool whole =
        parameter.kind == ParameterKind::real || (step && *step == std::floor(*step));
    if (!step || !(*step > 0) || !whole || last < first ||
        (last - first) / *step >= static_cast<double>(kMostPoints))
        return argumentError(
            "ranges: {} needs first:last:step with a step above 0 and at most {} values",
            parameter.name, kMostPoints);
    std::vector<double> values;
    for (std::int64_t i = 0; first + static_cast<double>(i) * *step <= last * (1 + 1e-12); ++i)
        values.push_back(std::min(last, first + static_cast<double>(i) * *step));
    return values;
}

Result<SweepAxis> axisOf(const Accelerator& accelerator, std::string_view text)
{
    const std::size_t equals = text.find('=');
    const std::string_view name = trimmed(text.substr(0, equals));
    const int index = parameterIndex(accelerator.parameters, name);
    if (index < 0 || equals == std::string_view::npos)
        return argumentError("ranges: \"{}\" is not a parameter of {} with values behind \"=\"",
                             printable(name, 40), accelerator.id);
    const Parameter& parameter = accelerator.parameters[static_cast<std::size_t>(index)];
    SweepAxis axis{static_cast<std::size_t>(index), {}};
    for (const std::string_view part : parts(text.substr(equals + 1), ',')) {
        const auto ends = parts(part, ':');
        if (ends.size() == 3) {
            VITRINE_TRY(const auto values, stepped(parameter, ends));
            axis.values.insert(axis.values.end(), values.begin(), values.end());
        } else {
            VITRINE_TRY(const double value, valueOf(parameter, part));
            axis.values.push_back(value);
        }
        if (axis.values.size() > static_cast<std::size_t>(kMostPoints))
            return argumentError("ranges: {} has more than {} values", parameter.name, kMostPoints);
    }
    return axis;
}

void runPoint(const Workload& workload, const Accelerator& accelerator, Settings settings,
              const std::vector<SweepAxis>& axes, std::size_t index, SweepPoint& point,
              std::optional<Error>& error)
{
    point.values.resize(axes.size());
    for (std::size_t a = axes.size(); a-- > 0;) {
        const SweepAxis& axis = axes[a];
        point.values[a] = axis.values[index % axis.values.size()];
        settings[axis.parameter] = point.values[a];
        index /= axis.values.size();
    }
    const auto result = simulate(workload, accelerator, settings);
    if (!result) {
        error = result.error();
        return;
    }
    point.cycles = result->cycles;
    point.latencyMs = result->seconds() * 1e3;
    point.energyMj = result->joule() * 1e3;
    point.utilisation = result->utilisation();
    point.gops = result->gops();
    point.edp = result->edp();
    point.dramBytes = result->dram.total();
}

} // namespace

Result<std::vector<SweepAxis>> parseSweep(const Accelerator& accelerator, std::string_view text)
{
    std::vector<SweepAxis> axes;
    double points = 1;
    for (const std::string_view part : parts(text, ';')) {
        if (part.empty())
            continue;
        VITRINE_TRY(SweepAxis axis, axisOf(accelerator, part));
        const std::string& name = accelerator.parameters[axis.parameter].name;
        for (const SweepAxis& other : axes)
            if (other.parameter == axis.parameter)
                return argumentError("ranges: {} occurs twice", name);
        points *= static_cast<double>(axis.values.size());
        if (points > static_cast<double>(kMostPoints))
            return argumentError("ranges: more than {} points; {} makes it {}", kMostPoints, name,
                                 shortest(points));
        axes.push_back(std::move(axis));
    }
    if (axes.empty())
        return argumentError("ranges: no parameter given, \"rows=8:64:8; cols=16,32\" would do");
    return axes;
}

Result<std::vector<SweepPoint>> sweep(const Workload& workload, const Accelerator& accelerator,
                                      const Settings& base, const std::vector<SweepAxis>& axes,
                                      const std::function<bool(std::size_t, std::size_t)>& goOn)
{
    VITRINE_CHECK(checkSettings(accelerator.parameters, base));
    std::size_t total = 1;
    for (const SweepAxis& axis : axes)
        total *= axis.values.size();
    constexpr std::size_t kChunk = 256,
                          kBlock = 8 * kChunk; // a few milliseconds, and between two questions
    std::vector<SweepPoint> points(total);
    std::vector<std::optional<Error>> errors((total + kChunk - 1) / kChunk);
    for (std::size_t block = 0; block < total; block += kBlock) {
        if (goOn && !goOn(block, total))
            return cancelled();
        const std::size_t end = std::min(total, block + kBlock);
        parallelFor((end - block + kChunk - 1) / kChunk, [&](std::size_t chunk) {
            const std::size_t first = block + chunk * kChunk, last = std::min(end, first + kChunk);
            auto& error = errors[first / kChunk];
            for (std::size_t i = first; i < last && !error; ++i)
                runPoint(workload, accelerator, base, axes, i, points[i], error);
        });
    }
    for (const auto& error : errors)
        if (error)
            return tl::unexpected(*error);
    markFront(points);
    return points;
}

void markFront(std::vector<SweepPoint>& points)
{
    std::vector<double> latency, energy;
    for (const SweepPoint& point : points) {
        latency.push_back(point.latencyMs);
        energy.push_back(point.energyMj);
    }
    const std::vector<bool> front = paretoFront(latency, energy);
    for (std::size_t i = 0; i < points.size(); ++i)
        points[i].front = front[i];
}

} // namespace vitrine::sim
