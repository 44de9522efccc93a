#pragma once

#include "core/jobs/experiment/run_record.h"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vitrine
{

// What `vitrine work JOB` reads: a job folder jobs/<uid>/ with job.json, log, state/, bundle/ and
// pid.
struct Job {
    std::string uid;
    std::string experiment;
    int experimentVersion = 1;
    std::string plugin;
    std::map<std::string, std::string> given; // parameters as texts; checked again by the worker
    // `given` resolved, with types, by who writes the job (makeJob): what the record has where the
    // worker never came to resolve them itself.
    Params params;
    std::string parent;            // uid of the run that this one repeats, or empty
    std::uint64_t memoryLimit = 0; // bytes for RLIMIT_DATA; 0: none
    double timeLimit = 0;          // seconds; 0: none
    int attempts = 0;              // made of this run before, as its store knows
};

// Appears whole or not at all. What is left of a folder of this name that was never whole makes
// room.
Result<std::filesystem::path> writeJob(const std::filesystem::path& jobsFolder, const Job& job);
Result<Job> readJob(const std::filesystem::path& jobFolder);

// One line of a worker's standard output, as JSON: {"progress":[done,total,"layers"]},
// {"message":"..."},
// {"partial":{"name":...,"columns":...,"rows":...}}, {"state":"done"}.
struct WorkerEvent {
    enum class Kind { progress, message, partial, state } kind = Kind::message;
    double done = 0, total = 0;
    std::string text; // what is counted, the message, or the state
    Table table;
};

// A running worker process: `vitrine work JOBFOLDER` started with posix_spawn in its own process
// group, so that it outlives its parent. All calls from one thread.
class Worker
{
public:
    static Result<std::unique_ptr<Worker>> start(const std::filesystem::path& program,
                                                 const std::filesystem::path& jobFolder);
    // A worker started by a process that is gone: watched by its pid file and log. Error where none
    // is alive.
    static Result<std::unique_ptr<Worker>> attach(const std::filesystem::path& jobFolder);
    ~Worker(); // leaves the process running

    int fileDescriptor()
        const; // becomes readable when there are lines or the end; -1 for attached workers: poll
    // Handles what has arrived, without blocking. False once the worker has ended.
    bool poll(const std::function<void(const WorkerEvent&)>& onEvent);
    // SIGTERM (the run ends as cancelled, state saved); SIGKILL after a grace of 3 s without an
    // answer, in poll.
    void cancel();
    void pause(); // SIGUSR1: the experiment saves its state and ends as paused

    // After the end: the bundle, or a record of a failed run with the worker's last words (signal,
    // exit code, tail of the log). Always a record that can be stored.
    RunRecord collect() const;

    const Job& job() const;
    std::filesystem::path folder() const;

private:
    struct Private;
    explicit Worker(std::unique_ptr<Private> d);
    std::unique_ptr<Private> d_;
};

// The warm worker for live tuning: `vitrine work --live`. JSON lines both ways; the answer to a
// request carries its number; big tables and artifacts lie in files of the session's folder (in
// $XDG_RUNTIME_DIR or /dev/shm).
//   -> {"open":{"experiment":...,"params":{...}}}   -> {"update":7,"params":{...}}   ->
//   {"close":true}
//   <- {"opened":true} | {"result":7,...run as in run.json...} |
//   {"error":7,"kind":...,"message":...}
// The newest request wins: an update that waits behind a newer one is answered {"dropped":6}.
class LiveWorker
{
public:
    static Result<std::unique_ptr<LiveWorker>>
    start(const std::filesystem::path& program, const std::string& experiment,
          const std::map<std::string, std::string>& given);
    ~LiveWorker(); // ends the process

    int fileDescriptor() const;
    void update(std::int64_t request, const std::map<std::string, std::string>& given);
    struct Answer {
        std::int64_t request = 0;
        Result<RunResult> result;
    };
    // False once the worker has died; `lastWords` then says why.
    bool poll(const std::function<void(Answer)>& onAnswer);
    std::string lastWords() const;

private:
    struct Private;
    explicit LiveWorker(std::unique_ptr<Private> d);
    std::unique_ptr<Private> d_;
};

} // namespace vitrine
