// One picture through DeiT-Tiny and EfficientViT-B1 at 224 x 224 (random weights), beside the same
// networks in libtorch: median of interleaved pairs.
//   bench_vision [pairs = 7] [threads = 1 and 2]
#include "core/base/parallel.h"
#include "core/model/network/efficient_vit_network.h"
#include "core/model/network/vit_network.h"
#include "core/model/vision/folded_weights.h"
#include "core/model/vision/vision_model.h"
#include "tests/bench/bench_model.h"
#include "tests/bench/torch_vision.h"
#include "tests/core/model/vision/random_vision.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"

#include <fmt/format.h>

#include <cstdlib>
#include <memory>

#include <dlfcn.h>

namespace vitrine::bench
{
namespace
{

struct VisionCase {
    const char* name;
    model::Network network;
    bool efficientVit;
    std::vector<std::int64_t> depths;
    std::int64_t heads;
};

template <typename Value>
Value must(Result<Value> result)
{
    if (!result)
        throw std::runtime_error(result.error().message);
    return *std::move(result);
}

// What libtorch multiplies by: convolutions with their normalisations folded in.
VisionTensors foldedTensors(const model::VisionCheckpoint& checkpoint)
{
    VisionTensors tensors;
    for (const model::NetworkLayer& layer : checkpoint.network().layers) {
        for (const model::NetworkTensor& tensor : layer.tensors)
            if (tensor.use == model::TensorUse::parameter)
                tensors[tensor.name] = {tensor.shape,
                                        toFloat(must(checkpoint.tensor(tensor.name)))};
        if (!layer.shape.weights)
            continue;
        const auto folded = must(model::foldedWeights(layer, checkpoint));
        tensors[layer.shape.name + ".weight"].values = folded.weights;
        if (!folded.bias.empty())
            tensors[layer.shape.name + ".bias"] = {{static_cast<std::int64_t>(folded.bias.size())},
                                                   folded.bias};
    }
    return tensors;
}

void measureVision(const VisionCase& tested, MakeTorchVision makeTorch, int pairs, int threads)
{
    setThreadCount(threads);
    const tests::TemporaryFolder folder;
    tests::RandomVision weights(tested.network);
    // Else the many layers of EfficientViT outgrow single precision.
    for (auto& [name, tensor] : weights.tensors)
        if (tested.efficientVit && tensor.shape.size() > 1)
            for (float& value : tensor.values)
                value *= 0.7f;
    weights.write(folder.path, tested.efficientVit ? R"({"img_size": 224, "attn_eps": 1e-15})"
                                                   : R"({"img_size": 224, "num_heads": 3})");
    const auto checkpoint = must(model::openVisionCheckpoint(folder.path));
    const auto model = must(model::VisionModel::open(checkpoint));
    const VisionTensors tensors = foldedTensors(*checkpoint);
    const std::unique_ptr<TorchVision> torch(
        makeTorch(tensors, tested.efficientVit, tested.depths, tested.heads, threads));
    const auto picture = tests::randomPicture(224, 3);
    const auto ours = [&] { return must(model.run(picture)); };

    for (int i = 0; i < 3; ++i)
        ours(), torch->run(picture);
    const auto logits = ours();
    const double difference = tests::largestDifference(logits, torch->run(picture));
    float most = 0;
    for (const float value : logits)
        most = std::max(most, std::abs(value));
    std::vector<double> own, theirs, ratio;
    for (int i = 0; i < pairs; ++i) {
        theirs.push_back(seconds([&] { torch->run(picture); }));
        own.push_back(seconds(ours));
        ratio.push_back(theirs.back() / own.back());
    }
    fmt::print("{}, {} thread{}: {:.2f} ms, libtorch {:.2f} ms | libtorch / ours {:.2f} | logits "
               "differ by {:.1e} of {:.1e}\n",
               tested.name, threads, threads == 1 ? "" : "s", 1e3 * median(own),
               1e3 * median(theirs), median(ratio), difference, most);
}

} // namespace
} // namespace vitrine::bench

int main(int count, char** arguments)
{
    using namespace vitrine;
    const int pairs = count > 1 ? std::atoi(arguments[1]) : 7;
    void* module = dlopen(VITRINE_TORCH_VISION, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (!module) {
        fmt::print(stderr, "cannot open the libtorch module: {}\n", dlerror());
        return 1;
    }
    const auto make =
        reinterpret_cast<bench::MakeTorchVision>(dlsym(module, bench::kMakeTorchVision));
    const bench::VisionCase cases[] = {
        {"DeiT-Tiny", model::vitNetwork({}), false, {12}, 3},
        {"EfficientViT-B1", model::efficientVitNetwork({}), true, {1, 2, 3, 3, 4}, 16}};
    for (const int threads : {1, 2})
        if (count < 3 || threads == std::atoi(arguments[2]))
            for (const auto& tested : cases)
                bench::measureVision(tested, make, pairs, threads);
}
