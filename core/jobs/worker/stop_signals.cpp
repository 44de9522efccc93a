#include "core/jobs/worker/stop_signals.h"

#include <array>
#include <atomic>
#include <mutex>
#include <thread>

#include <pthread.h>

namespace vitrine
{
namespace
{

constexpr std::array kStopSignals = {SIGTERM, SIGINT, SIGUSR1};

std::atomic<bool> cancelAsked{false}, pauseAsked{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set in a signal handler");

void noteStop(int number)
{
    (number == SIGUSR1 ? pauseAsked : cancelAsked) = true;
}

[[noreturn]] void waitForStops()
{
    ::pthread_setname_np(::pthread_self(), "stop-signals");
    while (true) {
        int number = 0;
        if (::sigwait(&stopSignals(), &number) == 0)
            noteStop(number);
    }
}

// For threads that a library has started before anybody could block anything: a signal that meets
// one of them is noted there, and does not end the process.
void noteOnEarlierThreads()
{
    struct sigaction action {
    };
    action.sa_handler = noteStop;
    action.sa_flags = SA_RESTART | SA_ONSTACK;
    ::sigfillset(&action.sa_mask);
    for (const int number : kStopSignals)
        ::sigaction(number, &action, nullptr);
}

} // namespace

const sigset_t& stopSignals()
{
    static const sigset_t kSet = [] {
        sigset_t set;
        ::sigemptyset(&set);
        for (const int number : kStopSignals)
            ::sigaddset(&set, number);
        return set;
    }();
    return kSet;
}

void takeStopSignals()
{
    static std::once_flag once;
    std::call_once(once, [] {
        ::pthread_sigmask(SIG_BLOCK, &stopSignals(), nullptr);
        noteOnEarlierThreads();
        std::thread(waitForStops).detach(); // until the process ends
    });
}

bool isCancelAsked()
{
    return cancelAsked;
}

bool isPauseAsked()
{
    return pauseAsked && !cancelAsked;
}

bool isStopAsked()
{
    return cancelAsked || pauseAsked;
}

bool takePause()
{
    return pauseAsked.exchange(false);
}

} // namespace vitrine
