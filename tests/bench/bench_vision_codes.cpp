// One picture through a network in codes of P²-ViT (W8A8), in whole numbers, beside the original in
// single precision: DeiT-Tiny at 224 x 224 (random weights) and vitrine-deit. Medians of
// interleaved pairs.
//   bench_vision_codes [pairs = 15] [threads = 1 and 2]
#include "core/base/parallel.h"
#include "core/base/resources.h"
#include "core/model/network/vit_network.h"
#include "core/model/vision/vision_model.h"
#include "core/quant/vision/integer_vision.h"
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

void measureCodes(const BothVersions& both, int pairs, int threads)
{
    setThreadCount(threads);
    const auto original = must(model::VisionModel::open(both.checkpoint));
    const auto whole = must(quant::IntegerVision::make(both.coded));
    const std::vector<float>& picture = both.pictures.front();
    for (int i = 0; i < 3; ++i)
        must(original.run(picture)), must(whole.run(picture));
    std::vector<double> real, integer, ratio;
    LayerClock clock;
    for (int i = 0; i < pairs; ++i) {
        real.push_back(seconds([&] { must(original.run(picture)); }));
        integer.push_back(seconds([&] { must(whole.run(picture)); }));
        ratio.push_back(real.back() / integer.back());
        clock.begin();
        must(whole.run(picture, [&](const quant::IntegerOutput& output) {
            clock.tell(kindName(both.coded->network().layers[output.layer].shape.kind));
        }));
    }
    fmt::print("{}, {} thread{}: fp32 {:.3f} ms, whole numbers {:.3f} ms | fp32 / whole {:.2f}\n",
               both.name, threads, threads == 1 ? "" : "s", 1e3 * median(real),
               1e3 * median(integer), median(ratio));
    clock.print(pairs);
}

} // namespace
} // namespace vitrine::bench

int main(int count, char** arguments)
{
    using namespace vitrine;
    const int pairs = count > 1 ? std::atoi(arguments[1]) : 15;
    const tests::TemporaryFolder folder;
    tests::RandomVision(model::vitNetwork({}))
        .write(folder.path, R"({"img_size": 224, "num_heads": 3})");
    const bench::BothVersions tested[] = {
        bench::codedBeside("DeiT-Tiny at 224", folder.path),
        bench::codedBeside("vitrine-deit", bench::must(findResource("models/vitrine-deit")))};
    for (const int threads : {1, 2})
        if (count < 3 || threads == std::atoi(arguments[2]))
            for (const auto& both : tested)
                bench::measureCodes(both, pairs, threads);
}
