#include "core/jobs/worker/guarded_run.h"

#include <fstream>
#include <string>
#include <unistd.h>

namespace vitrine
{
namespace
{

std::string cpuName()
{
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);)
        if (line.starts_with("model name"))
            if (const auto colon = line.find(": "); colon != std::string::npos)
                return line.substr(colon + 2);
    return "unknown";
}

std::string hostName()
{
    char name[256] = {};
    return ::gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

} // namespace

void describeMachine(RunRecord& run)
{
    static const std::string kCpu = cpuName();
    run.programVersion = VITRINE_VERSION;
    run.build = VITRINE_BUILD;
    run.host = hostName();
    run.cpu = kCpu;
}

std::string programVersion()
{
    return VITRINE_VERSION;
}

} // namespace vitrine
