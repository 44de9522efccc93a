#pragma once

#include "core/jobs/worker/process.h"

#include <filesystem>
#include <optional>

namespace vitrine
{

// Says that somebody is making something in a folder. Whoever makes shares the lock; whoever
// collects what was left half made wants it alone, and so knows that nobody is at work. The system
// ends it with the process, however that ends.
class FolderLock
{
public:
    // Waits for a collector, which is quick. Nothing where the folder cannot be locked.
    static std::optional<FolderLock> shared(const std::filesystem::path& folder);
    // Never waits: nothing while somebody shares the lock.
    static std::optional<FolderLock> alone(const std::filesystem::path& folder);

private:
    explicit FolderLock(Descriptor folder) : folder_(std::move(folder)) {}
    Descriptor folder_;
};

} // namespace vitrine
