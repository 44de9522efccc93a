#include "plugins/calibration/figures/data.h"

#include "core/base/cut_text.h"
#include "core/base/format.h"
#include "plugins/common/stored_sinks.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace vitrine::calibration_plugin
{
namespace
{

constexpr std::size_t kLongestSubject = 80; // bytes, of a file name in a label
constexpr std::int64_t kMostLayers = 512, kMostHeads = 4096, kMostTokens = 1 << 24;

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

std::string runLabel(const RunRecord& run)
{
    std::string subject;
    for (const char* file : {"prompt_file", "task", "file"})
        if (subject.empty())
            subject = fileName(parameterText(run.params, file));
    if (subject.empty())
        subject = cutAtWord(parameterText(run.params, "prompt"), 32);
    subject = cutText(subject, kLongestSubject);
    std::string label = run.number > 0 ? fmt::format("#{}", run.number) : std::string();
    for (const std::string& part :
         {subject, cutText(fileName(parameterText(run.params, "model")), kLongestSubject)})
        if (!part.empty())
            label += (label.empty()                          ? ""
                      : label.find(' ') == std::string::npos ? " "
                                                             : " · ") +
                     part;
    return label;
}

std::optional<LayerHead> headOf(const RowReader& row)
{
    const auto layer = row.whole("layer", 0, kMostLayers - 1),
               head = row.whole("head", 0, kMostHeads - 1);
    if (!layer || !head)
        return std::nullopt;
    return LayerHead{static_cast<int>(*layer), static_cast<int>(*head)};
}

std::vector<TunedHead> tunedHeads(const RunResult& result)
{
    std::vector<TunedHead> heads;
    const Table* table = result.table("heads");
    for (std::size_t i = 0; table && i < table->rows.size(); ++i) {
        const RowReader row(*table, i);
        TunedHead head;
        if (const auto id = headOf(row))
            head.id = *id;
        else
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
        const auto head = headOf(row);
        const auto position = row.whole("position", 0, kMostTokens);
        if (!head || !position)
            continue;
        sink.head = *head;
        sink.position = *position;
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
    calibration.sinks = storedSinkOptions(run.params);
    calibration.beta = parameterNumber(run.params, "beta", calibration.beta);
    if (parameterText(run.params, "receivers") == "not_first")
        calibration.receivers = attention::Receivers::notFirst;
    if (const std::string heads = parameterText(run.params, "heads"); !heads.empty())
        tuning.heads = heads;
    tuning.seed =
        wholeWithin(parameterNumber(run.params, "seed", 42), 0, std::int64_t{1} << 53).value_or(42);
    tuning.headBetas = parseHeadBetas(parameterText(run.params, "head_betas"));
    tuning.off = parseSinkPlaces(parameterText(run.params, "sinks_off"));
    tuning.on = parseSinkPlaces(parameterText(run.params, "sinks_on"));
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

} // namespace vitrine::calibration_plugin
