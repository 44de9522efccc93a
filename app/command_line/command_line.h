#pragma once

#include <string>
#include <vector>

namespace vitrine
{

// Whether these arguments (without the program's name) are for the command line; if not, the window
// opens.
bool isForCommandLine(const std::vector<std::string>& arguments);

// `vitrine VERB ...`: results on the output, progress and messages on the error stream. Exit codes:
// 0 done, 1 failed, 2 wrong arguments, 3 unreadable input, 130 cancelled.
int commandLine(const std::vector<std::string>& arguments);

} // namespace vitrine
