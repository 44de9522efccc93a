#include "core/jobs/worker/live_lines.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/json_fields.h"
#include "core/jobs/bundle/bundle_names.h"

#include <array>
#include <limits>
#include <system_error>

namespace vitrine
{
namespace
{

constexpr std::size_t kLongLine = std::size_t{1} << 20;
constexpr std::uint64_t kAnswerLimit = std::uint64_t{1} << 30;
constexpr auto kAnyNumber = std::numeric_limits<std::int64_t>::max();
constexpr std::array<std::string_view, 4> kKinds = {"argument", "input", "failed", "cancelled"};

ErrorKind parseErrorKind(std::string_view name)
{
    for (std::size_t i = 0; i < kKinds.size(); ++i)
        if (kKinds[i] == name)
            return static_cast<ErrorKind>(i);
    return ErrorKind::failed;
}

std::map<std::string, std::string> parseGiven(JsonFields& fields)
{
    std::map<std::string, std::string> given;
    for (const auto& [name, value] : fields.object("params").items()) {
        if (value.is_string())
            given[name] = value.get<std::string>();
        else
            fields.fail("a parameter is not a text");
    }
    return given;
}

// A result travels as the record of a run without name or machine, so that there is one format.
Result<RunResult> parseRun(const Json& json)
{
    VITRINE_TRY(RunRecord run, parseBundleJson(json));
    return std::move(run.result);
}

Result<Json> readAnswerFile(const std::filesystem::path& folder, const std::string& name)
{
    if (!isPlainFileName(name))
        return inputError("the live worker names a file outside its folder");
    VITRINE_TRY(const std::string text, readFile(folder / name, kAnswerLimit));
    std::error_code ignored;
    std::filesystem::remove(folder / name, ignored);
    return parseJson(text, name, {.values = 20'000'000});
}

} // namespace

std::string openLine(const std::string& experiment, const std::string& folder,
                     const std::map<std::string, std::string>& given)
{
    Json open = {{"experiment", experiment}, {"folder", folder}};
    open["params"] = given;
    Json line = Json::object();
    line["open"] = std::move(open);
    return dumpJson(line);
}

std::string updateLine(std::int64_t number, const std::map<std::string, std::string>& given)
{
    Json line = {{"update", number}};
    line["params"] = given;
    return dumpJson(line);
}

Result<LiveRequest> parseLiveRequest(std::string_view line)
{
    VITRINE_TRY(const Json json, parseJson(line, "a live request"));
    LiveRequest request;
    if (json.contains("open")) {
        JsonFields fields(json["open"], "a live request");
        request.kind = LiveRequest::Kind::open;
        request.experiment = fields.neededText("experiment");
        request.folder = fields.text("folder");
        request.given = parseGiven(fields);
        VITRINE_CHECK(fields.done());
    } else if (json.contains("update")) {
        JsonFields fields(json, "a live request");
        request.kind = LiveRequest::Kind::update;
        request.number = fields.integer("update", 0, kAnyNumber);
        request.given = parseGiven(fields);
        VITRINE_CHECK(fields.done());
    } else if (!json.contains("close")) {
        return inputError("a live request is one of open, update, close");
    }
    return request;
}

std::string resultLine(std::int64_t number, const RunResult& result,
                       const std::filesystem::path& folder)
{
    RunRecord run;
    run.uid = std::string(32, '0');
    run.experiment = "live";
    run.state = RunState::done;
    run.result = result;
    Json line = {{"result", number}};
    line["run"] = bundleJson(run);
    std::string text = dumpJson(line);
    if (text.size() <= kLongLine || folder.empty())
        return text;
    const auto name = fmt::format("answer-{}.json", number);
    if (const auto written = writeFileAtomically(folder / name, dumpJson(line["run"])); !written)
        return errorLine(number, written.error());
    return dumpJson({{"result", number}, {"file", name}});
}

std::string errorLine(std::int64_t number, const Error& error)
{
    return dumpJson({{"error", number},
                     {"kind", kKinds.at(static_cast<std::size_t>(error.kind))},
                     {"message", error.message}});
}

Result<LiveAnswer> parseLiveAnswer(std::string_view line, const std::filesystem::path& folder)
{
    VITRINE_TRY(const Json json, parseJson(line, "a live answer"));
    JsonFields fields(json, "a live answer");
    LiveAnswer answer;
    if (json.contains("result")) {
        answer.kind = LiveAnswer::Kind::result;
        answer.number = fields.integer("result", 0, kAnyNumber);
        if (const auto file = fields.text("file"); !file.empty()) {
            VITRINE_TRY(const Json run, readAnswerFile(folder, file));
            VITRINE_TRY(answer.result, parseRun(run));
        } else {
            VITRINE_TRY(answer.result, parseRun(fields.object("run")));
        }
    } else if (json.contains("error")) {
        answer.number = fields.integer("error", 0, kAnyNumber);
        answer.error = {parseErrorKind(fields.text("kind")), fields.neededText("message")};
    } else if (json.contains("dropped")) {
        answer.kind = LiveAnswer::Kind::dropped;
        answer.number = fields.integer("dropped", 0, kAnyNumber);
    } else if (json.contains("opened")) {
        answer.kind = LiveAnswer::Kind::opened;
    } else {
        return inputError("a live answer is one of opened, result, error, dropped");
    }
    VITRINE_CHECK(fields.done());
    return answer;
}

} // namespace vitrine
