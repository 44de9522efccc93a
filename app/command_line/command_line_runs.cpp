#include "app/command_line/command_line_text.h"
#include "app/command_line/command_line_verbs.h"
#include "app/command_line/output.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/jobs/worker/new_job.h"

#include <algorithm>

namespace vitrine::command
{
namespace fs = std::filesystem;
namespace
{

struct Opened {
    Store store;
    std::vector<std::int64_t> numbers;
};

// The store and the runs that the first `count` words name (0: all words).
Result<Opened> openRuns(const RunsOptions& options, std::size_t count = 0)
{
    VITRINE_TRY(Store store, openStore(options.workspace));
    Opened opened{std::move(store), {}};
    importLeftOvers(opened.store);
    for (std::size_t i = 0; i < options.words.size() && (count == 0 || i < count); ++i) {
        VITRINE_TRY(const auto number, opened.store.resolve(options.words[i]));
        opened.numbers.push_back(number);
    }
    return opened;
}

struct OpenedRun {
    Store store;
    RunRecord run;
};

// The store and the run that the first word names.
Result<OpenedRun> openRun(const RunsOptions& options)
{
    VITRINE_TRY(Opened opened, openRuns(options));
    VITRINE_TRY(RunRecord run, opened.store.load(opened.numbers.at(0)));
    return OpenedRun{std::move(opened.store), std::move(run)};
}

Json summaryJson(const RunSummary& run)
{
    Json json = {{"run", run.number},
                 {"uid", run.uid},
                 {"experiment", run.experiment},
                 {"status", runStateName(run.state)},
                 {"started", run.started},
                 {"seconds", run.seconds},
                 {"error", run.error},
                 {"subject", run.subject},
                 {"tags", run.tags}};
    json["metrics"] = Json::object();
    for (const auto& [name, value] : run.metrics)
        json["metrics"][name] = value;
    return json;
}

std::string listText(const RunQuery& query, const std::vector<RunSummary>& runs)
{
    std::vector<std::vector<std::string>> rows = {
        {"run", "experiment", "state", "started", "took", "about"}};
    rows[0].insert(rows[0].end(), query.metrics.begin(), query.metrics.end());
    for (const auto& run : runs) {
        rows.push_back({std::to_string(run.number), run.experiment,
                        std::string(runStateName(run.state)), run.started.substr(0, 19),
                        durationText(run.seconds), run.subject});
        for (const auto& name : query.metrics) {
            const auto found =
                std::ranges::find(run.metrics, name, &std::pair<std::string, double>::first);
            rows.back().push_back(found == run.metrics.end() ? "–" : significant(found->second));
        }
    }
    return alignedText(rows);
}

std::string detailText(const RunRecord& run)
{
    std::vector<std::vector<std::string>> rows;
    for (const auto& [name, value] : run.params.all())
        rows.push_back({"  " + name, oneLine(paramText(value), 100)});
    std::string text = runText(run) + "\nparameters\n" + alignedText(rows);
    for (const auto& input : run.result.inputs)
        text += fmt::format("\ninput {}  {}  {}", input.parameter, input.path, input.sha256);
    text += fmt::format("\nuid {}\nstarted {}, {} threads, {}, {}\nversion {}, {}\n", run.uid,
                        run.started, run.threads, run.cpu, run.host, run.programVersion, run.build);
    for (const auto& tag : run.tags)
        text += fmt::format("tag {}\n", tag);
    if (!run.note.empty())
        text += run.note + "\n";
    return text;
}

// What the filter does not say rightly, or names that no run has: the first of it.
Result<void> checkFilter(const Store& store, const RunFilter& filter)
{
    auto problems = filter.problems;
    if (problems.empty() && !filter.isEmpty())
        problems = unknownNames(filter, store.vocabulary());
    if (!problems.empty())
        return argumentError("--filter: {}", problems.front().message);
    return {};
}

} // namespace

int runsList(RunsOptions options)
{
    auto store = openStore(options.workspace);
    if (!store)
        return complain(store.error());
    importLeftOvers(*store);
    for (const auto& word : options.words)
        options.query.text += word + " ";
    options.query.descending = !options.ascending;
    if (!options.state.empty()) {
        const auto state = parseRunState(options.state);
        if (!state)
            return complain(state.error());
        options.query.state = *state;
    }
    options.query.filter = parseFilter(options.filter);
    if (const auto known = checkFilter(*store, options.query.filter); !known)
        return complain(known.error());
    const auto runs = store->find(options.query);
    if (!runs)
        return complain(runs.error());
    const auto count = store->count(options.query);
    if (!count)
        return complain(count.error());
    if (!options.json) {
        printOutput("{}", listText(options.query, *runs));
        if (*count > static_cast<std::int64_t>(runs->size()))
            printErrors("{} of {} runs; --limit and --offset show others\n", runs->size(), *count);
        return 0;
    }
    Json json = {{"format", 1}, {"count", *count}, {"runs", Json::array()}};
    for (const auto& run : *runs)
        json["runs"].push_back(summaryJson(run));
    printOutput("{}\n", dumpJson(json));
    return 0;
}

int runsShow(const RunsOptions& options)
{
    const auto opened = openRun(options);
    if (!opened)
        return complain(opened.error());
    const RunRecord& run = opened->run;
    printOutput("{}", options.json ? dumpJson(toJson(run)) + "\n" : detailText(run));
    return 0;
}

int runsExport(const RunsOptions& options)
{
    const auto opened = openRun(options);
    if (!opened)
        return complain(opened.error());
    const RunRecord& run = opened->run;
    if (const auto done = exportRun(run, options.to); !done)
        return complain(done.error());
    if (options.json)
        printOutput("{}\n", dumpJson({{"format", 1},
                                      {"run", run.number},
                                      {"folder", fs::absolute(options.to).string()}}));
    else
        printOutput("{}\n", fs::absolute(options.to).string());
    return 0;
}

int runsVerify(const RunsOptions& options)
{
    const auto opened = openRuns(options);
    if (!opened)
        return complain(opened.error());
    Json json = {{"format", 1}, {"runs", Json::array()}};
    int code = 0;
    for (const auto number : opened->numbers) {
        const auto verified = opened->store.verify(number);
        json["runs"].push_back({{"run", number}, {"intact", verified.has_value()}});
        if (!verified) {
            json["runs"].back()["error"] = verified.error().message;
            complain(verified.error());
            code = 1;
        } else if (!options.json) {
            printOutput("run {}: intact\n", number);
        }
        const auto run = opened->store.load(number);
        const auto unknown = run ? incomparableInputs(*run) : std::vector<std::string>();
        if (!unknown.empty())
            json["runs"].back()["incomparable_inputs"] = unknown;
        if (!options.json)
            for (const auto& line : unknown)
                printOutput("run {}: {}\n", number, oneLine(line, 1000));
    }
    if (options.json)
        printOutput("{}\n", dumpJson(json));
    return code;
}

int runsRerun(const RunsOptions& options)
{
    auto opened = openRun(options);
    if (!opened)
        return complain(opened.error());
    const RunRecord& before = opened->run;
    if (const auto writable = opened->store.checkWritable(); !writable)
        return complain(writable.error());
    PluginRegistry registry;
    const auto job = makeJobAgain(registry.find(before.experiment), before);
    if (!job)
        return complain(job.error());
    const auto folder = writeJob(opened->store.jobsFolder(), *job);
    if (!folder)
        return complain(folder.error());
    const auto after = follow(opened->store, *folder);
    if (!after)
        return complain(after.error());

    const auto differences = compareComputed(before, *after);
    const auto inputs = compareInputs(before, *after);
    if (options.json) {
        Json json = toJson(*after);
        json["repeats"] = before.number;
        json["differences"] = differences;
        json["input_differences"] = inputs;
        printOutput("{}\n", dumpJson(json));
    } else {
        printOutput("{}", runText(*after));
        if (differences.empty())
            printOutput("\nall computed values equal those of run {} to the last bit\n",
                        before.number);
        for (const auto& line : differences)
            printOutput("differs from run {}: {}\n", before.number, line);
        for (const auto& line : inputs)
            printOutput("beside run {}: {}\n", before.number, oneLine(line, 1000));
    }
    if (after->exitCode != 0) {
        printErrors("vitrine: {}\n", oneLine(after->error, 1000));
        return after->exitCode;
    }
    return differences.empty() ? 0 : 1;
}

int runsResume(const RunsOptions& options)
{
    auto opened = openRun(options);
    if (!opened)
        return complain(opened.error());
    const RunRecord& run = opened->run;
    if (const auto writable = opened->store.checkWritable(); !writable)
        return complain(writable.error());
    const auto folder = opened->store.jobFolder(run.uid);
    if (!folder)
        return complain(folder.error());
    std::error_code error;
    if (run.state == RunState::done || !fs::exists(*folder / "state" / "saved", error))
        return complain(
            {ErrorKind::argument, fmt::format("run {} is {} and has no saved state to go on from",
                                              run.number, runStateName(run.state))});
    const auto after = follow(opened->store, *folder);
    if (!after)
        return complain(after.error());
    return sayHowItWent(*after, options.json);
}

int runsTag(const RunsOptions& options)
{
    auto opened = openRuns(options, 1);
    if (!opened)
        return complain(opened.error());
    const std::vector<std::string> tags(options.words.begin() + 1, options.words.end()), none;
    const auto done = opened->store.changeTags(opened->numbers, options.removeTags ? none : tags,
                                               options.removeTags ? tags : none);
    if (!done)
        return complain(done.error());
    if (!options.json)
        return 0;
    const auto run = opened->store.load(opened->numbers.at(0));
    if (!run)
        return complain(run.error());
    printOutput("{}\n", dumpJson({{"format", 1}, {"run", run->number}, {"tags", run->tags}}));
    return 0;
}

int runsNote(const RunsOptions& options)
{
    auto opened = openRuns(options, 1);
    if (!opened)
        return complain(opened.error());
    std::string note;
    for (std::size_t i = 1; i < options.words.size(); ++i)
        note += (i > 1 ? " " : "") + options.words[i];
    if (const auto done = opened->store.setNote(opened->numbers.at(0), note); !done)
        return complain(done.error());
    if (options.json)
        printOutput("{}\n",
                    dumpJson({{"format", 1}, {"run", opened->numbers.at(0)}, {"note", note}}));
    return 0;
}

int runsRemove(const RunsOptions& options)
{
    auto opened = openRuns(options);
    if (!opened)
        return complain(opened.error());
    for (const auto number : opened->numbers)
        if (const auto done = opened->store.remove(number); !done)
            return complain(done.error());
    if (options.json)
        printOutput("{}\n", dumpJson({{"format", 1}, {"removed", opened->numbers}}));
    return 0;
}

} // namespace vitrine::command
