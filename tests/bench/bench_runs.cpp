// bench_runs WORKSPACE [ROUNDS]: how long the Runs page's questions take in a workspace that
// make_runs has made. Median and 95th percentile in milliseconds. "cold": by an index that has read
// nothing yet.
#include "core/store/run_index.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>

using namespace vitrine;

namespace
{

double millisecondsOf(const std::function<void()>& act)
{
    const auto start = std::chrono::steady_clock::now();
    act();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
        .count();
}

void report(const char* what, std::vector<double> times)
{
    std::ranges::sort(times);
    std::printf("%-44s median %7.2f   95 %% %7.2f   max %7.2f   (%zu)\n", what,
                times[times.size() / 2], times[std::min(times.size() - 1, times.size() * 95 / 100)],
                times.back(), times.size());
}

template <typename T>
T must(Result<T> result)
{
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().message.c_str());
        std::exit(1);
    }
    return *std::move(result);
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 2)
        return 2;
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 100;
    const Store store = must(Store::open(argv[1]));
    RunIndex index = must(RunIndex::open(argv[1]));
    std::printf("first read of all runs: %.1f ms\n",
                millisecondsOf([&] { must(index.refresh()); }));
    std::printf("vocabulary: %.1f ms\n", millisecondsOf([&] { (void)store.vocabulary(); }));
    std::printf("%zu runs\n", index.size());

    std::mt19937 random(1);
    const auto metric = [&] { return fmt::format("layer_{:02}_cycles", random() % 45); };
    // A search and the first page of its rows with twelve metrics, as the table shows them.
    const auto search = [&](RunIndex& by, const std::string& filter,
                            const std::string& sort = "number") {
        RunQuery query;
        query.filter = parseFilter(filter);
        query.sortBy = sort;
        query.metrics = {"psnr_y",
                         "ssim",
                         "kbps",
                         "encode_fps",
                         "energy_mj",
                         "layer_00_cycles",
                         "layer_01_cycles",
                         "layer_02_cycles",
                         "layer_03_cycles",
                         "layer_04_cycles",
                         "layer_05_cycles",
                         "layer_06_cycles"};
        auto numbers = must(by.find(query));
        numbers.resize(std::min<std::size_t>(numbers.size(), 100));
        must(store.summaries(numbers, query));
    };
    const auto times = [&](const std::function<void(int)>& act) {
        std::vector<double> taken;
        for (int i = 0; i < rounds; ++i)
            taken.push_back(millisecondsOf([&] { act(i); }));
        return taken;
    };
    report("filter by metric, columns never read", times([&](int i) {
               if (i % 45 == 0)
                   index = must(RunIndex::open(argv[1])), must(index.refresh());
               search(index, fmt::format("layer_{:02}_cycles>9000", i % 45));
           }));
    report("filter by metric",
           times([&](int) { search(index, metric() + ">" + std::to_string(random() % 60000)); }));
    report("filter by experiment, state, parameter", times([&](int i) {
               search(index,
                      fmt::format("experiment:video state:done codec:av1 crf>{}", 18 + i % 24));
           }));
    report("filter by tag and date", times([&](int i) {
               search(index, fmt::format("tag:paper date>2026-{:02}", 1 + i % 12));
           }));
    static const char* const kWords[] = {"video",
                                         "v",
                                         "stories260K",
                                         "clip ends within",
                                         "absent",
                                         "x265 stories",
                                         "attention.capture",
                                         "frame",
                                         "av1"};
    report("filter by words", times([&](int i) { search(index, kWords[i % 9]); }));
    report("five terms", times([&](int i) {
               search(index,
                      fmt::format("stories experiment:video psnr_y>{} kbps<4000 date>2026-03",
                                  30 + i % 10));
           }));
    report("sort by a metric, never read", times([&](int i) {
               if (i % 45 == 0)
                   index = must(RunIndex::open(argv[1])), must(index.refresh());
               search(index, "", fmt::format("metric:layer_{:02}_cycles", i % 45));
           }));
    report("sort by a metric", times([&](int) { search(index, "", "metric:" + metric()); }));
    report("open a run", times([&](int) {
               must(store.load(1 + static_cast<std::int64_t>(random() % index.size())));
           }));
    const auto all = must(index.find({}));
    report("eight columns of all runs", times([&](int) {
               for (int i = 0; i < 8; ++i)
                   must(index.values(metric(), all));
           }));
    report("eight columns, never read", times([&](int i) {
               if (i >= 10)
                   return;
               index = must(RunIndex::open(argv[1])), must(index.refresh());
               for (int c = 0; c < 8; ++c)
                   must(index.values(fmt::format("layer_{:02}_cycles", c), all));
           }));
    report("the plain SQL: filter by metric", times([&](int i) {
               if (i >= 10)
                   return;
               RunQuery query;
               query.filter = parseFilter(metric() + ">9000");
               must(store.find(query));
               must(store.count(query));
           }));
    return 0;
}
