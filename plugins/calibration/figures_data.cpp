#include "plugins/calibration/figures_data.h"

#include "core/base/format.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace vitrine::calibration
{
namespace
{

// The parts of a list between commas, without surrounding spaces.
std::vector<std::string_view> parts(std::string_view text)
{
    std::vector<std::string_view> found;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        std::string_view part = text.substr(0, comma);
        while (part.starts_with(' '))
            part.remove_prefix(1);
        while (part.ends_with(' '))
            part.remove_suffix(1);
        if (!part.empty())
            found.push_back(part);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return found;
}

std::optional<std::int64_t> wholeNumber(std::string_view text)
{
    if (text.empty() || text.size() > 9)
        return std::nullopt;
    std::int64_t value = 0;
    for (const char digit : text) {
        if (digit < '0' || digit > '9')
            return std::nullopt;
        value = value * 10 + (digit - '0');
    }
    return value;
}

std::string fileName(const std::string& path)
{
    return std::filesystem::path(path).filename().string();
}

} // namespace

double numberOf(const Cell& cell)
{
    if (const auto* real = std::get_if<double>(&cell))
        return *real;
    if (const auto* whole = std::get_if<std::int64_t>(&cell))
        return static_cast<double>(*whole);
    return std::nan("");
}

std::string textOf(const Cell& cell)
{
    const auto* text = std::get_if<std::string>(&cell);
    return text ? *text : std::string();
}

const Cell* RowReader::cell(std::string_view column) const
{
    const int place = table_.column(column);
    const auto& row = table_.rows[row_];
    return place < 0 || static_cast<std::size_t>(place) >= row.size()
               ? nullptr
               : &row[static_cast<std::size_t>(place)];
}

double RowReader::number(std::string_view column, double fallback) const
{
    const Cell* found = cell(column);
    return found ? numberOf(*found) : fallback;
}

std::int64_t RowReader::whole(std::string_view column, std::int64_t fallback) const
{
    const double value = number(column, static_cast<double>(fallback));
    return std::isfinite(value) && std::abs(value) < 1e15 ? static_cast<std::int64_t>(value)
                                                          : fallback;
}

bool RowReader::flag(std::string_view column) const
{
    const Cell* found = cell(column);
    if (!found)
        return false;
    const std::string text = textOf(*found);
    return text == "yes" || text == "true" || numberOf(*found) == 1;
}

std::string RowReader::text(std::string_view column) const
{
    const Cell* found = cell(column);
    return found ? textOf(*found) : std::string();
}

double metricOf(const RunResult& result, std::string_view name)
{
    const Metric* metric = result.metric(name);
    return metric ? metric->value : std::nan("");
}

double parameterNumber(const RunRecord& run, std::string_view name, double fallback)
{
    const auto found = run.params.all().find(name);
    if (found == run.params.all().end())
        return fallback;
    if (const auto* real = std::get_if<double>(&found->second))
        return *real;
    if (const auto* whole = std::get_if<std::int64_t>(&found->second))
        return static_cast<double>(*whole);
    return fallback;
}

std::string parameterText(const RunRecord& run, std::string_view name)
{
    const auto found = run.params.all().find(name);
    const auto* text =
        found == run.params.all().end() ? nullptr : std::get_if<std::string>(&found->second);
    return text ? *text : std::string();
}

std::string runLabel(const RunRecord& run)
{
    std::string subject;
    for (const char* file : {"prompt_file", "task", "file"})
        if (subject.empty())
            subject = fileName(parameterText(run, file));
    if (subject.empty()) {
        subject = parameterText(run, "prompt");
        std::ranges::replace(subject, '\n', ' ');
        if (subject.size() > 32) {
            std::size_t end = subject.rfind(' ', 32);
            end = end == std::string::npos ? 32 : end;
            while (end > 0 && (static_cast<unsigned char>(subject[end]) & 0xC0U) == 0x80U)
                --end; // not inside a character
            subject = subject.substr(0, end) + " …";
        }
    }
    std::string label = run.number > 0 ? fmt::format("#{}", run.number) : std::string();
    for (const std::string& part : {subject, fileName(parameterText(run, "model"))})
        if (!part.empty())
            label += (label.empty()                          ? ""
                      : label.find(' ') == std::string::npos ? " "
                                                             : " · ") +
                     part;
    return label;
}

std::vector<TunedHead> tunedHeads(const RunResult& result)
{
    std::vector<TunedHead> heads;
    const Table* table = result.table("heads");
    for (std::size_t i = 0; table && i < table->rows.size(); ++i) {
        const RowReader row(*table, i);
        TunedHead head;
        head.id = {static_cast<int>(row.whole("layer", -1)),
                   static_cast<int>(row.whole("head", -1))};
        if (head.id.layer < 0 || head.id.head < 0)
            continue;
        head.eligible = row.flag("eligible");
        head.calibrated = row.flag("calibrated");
        head.beta = row.number("beta", 1);
        head.sinks = row.whole("sinks");
        head.firstTokenMass = row.number("first_token_mass", 0);
        head.firstTokenMassAfter = row.number("first_token_mass_after", head.firstTokenMass);
        head.sinkMass = row.number("sink_mass", 0);
        head.sinkMassAfter = row.number("sink_mass_after", head.sinkMass);
        head.entropy = row.number("entropy", 0);
        head.entropyAfter = row.number("entropy_after", head.entropy);
        head.rowsModified = row.whole("rows_modified");
        head.massMoved = row.number("mass_moved", 0);
        heads.push_back(head);
    }
    std::ranges::sort(heads, {}, &TunedHead::id);
    return heads;
}

std::vector<TunedSink> tunedSinks(const RunResult& result)
{
    std::vector<TunedSink> sinks;
    const Table* table = result.table("sinks");
    for (std::size_t i = 0; table && i < table->rows.size(); ++i) {
        const RowReader row(*table, i);
        TunedSink sink;
        sink.head = {static_cast<int>(row.whole("layer", -1)),
                     static_cast<int>(row.whole("head", -1))};
        sink.position = row.whole("position", -1);
        if (sink.position < 0)
            continue;
        sink.token = row.text("token");
        sink.score = row.number("score", 0);
        sink.scoreOverUniform = row.number("score_over_uniform", 0);
        sink.scoreAfter = row.number("score_after", sink.score);
        sink.applied = row.flag("applied");
        sinks.push_back(std::move(sink));
    }
    return sinks;
}

std::vector<NextToken> nextTokens(const RunResult& result)
{
    std::vector<NextToken> tokens;
    const Table* table = result.table("next");
    for (std::size_t i = 0; table && i < table->rows.size(); ++i) {
        const RowReader row(*table, i);
        tokens.push_back(
            {row.text("token"), row.whole("id"), row.number("before", 0), row.number("after", 0)});
    }
    return tokens;
}

Tuning tuningOf(const RunRecord& run)
{
    Tuning tuning;
    attention::Calibration& calibration = tuning.calibration;
    attention::SinkOptions& sinks = calibration.sinks;
    sinks.rule = attention::parseSinkRule(parameterText(run, "rule")).value_or(sinks.rule);
    sinks.tau = parameterNumber(run, "tau", sinks.tau);
    sinks.alpha = parameterNumber(run, "alpha", sinks.alpha);
    sinks.protect = static_cast<int>(parameterNumber(run, "protect", sinks.protect));
    sinks.minRows = static_cast<int>(parameterNumber(run, "min_rows", sinks.minRows));
    calibration.beta = parameterNumber(run, "beta", calibration.beta);
    if (parameterText(run, "receivers") == "not_first")
        calibration.receivers = attention::Receivers::notFirst;
    if (const std::string heads = parameterText(run, "heads"); !heads.empty())
        tuning.heads = heads;
    tuning.seed = static_cast<std::int64_t>(parameterNumber(run, "seed", 42));
    tuning.headBetas = parseHeadBetas(parameterText(run, "head_betas"));
    tuning.off = parseSinkPlaces(parameterText(run, "sinks_off"));
    tuning.on = parseSinkPlaces(parameterText(run, "sinks_on"));
    return tuning;
}

void putTuning(const Tuning& tuning, std::map<std::string, std::string>& given)
{
    const attention::SinkOptions& sinks = tuning.calibration.sinks;
    given["rule"] = std::string(attention::sinkRuleName(sinks.rule));
    given["tau"] = shortest(sinks.tau);
    given["alpha"] = shortest(sinks.alpha);
    given["protect"] = std::to_string(sinks.protect);
    given["min_rows"] = std::to_string(sinks.minRows);
    given["beta"] = shortest(tuning.calibration.beta);
    given["receivers"] =
        tuning.calibration.receivers == attention::Receivers::all ? "all" : "not_first";
    given["heads"] = tuning.heads;
    given["seed"] = std::to_string(tuning.seed);
    const std::map<std::string, std::string> lists = {
        {"head_betas", headBetasText(tuning.headBetas)},
        {"sinks_off", sinkPlacesText(tuning.off)},
        {"sinks_on", sinkPlacesText(tuning.on)}};
    for (const auto& [name, text] : lists) {
        given.erase(name);
        if (!text.empty())
            given[name] = text;
    }
}

std::optional<LayerHead> parseHead(std::string_view text)
{
    const std::size_t point = text.find('.');
    if (point == std::string_view::npos)
        return std::nullopt;
    const auto layer = wholeNumber(text.substr(0, point)),
               head = wholeNumber(text.substr(point + 1));
    if (!layer || !head)
        return std::nullopt;
    return LayerHead{static_cast<int>(*layer), static_cast<int>(*head)};
}

std::string headText(LayerHead head)
{
    return fmt::format("{}.{}", head.layer, head.head);
}

std::string headLabel(LayerHead head)
{
    return fmt::format("layer {}, head {}", head.layer, head.head);
}

std::map<LayerHead, double> parseHeadBetas(std::string_view text)
{
    std::map<LayerHead, double> betas;
    for (const std::string_view part : parts(text)) {
        const std::size_t equals = part.find('=');
        if (equals == std::string_view::npos)
            continue;
        const auto head = parseHead(part.substr(0, equals));
        const auto beta = parseReal(std::string(part.substr(equals + 1)));
        if (head && beta)
            betas[*head] = *beta;
    }
    return betas;
}

std::set<SinkPlace> parseSinkPlaces(std::string_view text)
{
    std::set<SinkPlace> places;
    for (const std::string_view part : parts(text)) {
        const std::size_t colon = part.find(':');
        if (colon == std::string_view::npos)
            continue;
        const auto head = parseHead(part.substr(0, colon));
        const auto position = wholeNumber(part.substr(colon + 1));
        if (head && position)
            places.insert({*head, *position});
    }
    return places;
}

std::string sinkPlacesText(const std::set<SinkPlace>& places)
{
    std::string text;
    for (const SinkPlace& place : places)
        text +=
            fmt::format("{}{}:{}", text.empty() ? "" : ",", headText(place.head), place.position);
    return text;
}

std::string ruleText(const attention::SinkOptions& options)
{
    switch (options.rule) {
    case attention::SinkRule::absolute:
        return fmt::format("s > {}", shortest(options.tau));
    case attention::SinkRule::relative:
        return fmt::format("s > {}/N", shortest(options.alpha));
    case attention::SinkRule::uniform:
        break;
    }
    return fmt::format("s > {} u", shortest(options.alpha));
}

} // namespace vitrine::calibration
