#pragma once

#include "core/jobs/worker/process.h"
#include "core/jobs/worker/worker.h"

#include <filesystem>
#include <string_view>

namespace vitrine
{

// The files of a job folder jobs/<uid>/ (see core/jobs/README.md).
struct JobFolder {
    std::filesystem::path path;

    std::filesystem::path job() const { return path / "job.json"; }
    std::filesystem::path pid() const { return path / "pid"; }
    std::filesystem::path starter() const { return path / "starter"; }
    std::filesystem::path lock() const { return path / "lock"; }
    std::filesystem::path log() const { return path / "log"; }
    std::filesystem::path progress() const { return path / "progress.json"; }
    std::filesystem::path begun() const
    {
        return path / "begun.json";
    } // the record when the work began
    std::filesystem::path bundle() const { return path / "bundle"; }
    std::filesystem::path savedState() const { return path / "state" / "saved"; }
    std::filesystem::path stateFiles() const { return path / "state" / "files"; }
    std::filesystem::path imported() const
    {
        return path / "imported";
    } // the store has this attempt
    std::filesystem::path attempts() const { return path / "attempt"; }

    bool canGoOn() const;    // a state was saved
    bool isHalfMade() const; // was never whole: its maker was killed
    bool hasBundle() const;  // whole, and not imported yet
    bool isAlive() const;    // its worker runs and is registered
    bool isRunning() const;  // its worker runs, or is being started
    bool isStarting() const; // the process that has made it is there, and has not started it yet
    bool isUnderWay() const; // either; also right at the moment when the one becomes the other
    int attempt() const;     // which attempt the newest one is; 0 before the first
    // Forgets what an earlier attempt left, except its state and log, and counts the new one.
    Result<void> prepareAttempt() const;
    void started() const; // the worker is registered, or could not be started
    Result<Descriptor> openLock() const;
};

// Where the job of a run lies. The uid may come from anywhere: one that is no uid has no folder.
Result<std::filesystem::path> jobPath(const std::filesystem::path& jobsFolder,
                                      std::string_view uid);

} // namespace vitrine
