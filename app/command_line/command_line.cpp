#include "app/command_line/command_line.h"

#include "app/command_line/command_line_verbs.h"
#include "app/command_line/output.h"
#include "app/command_line/report_command.h"
#include "core/base/log.h"
#include "core/jobs/worker/guarded_run.h"
#include "core/jobs/worker/stop_signals.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;
using namespace command;

constexpr std::array<std::string_view, 6> kVerbs = {"list", "run",  "sweep",
                                                    "work", "runs", "report"};

// A text with a comma or bracket is one value: CLI11 must not take lists apart.
CLI::Option* plain(CLI::Option* option)
{
    return option->allow_extra_args(false)->delimiter('\0');
}

int work(const std::string& job, const std::string& out, bool live)
{
    takeStopSignals(); // before a plugin's library starts threads
    PluginRegistry registry;
    const FindExperiment find = [&](std::string_view id) { return registry.find(id); };
    if (live && job.empty())
        return liveMain(find);
    if (live || job.empty())
        return complain({ErrorKind::argument, "work: give either a job folder or --live"});
    return workMain(job, out, find);
}

// Sets up one parser; which callback ran decides the exit code.
struct Parser {
    CLI::App app{"Vitrine: a workbench for people who make transformers cheaper", "vitrine"};
    int code = 0;
    ListOptions listOptions;
    RunOptions runOptions;
    SweepOptions sweepOptions;
    RunsOptions runsOptions;
    std::string job, out;
    bool live = false;

    Parser()
    {
        app.require_subcommand(0, 1);
        app.footer(
            "Without a verb the window opens: vitrine [WORKSPACE]\n"
            "Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 unreadable input, 130 cancelled");
        app.set_version_flag("--version", "vitrine " + programVersion());
        app.add_flag_callback(
            "--self-test", [this] { code = selfTest(); }, "does this installation work?");
        addList();
        addRun();
        addWork();
        addRuns();
        app.add_subcommand("report",
                           "runs to a document: vitrine report RUN ... | DOCUMENT --to FILE");
        addSweep();
    }

    void addList()
    {
        auto* verb = app.add_subcommand("list", "plugins, experiments and their parameters");
        verb->add_option("experiment", listOptions.experiment, "show its parameters");
        plain(verb->add_option("--set", listOptions.settings, "name=value, repeatable"));
        verb->add_flag("--json", listOptions.json, "one JSON object");
        verb->callback([this] { code = list(listOptions); });
    }

    void addRun()
    {
        auto* verb = app.add_subcommand("run", "runs an experiment and keeps the result");
        verb->add_option("experiment", runOptions.experiment, "as vitrine list shows it")
            ->required();
        plain(verb->add_option("--set", runOptions.settings, "name=value, repeatable"));
        verb->add_option("--workspace", runOptions.workspace, "the file that keeps the runs");
        verb->add_option("--memory-limit", runOptions.memoryMib, "MiB of data the worker may hold")
            ->check(CLI::NonNegativeNumber);
        verb->add_option("--time-limit", runOptions.seconds, "seconds the run may take")
            ->check(CLI::NonNegativeNumber);
        verb->add_flag("--json", runOptions.json, "one JSON object");
        verb->callback([this] { code = run(runOptions); });
    }

    void addSweep()
    {
        auto* verb =
            app.add_subcommand("sweep", "many runs of one experiment; again: what is missing");
        verb->add_option("study", sweepOptions.study, "JSON: experiment, set, vary")->required();
        verb->add_option("--executor", sweepOptions.executor, "local");
        verb->add_option("--jobs", sweepOptions.jobs, "workers at a time")
            ->check(CLI::Range(1, 1024));
        verb->add_flag("--keep-going", sweepOptions.keepGoing, "a failed run stops nothing");
        verb->add_option("--workspace", sweepOptions.workspace, "the file that keeps the runs");
        verb->add_flag("--json", sweepOptions.json, "one JSON object");
        verb->callback([this] { code = sweep(sweepOptions); });
    }

    void addWork()
    {
        auto* verb = app.add_subcommand("work", "one run, or one live session, in this process");
        verb->add_option("job", job, "job folder");
        verb->add_option("--out", out, "folder of the bundle (JOB/bundle)");
        verb->add_flag("--live", live, "JSON lines on input and output");
        verb->callback([this] { code = work(job, out, live); });
    }

    CLI::App* addRunsVerb(CLI::App* runs, const char* name, const char* help,
                          int (*call)(const RunsOptions&))
    {
        auto* verb = runs->add_subcommand(name, help);
        verb->add_option("--workspace", runsOptions.workspace, "the file that keeps the runs");
        verb->add_flag("--json", runsOptions.json, "one JSON object");
        verb->callback([this, call] { code = call(runsOptions); });
        return verb;
    }

    void addRuns()
    {
        auto* runs = app.add_subcommand("runs", "the runs that are kept");
        runs->require_subcommand(1);
        auto* listed = addRunsVerb(runs, "list", "finds runs",
                                   [](const RunsOptions& options) { return runsList(options); });
        listed->add_option("words", runsOptions.words, "that occur in the run");
        plain(
            listed->add_option("--filter", runsOptions.filter,
                               "terms that all hold: experiment:video.compare psnr_y>35 tag:paper "
                               "date>2026-11-01 state:done word"));
        listed->add_option("--experiment", runsOptions.query.experiment, "exactly this one");
        listed->add_option("--state", runsOptions.state,
                           "done, failed, cancelled, paused, interrupted");
        listed->add_option("--tag", runsOptions.query.tag, "with this tag");
        listed->add_option("--metrics", runsOptions.query.metrics, "to show, comma-separated")
            ->delimiter(',');
        listed->add_option(
            "--sort", runsOptions.query.sortBy,
            "number, started, seconds, experiment, state, metric:NAME or param:NAME");
        listed->add_flag("--ascending", runsOptions.ascending, "smallest first");
        listed->add_option("--limit", runsOptions.query.limit, "at most so many")
            ->check(CLI::NonNegativeNumber);
        listed->add_option("--offset", runsOptions.query.offset, "without the first")
            ->check(CLI::NonNegativeNumber);

        const auto one = [this](CLI::App* verb) {
            verb->add_option("run", runsOptions.words, "number or beginning of the uid")
                ->required()
                ->expected(1);
            return verb;
        };
        one(addRunsVerb(runs, "show", "everything of a run", runsShow));
        one(addRunsVerb(runs, "export", "everything of a run as plain files", runsExport))
            ->add_option("--to", runsOptions.to, "folder, empty or new")
            ->required();
        one(addRunsVerb(runs, "rerun", "runs it again and compares", runsRerun));
        one(addRunsVerb(runs, "resume", "goes on with a paused run", runsResume));
        const auto many = [this](CLI::App* verb, const char* what) {
            verb->add_option("runs", runsOptions.words, what)->required();
            return verb;
        };
        many(addRunsVerb(runs, "verify", "hashes all files again", runsVerify), "runs to verify");
        many(addRunsVerb(runs, "tag", "adds tags", runsTag), "a run, then tags")
            ->add_flag("--remove", runsOptions.removeTags, "takes them away instead");
        many(addRunsVerb(runs, "note", "writes a note", runsNote), "a run, then the text");
        many(addRunsVerb(runs, "remove", "removes runs", runsRemove), "runs to remove");
    }
};

std::string firstLine(const std::string& text)
{
    return text.substr(0, text.find('\n'));
}

} // namespace

bool isForCommandLine(const std::vector<std::string>& arguments)
{
    if (arguments.empty())
        return false;
    const std::string& first = arguments[0];
    if (std::ranges::count(kVerbs, first) > 0 || first.starts_with("--") || first == "-h")
        return first != "--workspace";
    if (first.starts_with('-'))
        return false; // the window system's own, as -platform
    std::error_code error;
    return !(first.ends_with(".vitrine") || first.find('/') != std::string::npos ||
             fs::exists(first, error));
}

namespace
{

int runVerb(const std::vector<std::string>& arguments)
{
    if (!arguments.empty() && arguments[0] == "report")
        return reportCommand({arguments.begin() + 1, arguments.end()});
    Parser parser;
    try {
        // CLI11 takes the words from the back.
        parser.app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::Success& wanted) { // help, version
        std::ostringstream text, none;
        const int code = parser.app.exit(wanted, text, none);
        writeOutput(text.str());
        return code;
    } catch (const CLI::ParseError& error) {
        return complain({ErrorKind::argument,
                         firstLine(error.what()) + " (vitrine --help shows what there is)"});
    }
    return parser.code;
}

} // namespace

int commandLine(const std::vector<std::string>& arguments)
{
    startLog(false);
    beginOutput();
    return finishOutput(runVerb(arguments));
}

} // namespace vitrine
