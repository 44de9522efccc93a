#pragma once

#include <csignal>

namespace vitrine
{

// Signals that ask a process to stop: SIGTERM and SIGINT for its end, SIGUSR1 for a pause. One
// thread takes them and does nothing else, so that no handler ever runs on a thread that computes:
// generated code (oneDNN's matrix products) keeps its stack pointer in a buffer of the heap, and a
// handler would write over what lies around it.

const sigset_t& stopSignals();

// Blocks them in the calling thread, hence in all that it starts from now on, and starts the thread
// that takes them. To be called before other threads are started; once more does no harm.
void takeStopSignals();

bool isCancelAsked();
bool isPauseAsked(); // and no cancel
bool isStopAsked();  // one of them
bool takePause();    // whether a pause was asked for since the last call

} // namespace vitrine
