#pragma once

#include "core/sim/workload/layer.h"

#include <optional>
#include <span>
#include <string_view>

namespace vitrine::sim
{

// Workloads by name: every network of core/model/network/named_networks.h ("deit-tiny",
// "efficientvit-b1@256"), "ctvc-ref@1080p" and
// "@720p", "nvca-recollected", "nvc-mini@1920x1088" and smaller, and the operation mixes of NASA's
// table 2
// ("hybrid-shift-c@cifar10").
struct NamedWorkload {
    std::string name, title, family;
};
std::vector<NamedWorkload> workloadNames();
// Argument error naming what would help.
Result<Workload> namedWorkload(const std::string& name);

// Decoder side of a P frame of NVCA's reference network with 36 channels. width
// and height are multiples of 16. Chains 1 .. 5 are the groups FE, MOT, DC, RES, REC.
Workload ctvcReference(std::int64_t width, std::int64_t height);

// Decoder side of a P frame of the small codec, profile mini: 9,202 MACs per pixel where the sides
// are multiples of 64. width and height are multiples of 16. Chains are FE, the two hyperpriors,
// MOT, DC, RES and REC.
Workload nvcMini(std::int64_t width, std::int64_t height);

// One model of NASA's table 2: operations in millions as printed.
struct OperationMix {
    const char* name; // "hybrid-shift-a@cifar10"
    const char* title;
    double multiplications, shifts, additions;

    // additions = multiplications + shifts + 2 adder operations, within the printed digit
    double adderOperations() const;
};
std::span<const OperationMix> operationMixes();
Workload mixWorkload(const OperationMix& mix);

} // namespace vitrine::sim
