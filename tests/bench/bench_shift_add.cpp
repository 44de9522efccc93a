// Products that only add and only shift beside the multiplications that they replace, at the sizes
// of ShiftAddViT's own benchmarks: medians of interleaved runs. What is timed is the product alone:
// codes are packed and weights laid out before. On one thread its processor time, on two the clock.
//   bench_shift_add [rounds = 15]
#include "core/base/parallel.h"
#include "core/quant/vision/product_race.h"
#include "tests/bench/bench_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace vitrine::bench
{
namespace
{

// The first is what the others are compared with: above 1 is faster than it. On a machine that has
// other work the least times say more than the medians.
void report(const std::string& name, int threads, const std::vector<quant::Racer>& racers,
            const std::vector<std::vector<double>>& seconds)
{
    const auto least = [](const std::vector<double>& all) {
        return *std::ranges::min_element(all);
    };
    for (std::size_t i = 0; i < racers.size(); ++i)
        fmt::print(
            "{:24} {} threads  {:26} median {:8.1f} us {:5.2f} x  least {:8.1f} us {:5.2f} x\n",
            name, threads, racers[i].name, median(seconds[i]) * 1e6,
            median(seconds[0]) / median(seconds[i]), least(seconds[i]) * 1e6,
            least(seconds[0]) / least(seconds[i]));
}

void run(int rounds)
{
    for (const int threads : {1, 2}) {
        setThreadCount(threads);
        for (const quant::RacedProduct& product : quant::publishedRaces()) {
            const auto racers = quant::racersOf(product).value();
            std::vector<std::vector<double>> seconds(racers.size());
            for (int round = 0; round < rounds; ++round)
                for (std::size_t i = 0; i < racers.size(); ++i)
                    seconds[i].push_back(quant::racedSeconds(racers[i].work, threads));
            report(product.name(), threads, racers, seconds);
        }
    }
}

} // namespace
} // namespace vitrine::bench

int main(int count, char** words)
{
    vitrine::bench::run(count > 1 ? std::max(1, std::atoi(words[1])) : 15);
    return 0;
}
