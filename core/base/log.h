#pragma once

#include <spdlog/spdlog.h>

namespace vitrine
{

// Sets up spdlog's default logger once: to the error stream, and (where `toFile`) to
// $XDG_STATE_HOME/vitrine/vitrine.log, rotated at 1 MiB, three kept. VITRINE_LOG (trace, debug,
// info, warn, error, off) sets the level; default warn on the error stream.
void startLog(bool toFile);

} // namespace vitrine
