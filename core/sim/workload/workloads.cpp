#include "core/sim/workload/workloads.h"

#include "core/model/network/named_networks.h"
#include "core/sim/workload/topology.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <cmath>

namespace vitrine::sim
{

namespace
{

// NASA (arXiv 2210.13361), table 2.
constexpr OperationMix kMixes[] = {
    {"deepshift-mobilenetv2@cifar10", "DeepShift-MobileNetV2, CIFAR-10", 3.3, 39.6, 42.9},
    {"addernet-mobilenetv2@cifar10", "AdderNet-MobileNetV2, CIFAR-10", 3.3, 0, 82.5},
    {"fbnet@cifar10", "FBNet, CIFAR-10", 47.2, 0, 47.2},
    {"hybrid-shift-a@cifar10", "Hybrid-Shift-A, CIFAR-10", 29.6, 21.6, 51.2},
    {"hybrid-shift-b@cifar10", "Hybrid-Shift-B, CIFAR-10", 32.3, 11.1, 43.5},
    {"hybrid-shift-c@cifar10", "Hybrid-Shift-C, CIFAR-10", 24.6, 18.1, 42.7},
    {"hybrid-adder-a@cifar10", "Hybrid-Adder-A, CIFAR-10", 35.4, 0, 43.8},
    {"hybrid-all-a@cifar10", "Hybrid-All-A, CIFAR-10", 24.1, 23.8, 63.5},
    {"hybrid-all-b@cifar10", "Hybrid-All-B, CIFAR-10", 27.7, 17.2, 68.5},
    {"hybrid-all-c@cifar10", "Hybrid-All-C, CIFAR-10", 21.0, 20.3, 64.6},
    {"deepshift-mobilenetv2@cifar100", "DeepShift-MobileNetV2, CIFAR-100", 3.35, 39.6, 42.9},
    {"addernet-mobilenetv2@cifar100", "AdderNet-MobileNetV2, CIFAR-100", 3.35, 0, 82.5},
    {"fbnet@cifar100", "FBNet, CIFAR-100", 56.6, 0, 56.6},
    {"hybrid-shift-a@cifar100", "Hybrid-Shift-A, CIFAR-100", 34.3, 24.1, 58.5},
    {"hybrid-shift-b@cifar100", "Hybrid-Shift-B, CIFAR-100", 35.1, 23.6, 58.8},
    {"hybrid-shift-c@cifar100", "Hybrid-Shift-C, CIFAR-100", 33.9, 14.6, 48.6},
    {"hybrid-adder-a@cifar100", "Hybrid-Adder-A, CIFAR-100", 29.9, 0, 60.1},
    {"hybrid-all-a@cifar100", "Hybrid-All-A, CIFAR-100", 27.5, 19.9, 64.7},
    {"hybrid-all-b@cifar100", "Hybrid-All-B, CIFAR-100", 25.2, 20.5, 64.5},
    {"hybrid-all-c@cifar100", "Hybrid-All-C, CIFAR-100", 28.2, 23.9, 68.1},
};

// The totals that were recollected for NVCA, as one convolution that the fast algorithm runs: 70.5
// GMAC.
Workload recollected()
{
    constexpr std::int64_t kWidth = 1920, kHeight = 3148, kChannels = 36;
    Workload workload{"nvca-recollected", "NVCA, recollected totals (unverified)", {}};
    Layer layer;
    layer.shape.name = layer.shape.module = "total";
    layer.shape.kind = LayerKind::conv;
    layer.shape.m = kWidth * kHeight;
    layer.shape.n = kChannels;
    layer.shape.k = 9 * kChannels;
    layer.shape.conv = {kChannels, kHeight, kWidth, kChannels, kHeight, kWidth, 3, 3, 1, 1, 1};
    layer.shape.weights = true;
    layer.bitsIn = layer.bitsOut = 12;
    layer.bitsWeight = 16;
    workload.layers.push_back(std::move(layer));
    return workload;
}

// SCALE-Sim's own example: AlexNet's convolutions, without padding.
Workload alexNet()
{
    return parseTopology("Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, "
                         "Channels, Num Filter, Strides,\n"
                         "Conv1, 224, 224, 11, 11, 3, 96, 4,\nConv2, 27, 27, 5, 5, 96, 256, 1,\n"
                         "Conv3, 13, 13, 3, 3, 256, 384, 1,\nConv4, 13, 13, 3, 3, 384, 384, 1,\n"
                         "Conv5, 13, 13, 3, 3, 384, 256, 1,\n",
                         "alexnet")
        .value();
}

struct Built {
    const char* family;
    const char* name;
    const char* title;
    Workload (*build)();
};

constexpr Built kBuilt[] = {
    {"video", "ctvc-ref@1080p", "CTVC reference network, 1920 x 1088",
     [] { return ctvcReference(1920, 1088); }},
    {"video", "ctvc-ref@720p", "CTVC reference network, 1280 x 720",
     [] { return ctvcReference(1280, 720); }},
    {"video", "nvca-recollected", "NVCA, recollected totals (unverified)", recollected},
    {"video", "nvc-mini@352x288", "", [] { return nvcMini(352, 288); }},
    {"video", "nvc-mini@640x384", "", [] { return nvcMini(640, 384); }},
    {"video", "nvc-mini@1920x1088", "", [] { return nvcMini(1920, 1088); }},
    {"topology", "alexnet", "AlexNet's convolutions, as SCALE-Sim ships them", alexNet},
};

} // namespace

double OperationMix::adderOperations() const
{
    const double adders = (additions - multiplications - shifts) / 2;
    return adders > 0.1 ? adders : 0; // 0.1: the printed digit
}

std::span<const OperationMix> operationMixes()
{
    return kMixes;
}

Workload mixWorkload(const OperationMix& mix)
{
    Workload workload{mix.name, mix.title, {}};
    const auto add = [&](const char* name, Primitive primitive, double millions) {
        if (!(millions > 0))
            return;
        Layer layer;
        layer.shape =
            model::productShape(name, LayerKind::mix, 1, std::llround(millions * 1e6), 1, 1);
        layer.shape.module = name;
        layer.primitive = primitive;
        workload.layers.push_back(std::move(layer));
    };
    add("convolutions", Primitive::multiply, mix.multiplications);
    add("shift layers", Primitive::shift, mix.shifts);
    add("adder layers", Primitive::adder, mix.adderOperations());
    return workload;
}

std::vector<NamedWorkload> workloadNames()
{
    std::vector<NamedWorkload> names;
    for (const std::string& name : model::networkNames()) {
        names.push_back({name, model::namedNetwork(name)->title, "vision"});
        if (name.starts_with("efficientvit-"))
            for (const char* side : {"@256", "@288"})
                names.push_back({name + side, model::namedNetwork(name + side)->title, "vision"});
    }
    for (const Built& built : kBuilt)
        names.push_back(
            {built.name, *built.title != 0 ? built.title : built.build().title, built.family});
    for (const OperationMix& mix : kMixes)
        names.push_back({mix.name, mix.title, "operation mix"});
    return names;
}

Result<Workload> namedWorkload(const std::string& name)
{
    if (const auto network = model::namedNetwork(name))
        return workloadOf(*network);
    for (const Built& built : kBuilt)
        if (name == built.name) {
            Workload workload = built.build();
            workload.name = built.name;
            if (*built.title != 0)
                workload.title = built.title;
            return workload;
        }
    for (const OperationMix& mix : kMixes)
        if (name == mix.name)
            return mixWorkload(mix);
    std::string known;
    for (const std::string& network : model::networkNames())
        known += network + ", ";
    return argumentError(
        "there is no workload \"{}\": {}ctvc-ref@1080p, nvc-mini@1920x1088, alexnet, a row of "
        "NASA's table such as "
        "hybrid-shift-c@cifar10, or a file (checkpoint, topology table); \"@256\" behind a vision "
        "model "
        "gives the side of the picture",
        printable(name, 60), known);
}

} // namespace vitrine::sim
