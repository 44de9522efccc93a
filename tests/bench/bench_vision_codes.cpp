// One picture through a network in codes of P²-ViT (W8A8), in whole numbers and simulated in double
// precision, beside the original in single precision: DeiT-Tiny at 224 x 224 (random weights) and
// vitrine-deit. Medians of interleaved rounds.
//   bench_vision_codes [rounds = 15] [threads = 1 and 2]
#include "core/base/parallel.h"
#include "core/base/resources.h"
#include "core/model/network/vit_network.h"
#include "core/model/vision/vision_model.h"
#include "core/quant/vision/integer_vision.h"
#include "core/quant/vision/simulated_vision.h"
#include "core/quant/vision/vision_method.h"
#include "tests/bench/bench_model.h"
#include "tests/core/model/vision/random_vision.h"
#include "tests/support/temporary_folder.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>

namespace vitrine::bench
{
namespace
{

constexpr std::uint64_t kCalibrationPictures = 8;

template <typename Value>
Value must(Result<Value> result)
{
    if (!result)
        throw std::runtime_error(result.error().message);
    return *std::move(result);
}

struct BothVersions {
    std::string name;
    std::shared_ptr<const model::VisionCheckpoint> checkpoint;
    std::vector<std::vector<float>> pictures;
    std::shared_ptr<const quant::CodedVision> coded;
};

BothVersions codedBeside(std::string name, const std::filesystem::path& path)
{
    BothVersions both{std::move(name), must(model::openVisionCheckpoint(path)), {}, {}};
    const model::ConvShape& stem = both.checkpoint->network().layers.front().shape.conv;
    for (std::uint64_t seed = 0; seed < kCalibrationPictures; ++seed)
        both.pictures.push_back(tests::randomPicture(stem.inHeight, stem.inChannels, seed));
    const auto method = must(quant::findVisionMethod("p2vit"));
    quant::VisionQuantSettings settings;
    for (const auto& trick : method.tricks)
        settings.tricks.insert(trick.name);
    both.coded = std::make_shared<const quant::CodedVision>(
        must(method.quantize({both.checkpoint, both.pictures, settings})));
    return both;
}

// Time of each kind of layer, from one observer's call to the next.
class LayerClock
{
public:
    void begin() { last_ = std::chrono::steady_clock::now(); }
    void tell(const char* kind)
    {
        const auto now = std::chrono::steady_clock::now();
        spent_[kind] += std::chrono::duration<double>(now - last_).count();
        last_ = std::chrono::steady_clock::now();
    }
    void print(int rounds) const
    {
        for (const auto& [kind, spent] : spent_)
            fmt::print("    {:<10} {:8.3f} ms\n", kind, 1e3 * spent / rounds);
    }

private:
    std::chrono::steady_clock::time_point last_;
    std::map<std::string, double> spent_;
};

// Times of one version, and how often each fits into the original's of the same round.
struct Times {
    std::vector<double> spent, share;

    void add(double original, double own)
    {
        spent.push_back(own);
        share.push_back(original / own);
    }
    void print(const char* name) const
    {
        fmt::print("  {:<14} {:9.3f} ms | fp32 / this {:.2f}\n", name, 1e3 * median(spent),
                   median(share));
    }
};

void measureCodes(const BothVersions& both, int rounds, int threads)
{
    setThreadCount(threads);
    const auto original = must(model::VisionModel::open(both.checkpoint));
    const auto whole = must(quant::IntegerVision::make(both.coded));
    const auto simulated = must(quant::SimulatedVision::make(both.coded));
    const std::vector<float>& picture = both.pictures.front();
    for (int i = 0; i < 3; ++i)
        must(original.run(picture)), must(whole.run(picture)), must(simulated.run(picture));
    Times real, integer, doubles;
    LayerClock clock;
    for (int i = 0; i < rounds; ++i) {
        const double spent = seconds([&] { must(original.run(picture)); });
        real.add(spent, spent);
        integer.add(spent, seconds([&] { must(whole.run(picture)); }));
        doubles.add(spent, seconds([&] { must(simulated.run(picture)); }));
        clock.begin();
        must(whole.run(picture, [&](const quant::IntegerOutput& output) {
            clock.tell(kindName(both.coded->network().layers[output.layer].shape.kind));
        }));
    }
    fmt::print("{}, {} thread{}:\n", both.name, threads, threads == 1 ? "" : "s");
    real.print("fp32");
    integer.print("whole numbers");
    clock.print(rounds);
    doubles.print("simulated");
}

} // namespace
} // namespace vitrine::bench

int main(int count, char** arguments)
{
    using namespace vitrine;
    const int rounds = count > 1 ? std::atoi(arguments[1]) : 15;
    const tests::TemporaryFolder folder;
    tests::RandomVision(model::vitNetwork({}))
        .write(folder.path, R"({"img_size": 224, "num_heads": 3})");
    const bench::BothVersions tested[] = {
        bench::codedBeside("DeiT-Tiny at 224", folder.path),
        bench::codedBeside("vitrine-deit", bench::must(findResource("models/vitrine-deit")))};
    for (const int threads : {1, 2})
        if (count < 3 || threads == std::atoi(arguments[2]))
            for (const auto& both : tested)
                bench::measureCodes(both, rounds, threads);
}
