#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

// What the command line writes. A write that fails (a full disk, a reader that went away) is no
// exception and no signal: the program goes on, and finishOutput says at the end that the output
// did not arrive.
namespace vitrine::command
{

void writeOutput(std::string_view text);
void writeErrors(std::string_view text); // nobody hears of it where this fails

template <typename... Args>
void printOutput(fmt::format_string<Args...> format, Args&&... args)
{
    writeOutput(fmt::format(format, std::forward<Args>(args)...));
}

template <typename... Args>
void printErrors(fmt::format_string<Args...> format, Args&&... args)
{
    writeErrors(fmt::format(format, std::forward<Args>(args)...));
}

void flushOutput(); // now, for who watches

// Before the first word: a pipe without reader gives an error instead of a signal.
void beginOutput();

// After the last word. `code`, or 1 (and a line on the error stream) where the output could not be
// written. A reader that has seen enough (`| head`) is no failure.
int finishOutput(int code);

} // namespace vitrine::command
