#pragma once

#include "core/learning/nets/training/trainee.h"

#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <vector>

namespace vitrine::learning
{

struct LabelledPictures {
    torch::Tensor pictures; // batch x channels x side x side, F32 in 0..1
    torch::Tensor labels;   // batch, int64
};

enum class HeldOut { selection, test };

// Where a classifier's pictures come from. What is held out is the same each time it is asked for.
class LabelledSource
{
public:
    virtual ~LabelledSource() = default;
    virtual LabelledPictures training(const Step& step, int64_t batch) = 0;
    virtual int64_t count(HeldOut which) const = 0;     // 0: there is none
    virtual std::vector<std::string> parts() const = 0; // of the prepared data
    virtual LabelledPictures heldOut(HeldOut which, int64_t first, int64_t count) = 0;
};

} // namespace vitrine::learning
