#pragma once

#include "core/sim/cost/accelerator.h"
#include "core/sim/workload/workloads.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace vitrine::sim::tests
{

inline SimResult simulated(const char* accelerator, const Workload& workload,
                           const std::map<std::string, double>& changes = {})
{
    const Accelerator* machine = findAccelerator(accelerator);
    EXPECT_NE(machine, nullptr) << accelerator;
    const auto settings = settingsWith(machine->parameters, changes);
    EXPECT_TRUE(settings) << (settings ? "" : settings.error().message);
    const auto result = simulate(workload, *machine, settings.value_or(Settings{}));
    EXPECT_TRUE(result) << (result ? "" : result.error().message);
    return result.value_or(SimResult{});
}

inline SimResult simulated(const char* accelerator, const char* workload,
                           const std::map<std::string, double>& changes = {})
{
    const auto opened = namedWorkload(workload);
    EXPECT_TRUE(opened) << workload;
    return simulated(accelerator, opened.value_or(Workload{}), changes);
}

inline double extra(const SimResult& result, const std::string& name)
{
    for (const Extra& one : result.extras)
        if (one.name == name)
            return one.value;
    ADD_FAILURE() << "no extra " << name;
    return 0;
}

} // namespace vitrine::sim::tests
