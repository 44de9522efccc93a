#pragma once

#include "core/jobs/worker/worker.h"

#include <filesystem>
#include <functional>
#include <optional>

namespace vitrine
{

// How runPool asks and tells; all are called on the calling thread.
struct PoolHooks {
    // The next job folder; none: there are no more.
    std::function<std::optional<std::filesystem::path>()> next;
    // A worker has ended: its record, ready to be kept.
    std::function<void(const RunRecord&)> ended;
    // True: no further job is begun and those under way are cancelled. Asked many times a second.
    std::function<bool()> stop;
};

// Works through job folders with at most `parallel` worker processes at a time, until there are no
// more and all have ended. Error where a worker cannot be started (those under way are waited for).
Result<void> runPool(const std::filesystem::path& program, int parallel, const PoolHooks& hooks);

} // namespace vitrine
