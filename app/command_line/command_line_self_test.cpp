#include "app/command_line/command_line_text.h"
#include "app/command_line/command_line_verbs.h"
#include "app/command_line/output.h"
#include "core/base/resources.h"
#include "core/jobs/worker/new_job.h"

#include <chrono>
#include <cstdlib>

namespace vitrine::command
{
namespace fs = std::filesystem;
namespace
{

struct TemporaryFolder {
    fs::path path;

    TemporaryFolder()
    {
        std::string name = (fs::temp_directory_path() / "vitrine-self-test-XXXXXX").string();
        if (::mkdtemp(name.data()))
            path = name;
    }
    ~TemporaryFolder()
    {
        std::error_code ignored;
        if (!path.empty())
            fs::remove_all(path, ignored);
    }
};

bool say(std::string_view what, const Result<std::string>& result)
{
    printOutput("{}  {}: {}\n", result ? "ok     " : "FAILED ", what,
                result ? *result : oneLine(result.error().message, 1000));
    flushOutput();
    return result.has_value();
}

Result<std::string> checkResources()
{
    VITRINE_TRY(const auto folder, findResource("models"));
    return folder.string();
}

Result<std::string> checkPlugins(PluginRegistry& registry)
{
    std::string names;
    for (const auto& info : registry.plugins()) {
        VITRINE_CHECK(registry.load(info.id));
        names += (names.empty() ? "" : ", ") + info.id;
    }
    if (names.empty())
        return failure("no plugin was found; looked in {}",
                       PluginRegistry::searchPath().back().string());
    if (!registry.problems().empty())
        return failure("{}", registry.problems().front());
    return names;
}

Result<std::string> checkStore(const fs::path& workspace)
{
    VITRINE_TRY(Store store, Store::open(workspace));
    RunRecord run;
    run.uid = std::string(32, 'a');
    run.experiment = "self.test";
    run.state = RunState::done;
    VITRINE_TRY(const auto number, store.import(run));
    VITRINE_TRY(const auto loaded, store.load(number));
    if (loaded.uid != run.uid)
        return failure("a run came back with another uid");
    return std::string("a workspace was written and read");
}

// The whole way: job, worker process, bundle, import.
Result<std::string> checkModel(const FoundExperiment& forward, const fs::path& workspace)
{
    VITRINE_TRY(Store store, Store::open(workspace));
    VITRINE_TRY(const Job job, makeJob(forward, {{"model", "vitrine-lm"},
                                                 {"prompt", "The state of the union is"}}));
    VITRINE_TRY(const auto folder, writeJob(store.jobsFolder(), job));
    VITRINE_TRY(const auto run, follow(store, folder));
    if (run.state != RunState::done)
        return failure("{}", run.error);
    const Metric* tokens = run.result.metric("tokens");
    return fmt::format("vitrine-lm read {} tokens in a worker", tokens ? tokens->value : 0);
}

} // namespace

int selfTest()
{
    const TemporaryFolder folder;
    PluginRegistry registry;
    bool good = say("resources", checkResources());
    good = say("plugins", checkPlugins(registry)) && good;
    good = say("store", checkStore(folder.path / "test.vitrine")) && good;
    if (const auto forward = registry.find("model.forward"); forward.experiment)
        good = say("model", checkModel(forward, folder.path / "test.vitrine")) && good;
    else
        good = say("model", tl::unexpected(Error{ErrorKind::failed,
                                                 "the experiment model.forward is not installed"}));
    return good ? 0 : 1;
}

} // namespace vitrine::command
