#include "app/command_line/output.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace vitrine::command
{
namespace
{

int outputError = 0; // errno of the first write that failed

} // namespace

void writeOutput(std::string_view text)
{
    if (outputError == 0 && std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
        outputError = errno;
}

void writeErrors(std::string_view text)
{
    (void)std::fwrite(text.data(), 1, text.size(), stderr);
}

void flushOutput()
{
    if ((std::fflush(stdout) != 0 || std::ferror(stdout) != 0) && outputError == 0)
        outputError = errno;
}

void beginOutput()
{
    ::signal(SIGPIPE, SIG_IGN);
    outputError = 0;
}

int finishOutput(int code)
{
    flushOutput();
    if (outputError == 0 || outputError == EPIPE)
        return code;
    printErrors("vitrine: cannot write the output: {}\n", std::strerror(outputError));
    return code == 0 ? 1 : code;
}

} // namespace vitrine::command
