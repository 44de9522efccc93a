// The forward pass, plain and with all summaries captured, beside the same network in libtorch:
// median of interleaved pairs.
//   bench_forward [tokens = 2048] [pairs = 9] [threads = 2]
#include "core/base/json.h"
#include "core/base/parallel.h"
#include "core/model/llm/llm.h"
#include "tests/bench/bench_model.h"
#include "tests/bench/torch_llama.h"
#include "tests/support/golden.h"

#include <fmt/format.h>

#include <cstdlib>
#include <memory>

#include <dlfcn.h>

namespace vitrine::bench
{
namespace
{

struct Options {
    std::int64_t tokens = 2048;
    int pairs = 9, threads = 2;
    MakeTorchLlama makeTorch = nullptr;
};

Json measure(const NamedModel& named, const Options& options)
{
    const model::Llm llm = model::Llm::open(named.checkpoint).value();
    const auto rope = model::ropeTable(model::ropeFrequencies(llm.config()), 0, options.tokens);
    const std::unique_ptr<TorchLlama> torch(
        options.makeTorch(*named.checkpoint, rope, options.threads));
    const auto ids = tests::randomIds(options.tokens, llm.config().vocabulary);
    const auto plain = [&] { return llm.forward(ids).value(); };
    const auto capture = [&] { return llm.forward(ids, {.summaries = true}).value(); };

    const double difference = tests::largestDifference(plain().logits, torch->forward(ids));
    capture();
    std::vector<double> plainSeconds, captureSeconds, torchSeconds, speedUp, overhead;
    for (int i = 0; i < options.pairs; ++i) {
        torchSeconds.push_back(seconds([&] { torch->forward(ids); }));
        plainSeconds.push_back(seconds(plain));
        captureSeconds.push_back(seconds(capture));
        speedUp.push_back(torchSeconds.back() / plainSeconds.back());
        overhead.push_back(captureSeconds.back() / plainSeconds.back());
    }
    Json result{{"model", named.name},
                {"tokens", options.tokens},
                {"threads", options.threads},
                {"pairs", options.pairs},
                {"seconds_plain", median(plainSeconds)},
                {"seconds_capture", median(captureSeconds)},
                {"seconds_libtorch", median(torchSeconds)},
                {"libtorch_over_plain", median(speedUp)},
                {"capture_over_plain", median(overhead)},
                {"largest_logit_difference", difference}};
    fmt::print("{}: plain {:.1f} ms, capture {:.1f} ms, libtorch {:.1f} ms | libtorch / plain "
               "{:.2f}, capture / plain "
               "{:.3f} | logits differ by {:.1e}\n",
               named.name, 1e3 * median(plainSeconds), 1e3 * median(captureSeconds),
               1e3 * median(torchSeconds), median(speedUp), median(overhead), difference);
    return result;
}

MakeTorchLlama openTorch()
{
    void* module = dlopen(VITRINE_TORCH_MODULE, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    return module ? reinterpret_cast<MakeTorchLlama>(dlsym(module, kMakeTorchLlama)) : nullptr;
}

} // namespace
} // namespace vitrine::bench

int main(int count, char** arguments)
{
    using namespace vitrine;
    bench::Options options;
    if (count > 1)
        options.tokens = std::atoi(arguments[1]);
    if (count > 2)
        options.pairs = std::atoi(arguments[2]);
    if (count > 3)
        options.threads = std::atoi(arguments[3]);
    setThreadCount(options.threads);
    options.makeTorch = bench::openTorch();
    if (!options.makeTorch) {
        fmt::print(stderr, "cannot open the libtorch module: {}\n", dlerror());
        return 1;
    }
    Json all = Json::array();
    all.push_back(bench::measure(bench::shippedModel(), options));
    all.push_back(bench::measure(bench::wideModel(), options));
    fmt::print("{}\n", dumpJson(all));
}
