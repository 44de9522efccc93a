#pragma once

#include "app/plugins/plugin_registry.h"
#include "core/base/result.h"
#include "core/jobs/experiment/run_record.h"
#include "core/store/store.h"

#include <functional>
#include <string>
#include <vector>

// The verbs of the command line, each with its parsed arguments. They print their results and
// return the exit code.
namespace vitrine::command
{

int complain(const Error& error); // one line on the error stream; its exit code

struct ListOptions {
    std::string experiment;
    std::vector<std::string> settings; // name=value
    bool json = false;
};
int list(const ListOptions& options);

struct RunOptions {
    std::string experiment;
    std::vector<std::string> settings;
    std::string workspace;
    double memoryMib = 0, seconds = 0; // limits; 0: none
    bool json = false;
};
int run(const RunOptions& options);

struct SweepOptions {
    std::string study; // file
    std::string executor = "local";
    std::string workspace;
    int jobs = 1; // workers at a time
    bool keepGoing = false, json = false;
};
int sweep(const SweepOptions& options);

struct RunsOptions {
    std::string workspace;
    bool json = false;
    std::vector<std::string>
        words; // list: what is searched; else the runs; tag, note: the run first
    RunQuery query;
    std::string state, filter;
    bool ascending = false;
    std::string to; // export
    bool removeTags = false;
};
int runsList(RunsOptions options);
int runsShow(const RunsOptions& options);
int runsExport(const RunsOptions& options);
int runsVerify(const RunsOptions& options);
int runsRerun(const RunsOptions& options);
int runsResume(const RunsOptions& options);
int runsTag(const RunsOptions& options);
int runsNote(const RunsOptions& options);
int runsRemove(const RunsOptions& options);

int selfTest();

// Shared by the verbs.
Result<std::map<std::string, std::string>> parseSettings(const std::vector<std::string>& settings);
Result<Store> openStore(const std::string& workspace); // named, or the default one
void importLeftOvers(Store& store);
std::filesystem::path thisProgram();

// Starts (or starts again) the worker of a job, shows its progress, keeps its record. Ctrl-C
// cancels it, SIGUSR1 pauses it.
Result<RunRecord> follow(Store& store, const std::filesystem::path& jobFolder);
// Prints a run that has ended; its exit code.
int sayHowItWent(const RunRecord& run, bool json);

} // namespace vitrine::command
