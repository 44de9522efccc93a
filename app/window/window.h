#pragma once

namespace vitrine
{

// `vitrine [WORKSPACE]`: the window, until it is closed. The exit code.
// For tests and reports of faults: VITRINE_QUIT_AFTER_PAINT=1 prints milliseconds from the start of
// the process (or from VITRINE_EXEC_TIME_NS on the system clock) to the first paint and the peak
// memory, then quits; VITRINE_SCREENSHOT=FILE.png keeps a picture of the window after
// VITRINE_SCREENSHOT_MS (1000) milliseconds and quits.
int runWindow(int argc, char** argv);

} // namespace vitrine
