// Latency of calibration.tune's live session, inside the process: beta is dragged for all eligible
// heads, so that everything from the lowest eligible layer on is computed again.
//   bench_calibration [tokens = 256] [updates = 200] [threads = 2] [heads = all]
#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/parallel.h"
#include "core/base/resources.h"
#include "core/model/tokenizer/tokenizer.h"
#include "plugins/calibration/experiments/tune_experiment.h"
#include "tests/bench/bench_model.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <map>

namespace vitrine::bench
{
namespace
{

struct Options {
    int tokens = 256, updates = 200, threads = 2;
    std::string heads = "all";
};

// The beginning of a shipped text, so many tokens of it.
std::string idsOf(int tokens)
{
    const auto path = findModel("vitrine-lm").value();
    const auto tokenizer = model::openTokenizerOf(path).value();
    const std::string text =
        readFile(findResource("texts/speech-2016.txt").value(), 1 << 20).value();
    auto ids = tokenizer->encode(text).value();
    ids.insert(ids.begin(), tokenizer->bos().value());
    while (static_cast<int>(ids.size()) < tokens)
        ids.insert(ids.end(), ids.begin() + 1, ids.end());
    ids.resize(static_cast<std::size_t>(tokens));
    return fmt::format("{}", fmt::join(ids, ","));
}

Params paramsOf(const Options& options, double beta)
{
    static const std::string kIds = idsOf(options.tokens);
    const auto params =
        resolveParams(calibration_plugin::TuneExperiment(), {{"model", "vitrine-lm"},
                                                             {"token_ids", kIds},
                                                             {"heads", options.heads},
                                                             {"keep", "2.0"},
                                                             {"beta", shortest(beta)}});
    if (!params)
        fmt::print(stderr, "{}\n", params.error().message);
    return params.value();
}

int measure(const Options& options)
{
    // In memory, as the folder of a live session is.
    const std::filesystem::path memory = "/dev/shm";
    const auto folder =
        (std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path()) /
        "vitrine-bench-calibration";
    std::filesystem::create_directories(folder);
    QuietProgress progress(folder);
    const calibration_plugin::TuneExperiment experiment;
    auto session = experiment.open(paramsOf(options, 0.4)).value();
    const auto first = session->update(paramsOf(options, 0.4), progress).value();
    std::vector<double> times;
    for (int i = 0; i < options.updates; ++i) {
        const Params params = paramsOf(options, (i * 7 % 100) / 100.0);
        times.push_back(seconds([&] { session->update(params, progress).value(); }));
    }
    std::ranges::sort(times);
    const auto at = [&](double share) {
        return 1e3 * times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
    };
    fmt::print("vitrine-lm, {} tokens, {} heads calibrated, {} sinks, {} threads, {} updates: "
               "median {:.1f} ms, 95th percentile {:.1f} ms, slowest {:.1f} ms\n",
               options.tokens, first.metric("heads_calibrated")->value,
               first.metric("sinks")->value, options.threads, options.updates, at(0.5), at(0.95),
               at(1));
    std::filesystem::remove_all(folder);
    return 0;
}

} // namespace
} // namespace vitrine::bench

int main(int count, char** arguments)
{
    vitrine::bench::Options options;
    if (count > 1)
        options.tokens = std::atoi(arguments[1]);
    if (count > 2)
        options.updates = std::atoi(arguments[2]);
    if (count > 3)
        options.threads = std::atoi(arguments[3]);
    if (count > 4)
        options.heads = arguments[4];
    vitrine::setThreadCount(options.threads);
    return vitrine::bench::measure(options);
}
