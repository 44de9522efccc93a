#pragma once

#include <filesystem>

namespace vitrine
{

// Removes from WORKSPACE.d what processes that were killed have left half made: staged files of
// artifacts, job folders that were never whole or were being removed. What anybody is at work on
// stays: whoever makes such things holds a lock.
void removeHalfMade(const std::filesystem::path& folder);

} // namespace vitrine
