// Simulators: DeiT-Tiny on every accelerator, design points per second of a sweep on one thread and
// on all, mappings per second, and the topologies that SCALE-Sim v2 takes long for.
//   bench_sim [repetitions = 2000]
#include "core/base/json.h"
#include "core/base/parallel.h"
#include "core/sim/search/mapper.h"
#include "core/sim/search/sweep.h"
#include "core/sim/workload/workloads.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace vitrine::bench
{
namespace
{

template <typename Body>
double seconds(const Body& body)
{
    const auto start = std::chrono::steady_clock::now();
    body();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Json timeOf(const sim::Accelerator& accelerator, const sim::Workload& workload, int repetitions)
{
    const sim::Settings settings = sim::defaultSettings(accelerator.parameters);
    std::vector<double> times;
    for (int i = 0; i < repetitions; ++i)
        times.push_back(seconds([&] {
            if (!sim::simulate(workload, accelerator, settings))
                std::exit(1);
        }));
    std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
    const double median = times[times.size() / 2];
    fmt::print("{:14} {:14} {:8.1f} us\n", accelerator.id, workload.name, median * 1e6);
    return {{"accelerator", accelerator.id}, {"workload", workload.name}, {"seconds", median}};
}

Json sweepOf(const char* id, const char* workloadName, const char* ranges, int threads)
{
    const sim::Accelerator& accelerator = *sim::findAccelerator(id);
    const sim::Workload workload = sim::namedWorkload(workloadName).value();
    const auto axes = sim::parseSweep(accelerator, ranges).value();
    setThreadCount(threads);
    std::size_t points = 0;
    const double time = seconds([&] {
        points =
            sim::sweep(workload, accelerator, sim::defaultSettings(accelerator.parameters), axes)
                .value()
                .size();
    });
    const double rate = static_cast<double>(points) / time;
    fmt::print("{:14} {:22} {} points, {} threads: {:.0f} points/s\n", id, workloadName, points,
               threads, rate);
    return {{"accelerator", id},
            {"workload", workloadName},
            {"points", points},
            {"threads", threads},
            {"points_per_second", rate}};
}

Json mapOf(const char* workloadName, std::int64_t budget)
{
    const sim::Accelerator& array = *sim::findAccelerator("systolic");
    const sim::Workload workload = sim::namedWorkload(workloadName).value();
    sim::MapResult found;
    const double time = seconds([&] {
        found = sim::findMapping(workload, array, sim::defaultSettings(array.parameters),
                                 {sim::MapObjective::edp, budget, 0})
                    .value();
    });
    const double rate = static_cast<double>(found.evaluated) / time;
    fmt::print("map            {:22} {} mappings, EDP gain {:.3f}: {:.0f} mappings/s\n",
               workloadName, found.evaluated, found.edpGain(), rate);
    return {{"workload", workloadName},
            {"mappings", found.evaluated},
            {"edp_gain", found.edpGain()},
            {"mappings_per_second", rate}};
}

// Recorded of SCALE-Sim v2 (commit 22f88b1, Python 3.11): complete runs of AlexNet's five layers on
// 32 x 32 were stopped after 60 s with every dataflow, on another machine than this. So the ratio
// is a lower bound, and no more than that.
Json scaleSimBound(int repetitions)
{
    constexpr double kStoppedAfter = 60;
    const sim::Accelerator& array = *sim::findAccelerator("systolic");
    const sim::Workload alexnet = sim::namedWorkload("alexnet").value();
    const double median = timeOf(array, alexnet, repetitions)["seconds"].get<double>();
    fmt::print("alexnet, 32 x 32: at least {:.0f} times as fast as a run that was stopped after "
               "{} s\n",
               kStoppedAfter / median, kStoppedAfter);
    return {
        {"workload", "alexnet"}, {"seconds", median}, {"scalesim_stopped_after", kStoppedAfter}};
}

} // namespace
} // namespace vitrine::bench

int main(int count, char** arguments)
{
    using namespace vitrine;
    const int repetitions = count > 1 ? std::atoi(arguments[1]) : 2000;
    Json results = Json::array();
    const sim::Workload deit = sim::namedWorkload("deit-tiny").value();
    for (const sim::Accelerator& accelerator : sim::accelerators()) {
        if (accelerator.id != "nvca")
            results.push_back(bench::timeOf(accelerator, deit, repetitions));
        results.push_back(bench::timeOf(
            accelerator, sim::namedWorkload(accelerator.workloads[0]).value(), repetitions));
    }
    const int all = threadCount();
    for (const int threads : {1, all}) {
        results.push_back(bench::sweepOf("systolic", "deit-tiny",
                                         "rows=4:256:2;cols=4:256:2;dataflow=os,ws,is", threads));
        results.push_back(
            bench::sweepOf("p2vit", "deit-tiny", "rows=1:128:1;depth=1:256:1", threads));
        results.push_back(bench::sweepOf("efficientvit", "efficientvit-b1@224",
                                         "lanes=1:64:1;multipliers=1:64:1;replicas=1:8:1",
                                         threads));
        results.push_back(
            bench::sweepOf("vitality", "deit-tiny", "rows=1:128:1;cols=1:256:1", threads));
        results.push_back(bench::sweepOf("nasa", "hybrid-all-a@cifar10",
                                         "budget=100:10000:1;allocation=ideal,integer", threads));
    }
    setThreadCount(1);
    results.push_back(bench::mapOf("deit-tiny", 200'000));
    results.push_back(bench::scaleSimBound(repetitions));
    fmt::print("{}\n", dumpJson(results));
    return 0;
}
