// A picture of 352 x 288 pixels made of one half as wide and as high by each S2R, beside the
// trainer's own network in libtorch with the same weights: median of interleaved pairs.
//   bench_superres [pairs = 7]
#include "core/base/parallel.h"
#include "core/base/resources.h"
#include "core/superres/s2r/s2r.h"
#include "tests/bench/bench_model.h"
#include "tests/bench/torch_superres.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include <dlfcn.h>

namespace vitrine::bench
{
namespace
{

constexpr std::int64_t kWidth = 176, kHeight = 144;

superres::Image someImage()
{
    superres::Image low = superres::blankImage(kWidth, kHeight);
    for (std::size_t i = 0; i < low.values.size(); ++i)
        low.values[i] = static_cast<float>((i * 7919) % 256) / 255;
    return low;
}

void measureUpscaling(const std::string& name, MakeTorchSuperres makeTorch, int pairs, int threads)
{
    setThreadCount(threads);
    const auto folder = findResource("models/" + name + "-x2");
    const auto ours = superres::openS2r(folder.value(), 2);
    const std::unique_ptr<TorchSuperres> torch(
        makeTorch(name.c_str(), 2, folder->string().c_str(), threads));
    if (!ours || !torch)
        throw std::runtime_error("cannot open " + name);
    const superres::Image low = someImage();
    superres::Image high;
    const auto run = [&] { high = std::move((*ours)->enlarged(low, {})->image); };
    std::span<const float> theirs;
    const auto runTorch = [&] { theirs = torch->run(low.values, kHeight, kWidth); };
    run(), runTorch(), run(), runTorch();
    double difference = 0;
    for (std::size_t i = 0; i < theirs.size(); ++i)
        difference =
            std::max(difference, static_cast<double>(std::abs(theirs[i] - high.values[i])));
    std::vector<double> own, peer, ratio;
    for (int i = 0; i < pairs; ++i) {
        peer.push_back(seconds(runTorch));
        own.push_back(seconds(run));
        ratio.push_back(peer.back() / own.back());
    }
    fmt::print("{} x2 to 352 x 288, {} thread{}: {:.1f} ms, {:.1f} frames/s; libtorch {:.1f} ms | "
               "libtorch / ours {:.2f} | values differ by {:.1e}\n",
               name, threads, threads == 1 ? "" : "s", 1e3 * median(own), 1 / median(own),
               1e3 * median(peer), median(ratio), difference);
}

} // namespace
} // namespace vitrine::bench

int main(int count, char** arguments)
{
    using namespace vitrine::bench;
    const int pairs = count > 1 ? std::atoi(arguments[1]) : 7;
    void* module = dlopen(VITRINE_TORCH_SUPERRES, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (!module) {
        fmt::print(stderr, "cannot open the libtorch module: {}\n", dlerror());
        return 1;
    }
    const auto make = reinterpret_cast<MakeTorchSuperres>(dlsym(module, kMakeTorchSuperres));
    for (const char* name : {"s2r", "s2r-fast", "s2r-live"})
        for (const int threads : {1, 2})
            measureUpscaling(name, make, pairs, threads);
    return 0;
}
