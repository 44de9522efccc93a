#pragma once

#include "core/jobs/experiment/params.h"
#include "core/jobs/experiment/run_result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace vitrine
{

enum class RunState { queued, running, paused, interrupted, done, failed, cancelled };

std::string_view runStateName(RunState state);
Result<RunState> parseRunState(std::string_view name);

// All that is known of one run: what a bundle holds, what the store keeps, what a view draws.
struct RunRecord {
    std::int64_t number = 0; // in its store; 0 while it is in none
    std::string uid;         // 32 hexadecimal digits, the same in every store
    std::string experiment;  // "attention.capture"
    int experimentVersion = 1;
    std::string plugin; // "attention"
    std::string programVersion;
    std::string build;   // compiler, flags, commit where known: equal builds repeat bit for bit
    Params params;       // resolved, seed and threads among them
    std::string command; // the command line that repeats it
    std::string host, cpu;
    int threads = 0;     // used
    int attempt = 0;     // 1, 2, ...: counts up each time the run is started again; 0: not known
    std::string started; // UTC, ISO 8601; for people: order comes from `attempt`
    double seconds = 0;  // by the monotonic clock
    RunState state = RunState::queued;
    std::string error; // one line where failed or cancelled
    int exitCode = 0;  // agrees with state: 0 done, 1/2/3 failed, 130 cancelled
    RunResult result;  // artifacts with sha256; path is where the file lies now
    std::vector<std::string> tags;
    std::string note;   // a person's own words
    std::string parent; // uid of the run that this one repeats, else empty
};

// The object that `vitrine run --json` and `vitrine runs show --json` print (experiments.md).
Json toJson(const RunRecord& run);

// The bundle's run.json: everything, and back. Untrusted on the way in.
Json bundleJson(const RunRecord& run);
Result<RunRecord> parseBundleJson(const Json& json);

} // namespace vitrine
