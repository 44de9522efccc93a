#pragma once

#include "core/base/mapped_file.h"
#include "core/base/parallel.h"
#include "core/jobs/experiment/experiment.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

// Experiments for tests of what happens around a computation: signals, files that change.
namespace vitrine::tests
{

// A field of /proc/.../status as a number.
inline std::uint64_t statusField(const std::filesystem::path& status, const std::string& name)
{
    std::ifstream file(status);
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(name + ":"))
            return std::stoull(line.substr(name.size() + 1), nullptr, 16);
    return 0;
}

// What each thread of this process, while it computes, does with signals: a table with the thread's
// name and, as bits, the signals it blocks; a metric with those that have a handler.
class SignalsExperiment : public Experiment
{
public:
    ExperimentInfo info() const override
    {
        return {"test.signals", "Signals", "Says which thread would run a handler.", 1};
    }
    std::vector<ParamSpec> params(const Params&) const override { return {}; }
    Result<RunResult> run(const Params&, Progress&) const override
    {
        parallelFor(
            64, [](std::size_t) { std::this_thread::sleep_for(std::chrono::milliseconds(1)); }, 3);
        RunResult result;
        Table threads{"threads",
                      {{"name", "", Origin::computed, ""}, {"blocked", "1", Origin::computed, ""}},
                      {}};
        for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
            std::string name;
            std::ifstream comm(thread.path() / "comm");
            std::getline(comm, name);
            const auto blocked = statusField(thread.path() / "status", "SigBlk");
            threads.rows.push_back({name, static_cast<std::int64_t>(blocked & 0x7fffffff)});
        }
        result.tables.push_back(std::move(threads));
        const auto caught = statusField("/proc/self/status", "SigCgt") & 0x7fffffff;
        result.metrics.push_back(
            {"caught", static_cast<double>(caught), "1", Origin::computed, ""});
        return result;
    }
};

// Adds up the bytes of a mapped file again and again.
class ReadExperiment : public Experiment
{
public:
    ExperimentInfo info() const override
    {
        return {"test.read", "Read", "Adds up the bytes of a file.", 1};
    }
    std::vector<ParamSpec> params(const Params&) const override
    {
        ParamSpec file, passes;
        file.name = "path", file.type = ParamType::text, file.fallback = std::string();
        passes.name = "passes", passes.type = ParamType::integer;
        passes.fallback = std::int64_t{1'000'000};
        file.help = passes.help = "For tests";
        return {file, passes};
    }
    Result<RunResult> run(const Params& params, Progress& progress) const override
    {
        VITRINE_TRY(const MappedFile file, MappedFile::open(params.text("path")));
        const std::int64_t passes = params.integer("passes");
        std::int64_t sum = 0;
        for (std::int64_t pass = 1; pass <= passes; ++pass) {
            for (const std::byte byte : file.bytes())
                sum += std::to_integer<std::int64_t>(byte);
            if (!progress.advance(static_cast<double>(pass), static_cast<double>(passes),
                                  "passes")) {
                VITRINE_CHECK(progress.saveState(std::to_string(sum)));
                return cancelled();
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        RunResult result;
        result.metrics.push_back({"sum", static_cast<double>(sum), "1", Origin::computed, ""});
        return result;
    }
    Result<std::unique_ptr<LiveSession>> open(const Params& opened) const override
    {
        class Session : public LiveSession
        {
        public:
            explicit Session(MappedFile file) : file_(std::move(file)) {}
            Result<RunResult> update(const Params&, Progress&) override
            {
                RunResult result;
                double sum = 0;
                for (const std::byte byte : file_.bytes())
                    sum += std::to_integer<int>(byte);
                result.metrics.push_back({"sum", sum, "1", Origin::computed, ""});
                return result;
            }

        private:
            MappedFile file_;
        };
        VITRINE_TRY(MappedFile file, MappedFile::open(opened.text("path")));
        return std::make_unique<Session>(std::move(file));
    }
};

} // namespace vitrine::tests
