#include "app/command_line/command_line.h"

#if __has_include("app/window/window.h")
#include "app/window/window.h"
#define VITRINE_HAS_WINDOW
#endif

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <vector>

namespace
{

int window(int argc, char** argv)
{
#ifdef VITRINE_HAS_WINDOW
    return vitrine::runWindow(argc, argv);
#else
    (void)argc, (void)argv;
    std::fputs("vitrine: this program was built without its window (vitrine --help)\n", stderr);
    return 2;
#endif
}

// A stream that was closed before we began (`>&-`) must not become the number of a file that we
// open: what is written to it would go into that file. Opened for reading, so that a write to it
// fails and is told.
void holdStandardStreams()
{
    for (int stream = 0; stream <= 2; ++stream)
        if (::fcntl(stream, F_GETFD) < 0)
            (void)::open("/dev/null", O_RDONLY); // takes the lowest free number
}

} // namespace

int main(int argc, char** argv)
{
    holdStandardStreams();
    std::vector<std::string> arguments(argv + 1, argv + argc);
    if (vitrine::isForCommandLine(arguments))
        return vitrine::commandLine(arguments);
    if (!arguments.empty() && arguments[0] == "--workspace") {
        if (arguments.size() < 2) {
            std::fputs("vitrine: --workspace needs a file\n", stderr);
            return 2;
        }
        ::setenv("VITRINE_WORKSPACE", argv[2], 1);
        argv[2] = argv[0]; // the window sees what follows
        return window(argc - 2, argv + 2);
    }
    return window(argc, argv);
}
