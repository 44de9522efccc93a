#include "core/jobs/worker/guarded_run.h"

#include "core/base/format.h"
#include "core/base/hash.h"
#include "core/base/parallel.h"

#include <chrono>
#include <exception>
#include <new>

namespace vitrine
{
namespace
{

Result<RunResult> caught(const Experiment& experiment, const Params& params, Progress& progress)
{
    try {
        return experiment.run(params, progress);
    } catch (const std::bad_alloc&) {
        return failure("{} ran out of memory: give it more, or a smaller input",
                       experiment.info().id);
    } catch (const std::exception& problem) {
        return failure("{} failed: {}", experiment.info().id, problem.what());
    } catch (...) {
        return failure("{} failed with an unknown exception", experiment.info().id);
    }
}

std::string shellQuoted(const std::string& text)
{
    if (!text.empty() &&
        text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789_-./:,+@%") == std::string::npos)
        return text;
    std::string quoted = "'";
    for (const char c : text)
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::string commandOf(const std::string& experiment, const Params& params)
{
    std::map<std::string, std::string> texts;
    for (const auto& [name, value] : params.all())
        texts[name] = paramText(value);
    return repeatingCommand(experiment, texts);
}

} // namespace

std::string repeatingCommand(const std::string& experiment,
                             const std::map<std::string, std::string>& given)
{
    std::string command = "vitrine run " + experiment;
    for (const auto& [name, text] : given)
        command += " --set " + name + "=" + shellQuoted(text);
    return command;
}

RunRecord guardedRun(const Experiment& experiment, const std::string& plugin, const Params& params,
                     Progress& progress)
{
    RunRecord run;
    describeMachine(run);
    run.uid = newUid();
    run.experiment = experiment.info().id;
    run.experimentVersion = experiment.info().version;
    run.plugin = plugin;
    run.params = params;
    run.command = commandOf(run.experiment, params);
    if (params.has("threads"))
        setThreadCount(static_cast<int>(params.integer("threads")));
    run.threads = threadCount();
    run.started = utcNow();

    const auto start = std::chrono::steady_clock::now();
    auto result = caught(experiment, params, progress);
    run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

    if (result) {
        run.result = *std::move(result);
        run.state = RunState::done;
        return run;
    }
    const Error& error = result.error();
    run.state = error.kind == ErrorKind::cancelled ? RunState::cancelled : RunState::failed;
    run.error = error.message;
    run.exitCode = exitCode(error.kind);
    return run;
}

} // namespace vitrine
