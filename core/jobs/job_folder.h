#pragma once

#include "core/jobs/worker.h"

#include <filesystem>

namespace vitrine {

// The files of a job folder jobs/<uid>/ (see core/jobs/README.md).
struct JobFolder {
    std::filesystem::path path;

    std::filesystem::path job() const { return path / "job.json"; }
    std::filesystem::path pid() const { return path / "pid"; }
    std::filesystem::path lock() const { return path / "lock"; }
    std::filesystem::path log() const { return path / "log"; }
    std::filesystem::path progress() const { return path / "progress.json"; }
    std::filesystem::path begun() const { return path / "begun.json"; } // the record when the work began
    std::filesystem::path bundle() const { return path / "bundle"; }
    std::filesystem::path savedState() const { return path / "state" / "saved"; }
    std::filesystem::path imported() const { return path / "imported"; } // the store has this attempt

    bool canGoOn() const;         // a state was saved
    bool isAlive() const;         // its worker runs
    bool mayBeStarting() const;   // made or started again moments ago, the worker not yet registered
    void prepareAttempt() const;  // forgets what an earlier attempt left, except its state and log
};

} // namespace vitrine
