#include "core/base/json.h"
#include "core/base/json_fields.h"
#include "core/jobs/bundle/bundle_names.h"
#include "core/jobs/bundle/table_json.h"
#include "core/jobs/experiment/run_record.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace vitrine
{
namespace
{

constexpr std::int64_t kAnyCount = std::numeric_limits<std::int64_t>::max();

Json metricJson(const Metric& metric)
{
    return {{"name", metric.name},
            {"value", std::isfinite(metric.value) ? Json(metric.value) : Json(nullptr)},
            {"unit", metric.unit},
            {"origin", originName(metric.origin)},
            {"help", metric.help}};
}

Result<Metric> parseMetric(const Json& json)
{
    JsonFields fields(json, "a metric");
    Metric metric;
    metric.name = fields.neededText("name");
    if (!isPlainName(metric.name))
        fields.fail("its name is too long, or has control characters");
    metric.value = fields.real("value", std::numeric_limits<double>::quiet_NaN());
    metric.unit = fields.text("unit");
    metric.help = fields.text("help");
    VITRINE_TRY(const Origin origin, parseOrigin(fields.text("origin")));
    metric.origin = origin;
    VITRINE_CHECK(fields.done());
    return metric;
}

Result<Artifact> parseArtifact(const Json& json)
{
    JsonFields fields(json, "an artifact");
    Artifact artifact;
    artifact.name = fields.neededText("name");
    artifact.kind = fields.text("kind");
    artifact.path = fields.text("path");
    artifact.sha256 = fields.text("sha256");
    artifact.bytes = static_cast<std::uint64_t>(fields.integer("bytes", 0, kAnyCount));
    if (!isPlainFileName(artifact.name))
        fields.fail("its name is not a plain file name");
    if (!artifact.sha256.empty() && !isSha256(artifact.sha256))
        fields.fail("its sha256 has not 64 hexadecimal digits");
    VITRINE_TRY(const Origin origin, parseOrigin(fields.text("origin")));
    artifact.origin = origin;
    VITRINE_CHECK(fields.done());
    return artifact;
}

Result<InputFile> parseInput(const Json& json)
{
    JsonFields fields(json, "an input");
    InputFile input;
    input.parameter = fields.text("parameter");
    input.path = fields.text("path");
    input.sha256 = fields.text("sha256");
    input.bytes = static_cast<std::uint64_t>(fields.integer("bytes", 0, kAnyCount));
    if (!input.sha256.empty() && !isInputHash(input.sha256))
        fields.fail("its sha256 has not 64 hexadecimal digits");
    if (!isStoredPath(input.path))
        fields.fail("its path is too long or holds a zero byte");
    VITRINE_CHECK(fields.done());
    return input;
}

template <typename Item, typename Parse>
Result<std::vector<Item>> parseAll(const Json& list, Parse parse)
{
    std::vector<Item> items;
    items.reserve(list.size());
    for (const auto& json : list) {
        VITRINE_TRY(Item item, parse(json));
        items.push_back(std::move(item));
    }
    return items;
}

Result<std::string> parseLine(const Json& json)
{
    if (!json.is_string())
        return inputError("cannot read run.json: a note or tag is not a text");
    return json.get<std::string>();
}

template <typename Item>
Result<void> refuseTwins(const std::vector<Item>& items, const char* what)
{
    std::set<std::string> names;
    for (const auto& item : items)
        if (!names.insert(item.name).second)
            return inputError("cannot read run.json: two {} are named \"{}\"", what, item.name);
    return {};
}

Result<RunResult> parseResult(JsonFields& fields)
{
    RunResult result;
    VITRINE_TRY(result.metrics, parseAll<Metric>(fields.list("metrics"), parseMetric));
    VITRINE_TRY(result.tables, parseAll<Table>(fields.list("tables"), parseTable));
    VITRINE_TRY(result.artifacts, parseAll<Artifact>(fields.list("artifacts"), parseArtifact));
    VITRINE_TRY(result.inputs, parseAll<InputFile>(fields.list("inputs"), parseInput));
    VITRINE_TRY(result.notes, parseAll<std::string>(fields.list("notes"), parseLine));
    VITRINE_CHECK(refuseTwins(result.metrics, "metrics"));
    VITRINE_CHECK(refuseTwins(result.tables, "tables"));
    VITRINE_CHECK(refuseTwins(result.artifacts, "artifacts"));
    return result;
}

} // namespace

bool isPlainFileName(std::string_view name)
{
    if (name.empty() || name.size() > 200 || name == "." || name == "..")
        return false;
    for (const unsigned char c : name)
        if (c < 0x20 || c == 0x7f || c == '/')
            return false;
    return true;
}

bool isPlainName(std::string_view name)
{
    return !name.empty() && name.size() <= 1000 &&
           std::ranges::none_of(name, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool isInputHash(std::string_view text)
{
    return isSha256(isPartHash(text) ? text.substr(text.find(':') + 1) : text);
}

bool isStoredPath(std::string_view path)
{
    return path.size() <= 4096 && path.find('\0') == std::string_view::npos;
}

bool isHex(std::string_view text, std::size_t digits)
{
    return text.size() == digits &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool isUid(std::string_view text)
{
    return isHex(text, 32);
}

bool isSha256(std::string_view text)
{
    return isHex(text, 64);
}

bool isRealFile(const std::filesystem::path& path)
{
    std::error_code error;
    return std::filesystem::is_regular_file(std::filesystem::symlink_status(path, error));
}

bool isRealFolder(const std::filesystem::path& path)
{
    std::error_code error;
    return std::filesystem::is_directory(std::filesystem::symlink_status(path, error));
}

Json bundleJson(const RunRecord& run)
{
    Json json = {{"format", 1},
                 {"uid", run.uid},
                 {"experiment", run.experiment},
                 {"experiment_version", run.experimentVersion},
                 {"plugin", run.plugin},
                 {"program_version", run.programVersion},
                 {"build", run.build},
                 {"parameters", toJson(run.params)},
                 {"command", run.command},
                 {"host", run.host},
                 {"cpu", run.cpu},
                 {"threads", run.threads},
                 {"attempt", run.attempt},
                 {"started", run.started},
                 {"seconds", run.seconds},
                 {"state", runStateName(run.state)},
                 {"error", run.error},
                 {"exit_code", run.exitCode},
                 {"parent", run.parent},
                 {"note", run.note},
                 {"tags", run.tags}};
    for (const char* list : {"metrics", "tables", "artifacts", "inputs"})
        json[list] = Json::array();
    for (const auto& metric : run.result.metrics)
        json["metrics"].push_back(metricJson(metric));
    for (const auto& table : run.result.tables)
        json["tables"].push_back(fullJson(table));
    for (const auto& artifact : run.result.artifacts)
        json["artifacts"].push_back({{"name", artifact.name},
                                     {"kind", artifact.kind},
                                     {"path", artifact.path.string()},
                                     {"sha256", artifact.sha256},
                                     {"bytes", artifact.bytes},
                                     {"origin", originName(artifact.origin)}});
    for (const auto& input : run.result.inputs)
        json["inputs"].push_back({{"parameter", input.parameter},
                                  {"path", input.path},
                                  {"sha256", input.sha256},
                                  {"bytes", input.bytes}});
    json["notes"] = run.result.notes;
    return json;
}

Result<RunRecord> parseBundleJson(const Json& json)
{
    JsonFields fields(json, "run.json");
    if (fields.integer("format", 0, kAnyCount) != 1)
        fields.fail("its format is not 1; a newer Vitrine may read it");
    RunRecord run;
    run.uid = fields.neededText("uid");
    if (!isUid(run.uid))
        fields.fail("\"uid\" has not 32 hexadecimal digits");
    run.experiment = fields.neededText("experiment");
    if (!isPlainFileName(run.experiment))
        fields.fail("\"experiment\" is not the name of one");
    run.experimentVersion = static_cast<int>(fields.integer("experiment_version", 0, 1'000'000));
    run.plugin = fields.text("plugin");
    if (!run.plugin.empty() && !isPlainFileName(run.plugin))
        fields.fail("\"plugin\" is not the name of one");
    run.programVersion = fields.text("program_version");
    run.build = fields.text("build");
    run.command = fields.text("command");
    run.host = fields.text("host");
    run.cpu = fields.text("cpu");
    run.threads = static_cast<int>(fields.integer("threads", 0, 1'000'000));
    run.attempt = static_cast<int>(fields.integer("attempt", 0, kMostAttempts));
    run.started = fields.text("started");
    run.seconds = fields.real("seconds", 0);
    run.error = fields.text("error");
    run.exitCode = static_cast<int>(fields.integer("exit_code", 0, 255));
    run.parent = fields.text("parent");
    if (!run.parent.empty() && !isUid(run.parent))
        fields.fail("\"parent\" has not 32 hexadecimal digits");
    run.note = fields.text("note");
    VITRINE_TRY(run.tags, parseAll<std::string>(fields.list("tags"), parseLine));
    const auto stateName = fields.neededText("state");
    VITRINE_TRY(run.params, parseParams(fields.object("parameters")));
    VITRINE_TRY(run.result, parseResult(fields));
    VITRINE_CHECK(fields.done());
    VITRINE_TRY(run.state, parseRunState(stateName));
    return run;
}

} // namespace vitrine
