// Products of one vector with matrices as llama.cpp computes them, in its storage types: the peer
// of our own. Each is measured over so many matrices that four times the last cache is read.
//   bench_llama_cpp [rounds = 9]
#include "tests/bench/llama_cpp_peer.h"

#include <fmt/format.h>

#include <cstdlib>

namespace vitrine::bench
{
namespace
{

void measure(PeerType type, std::int64_t rows, std::int64_t columns, int rounds)
{
    const auto products = PeerProducts::make(type, rows, columns);
    if (!products) {
        fmt::print("{} {} x {}: llama.cpp has no place for such weights\n", peerTypeName(type),
                   rows, columns);
        return;
    }
    for (const int threads : {1, 2}) {
        products->seconds(threads);
        std::vector<double> taken;
        for (int round = 0; round < rounds; ++round)
            taken.push_back(products->seconds(threads));
        std::ranges::sort(taken);
        const double median = taken[taken.size() / 2];
        fmt::print("{} {} x {}, {} {}: {:.3f} ms ({:.3f} to {:.3f}), {:.2f} GB/s, weights in {}\n",
                   peerTypeName(type), rows, columns, threads, threads == 1 ? "thread" : "threads",
                   1e3 * median, 1e3 * taken.front(), 1e3 * taken.back(),
                   static_cast<double>(products->matrixBytes()) / median / 1e9, products->place());
    }
}

} // namespace
} // namespace vitrine::bench

int main(int count, char** arguments)
{
    using namespace vitrine::bench;
    const int rounds = count > 1 ? std::max(1, std::atoi(arguments[1])) : 9;
    if (!LlamaCpp::find()) {
        fmt::print("llama.cpp is not in {}: packaging/install peers fetches it\n",
                   llamaCppFolder().string());
        return 0;
    }
    fmt::print("{}\n", LlamaCpp::find()->processorLibrary());
    for (const std::int64_t columns : {4096, 11008})
        for (const PeerType type : {PeerType::q4_0, PeerType::q3_K, PeerType::q2_K, PeerType::q8_0})
            measure(type, 4096, columns, rounds);
    return 0;
}
