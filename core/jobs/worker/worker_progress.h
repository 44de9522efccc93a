#pragma once

#include "core/jobs/experiment/progress.h"
#include "core/jobs/worker/job_folder.h"
#include "core/jobs/worker/line_writer.h"
#include "core/jobs/worker/stop_signals.h"

#include <chrono>

namespace vitrine
{

// What every worker does first: one thread takes the signals that ask for a stop; SIGPIPE and
// SIGHUP are ignored, so that the parent may go away; a mapped file that loses its end ends the
// process.
void prepareWorker();

// The progress of a run in its worker: lines to the parent, a small file for those who attach
// later, and the signals.
class WorkerProgress : public Progress
{
public:
    explicit WorkerProgress(JobFolder folder);

    bool advance(double done, double total, std::string_view what) override;
    bool isCancelled() const override { return isStopAsked(); }
    void message(std::string_view line) override;
    void partial(const Table& table) override;
    std::filesystem::path artifactFolder() const override;
    Result<void> saveState(std::string_view bytes) override;
    std::optional<std::string> loadState() const override;
    std::filesystem::path stateFolder() const override;

    void state(std::string_view name);

private:
    void writeProgressFile(const std::string& line) const;

    using Clock = std::chrono::steady_clock;

    JobFolder folder_;
    LineWriter lines_;
    Clock::time_point lastLine_{}, lastFile_{};
};

} // namespace vitrine
