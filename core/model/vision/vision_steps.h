#pragma once

#include "core/model/checkpoint/checkpoint.h"
#include "core/model/network/network.h"

#include <cstdint>
#include <memory>
#include <span>

namespace vitrine::model
{

// A matrix that lies in the memory of a pass.
struct PassMatrix {
    float* values = nullptr;
    std::int64_t rows = 0, columns = 0;

    std::int64_t count() const { return rows * columns; }
};

using StepInputs = std::span<const PassMatrix>;

// One layer, ready to run: its weights read, folded and laid out.
class VisionStep
{
public:
    virtual ~VisionStep() = default;
    // Inputs in the order of the layer; none: the picture alone. Output and inputs do not overlap.
    virtual void run(StepInputs inputs, PassMatrix output) const = 0;
};
using StepPointer = std::unique_ptr<VisionStep>;

// Rows and columns of a layer's output.
PassMatrix outputOf(const NetworkLayer& layer, std::span<const PassMatrix> inputs);

// `after`: the activation that follows at once and is computed with it. Input error where a tensor
// cannot be read.
Result<std::unique_ptr<VisionStep>> makeStep(const NetworkLayer& layer, Function after,
                                             const Checkpoint& checkpoint);

} // namespace vitrine::model
