#pragma once

#include "core/jobs/experiment/experiment.h"
#include "core/jobs/worker/work.h"
#include "tests/support/machine_experiments.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

// Small experiments with every fate a run can have; in a plugin for tests of the program, and
// directly for tests of jobs.
namespace vitrine::tests
{

inline ParamSpec spec(std::string name, ParamType type, ParamValue fallback)
{
    ParamSpec made;
    made.name = std::move(name);
    made.type = type;
    made.fallback = std::move(fallback);
    made.help = "For tests";
    return made;
}

// Gives back what it was given: metrics, a table, an artifact.
class EchoExperiment : public Experiment
{
public:
    ExperimentInfo info() const override
    {
        return {"test.echo", "Echo", "Says what it was told.", 1};
    }
    std::vector<ParamSpec> params(const Params&) const override
    {
        auto factor = spec("factor", ParamType::real, 1.5);
        factor.minimum = 0;
        factor.maximum = 10;
        return {spec("text", ParamType::text, std::string("hello")), std::move(factor)};
    }
    std::string insteadFor(const std::map<std::string, std::string>& given) const override
    {
        const auto text = given.find("text");
        const bool isSlow =
            given.contains("steps") || (text != given.end() && text->second == "slow");
        return isSlow ? "test.slow" : "";
    }
    Result<RunResult> run(const Params& params, Progress& progress) const override
    {
        progress.advance(1, 1, "words");
        RunResult result;
        const double length = static_cast<double>(params.text("text").size());
        result.metrics.push_back(
            {"length", length * params.real("factor"), "1", Origin::computed, ""});
        const auto ticks = std::chrono::steady_clock::now().time_since_epoch().count();
        result.metrics.push_back({"clock", static_cast<double>(ticks), "s", Origin::measured, ""});
        Table letters{
            "letters",
            {{"position", "1", Origin::computed, ""}, {"letter", "", Origin::computed, ""}},
            {}};
        for (std::size_t i = 0; i < params.text("text").size(); ++i)
            letters.rows.push_back(
                {static_cast<std::int64_t>(i), params.text("text").substr(i, 1)});
        result.tables.push_back(std::move(letters));
        const auto path = progress.artifactFolder() / "echo.txt";
        std::ofstream(path) << params.text("text");
        result.artifacts.push_back({"echo.txt", "text", path, "", 0, Origin::computed});
        return result;
    }
};

// Counts slowly; saves where it is when it is stopped, and goes on from there.
class SlowExperiment : public Experiment
{
public:
    ExperimentInfo info() const override { return {"test.slow", "Slow", "Takes its time.", 1}; }
    std::vector<ParamSpec> params(const Params&) const override
    {
        return {spec("steps", ParamType::integer, std::int64_t{100}),
                spec("deaf", ParamType::boolean, false)};
    }
    Result<RunResult> run(const Params& params, Progress& progress) const override
    {
        std::int64_t step = 0;
        if (const auto saved = progress.loadState())
            step = std::stoll(*saved);
        const std::int64_t resumedAt = step;
        std::int64_t keptStep = 0;
        std::ifstream(progress.stateFolder() / "step") >> keptStep;
        for (; step < params.integer("steps"); ++step) {
            const bool goOn = progress.advance(
                static_cast<double>(step), static_cast<double>(params.integer("steps")), "steps");
            if (!goOn && !params.boolean("deaf")) {
                std::ofstream(progress.stateFolder() / "step") << step;
                if (auto saved = progress.saveState(std::to_string(step)); !saved)
                    return tl::unexpected(saved.error());
                return cancelled();
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        RunResult result;
        result.metrics.push_back({"steps", static_cast<double>(step), "1", Origin::computed, ""});
        result.metrics.push_back(
            {"resumed_at", static_cast<double>(resumedAt), "1", Origin::measured, ""});
        result.metrics.push_back(
            {"kept_step", static_cast<double>(keptStep), "1", Origin::measured, ""});
        return result;
    }
};

class CrashExperiment : public Experiment
{
public:
    ExperimentInfo info() const override { return {"test.crash", "Crash", "Dies.", 1}; }
    std::vector<ParamSpec> params(const Params&) const override
    {
        auto way = spec("way", ParamType::choice, std::string("segv"));
        way.choices = {{"segv", "", ""},   {"abort", "", ""},   {"exit", "", ""},
                       {"memory", "", ""}, {"swallow", "", ""}, {"throw", "", ""}};
        return {way};
    }
    Result<RunResult> run(const Params& params, Progress&) const override
    {
        const auto& way = params.text("way");
        std::fputs("about to crash\n", stderr);
        if (way == "segv") {
            ::signal(SIGSEGV, SIG_DFL); // sanitizers would answer it
            ::raise(SIGSEGV);
        }
        if (way == "abort") {
            ::signal(SIGABRT, SIG_DFL);
            ::raise(SIGABRT);
        }
        if (way == "exit")
            std::_Exit(7);
        if (way == "throw")
            throw std::runtime_error("a library lost its nerve");
        try {
            std::vector<std::string> hoard;
            for (int i = 0; i < 4096; ++i)
                hoard.emplace_back(std::size_t{1} << 20, 'x');
        } catch (const std::bad_alloc&) { // "swallow": as libraries do
            if (way != "swallow")
                throw;
            return inputError("cannot read big.bin: it is of no known kind");
        }
        return RunResult{};
    }
};

class FailExperiment : public Experiment
{
public:
    ExperimentInfo info() const override { return {"test.fail", "Fail", "Does not succeed.", 1}; }
    std::vector<ParamSpec> params(const Params&) const override
    {
        auto kind = spec("kind", ParamType::choice, std::string("failed"));
        kind.choices = {{"failed", "", ""}, {"input", "", ""}};
        return {kind};
    }
    Result<RunResult> run(const Params& params, Progress&) const override
    {
        if (params.text("kind") == "input")
            return inputError("cannot read nothing.txt: it is not there");
        return failure("it did not work out");
    }
};

// Live: answers value * 2, slowly where asked; "crash" ends the process.
class LiveExperiment : public Experiment
{
public:
    ExperimentInfo info() const override { return {"test.live", "Live", "Doubles a number.", 1}; }
    std::vector<ParamSpec> params(const Params&) const override
    {
        return {spec("value", ParamType::real, 1.0),
                spec("milliseconds", ParamType::integer, std::int64_t{0}),
                spec("crash", ParamType::boolean, false),
                spec("rows", ParamType::integer, std::int64_t{0})};
    }
    Result<RunResult> run(const Params& params, Progress& progress) const override
    {
        for (std::int64_t waited = 0; waited < params.integer("milliseconds"); waited += 5) {
            if (!progress.advance(static_cast<double>(waited), 1, ""))
                return cancelled();
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        if (params.boolean("crash"))
            std::_Exit(9);
        RunResult result;
        result.metrics.push_back({"double", params.real("value") * 2, "1", Origin::computed, ""});
        Table table{"rows", {{"n", "1", Origin::computed, ""}}, {}};
        for (std::int64_t i = 0; i < params.integer("rows"); ++i)
            table.rows.push_back({i});
        result.tables.push_back(std::move(table));
        return result;
    }
    Result<std::unique_ptr<LiveSession>> open(const Params&) const override
    {
        class Session : public LiveSession
        {
        public:
            Result<RunResult> update(const Params& params, Progress& progress) override
            {
                return LiveExperiment().run(params, progress);
            }
        };
        return std::make_unique<Session>();
    }
};

inline FoundExperiment findTestExperiment(std::string_view id)
{
    static const auto kAll =
        experiments<EchoExperiment, SlowExperiment, CrashExperiment, FailExperiment, LiveExperiment,
                    SignalsExperiment, ReadExperiment>();
    for (const auto& experiment : kAll)
        if (experiment->info().id == id)
            return {experiment.get(), "test", {}};
    return {nullptr, {}, "there is no experiment \"" + std::string(id) + "\""};
}

// A test program is its own worker: started as `PROGRAM work ...` it does that and never reaches
// main. Called by an initialiser of a test source.
inline bool workIfAsked()
{
    std::ifstream file("/proc/self/cmdline");
    std::vector<std::string> words;
    for (std::string word; std::getline(file, word, '\0');)
        words.push_back(word);
    if (words.size() >= 3 && words[1] == "work")
        std::exit(words[2] == "--live" ? liveMain(findTestExperiment)
                                       : workMain(words[2], {}, findTestExperiment));
    return true;
}

} // namespace vitrine::tests
