#pragma once

#include "core/jobs/worker/process.h"

namespace vitrine
{

// Opens a file of a job folder with the flags of open(2). Refuses what is not a regular file: a
// FIFO would block for ever, a link may lead anywhere.
Result<Descriptor> openJobFile(const std::filesystem::path& path, int flags);

} // namespace vitrine
