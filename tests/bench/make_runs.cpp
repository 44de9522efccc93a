// make_runs WORKSPACE [COUNT]: a workspace of 100,000 runs with 50 metrics each, for bench_runs and
// for looking at the Runs page at scale.
#include "tests/support/many_runs.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace vitrine;

int main(int argc, char** argv)
{
    if (argc < 2) {
        std::fprintf(stderr, "make_runs WORKSPACE [COUNT]\n");
        return 2;
    }
    const int count = argc > 2 ? std::atoi(argv[2]) : 100'000;
    auto store = Store::open(argv[1]);
    const auto start = std::chrono::steady_clock::now();
    const auto made = store ? tests::makeManyRuns(*store, count) : tl::unexpected(store.error());
    if (!made) {
        std::fprintf(stderr, "%s\n", made.error().message.c_str());
        return 1;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::printf("%d runs of %d metrics in %.1f s\n", count, tests::kManyMetrics, took.count());
    return 0;
}
